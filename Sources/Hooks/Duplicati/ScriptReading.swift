internal import Logging
internal import Secrets

/// What a script of Duplicati's means by its status and its output.
///
/// | status | before | after |
/// |---|---|---|
/// | 0 | run | fine |
/// | 1 | do not run | fine |
/// | 2 | warn, run | warn |
/// | 3 | warn, do not run | warn |
/// | 4 | log an error, run | log an error |
/// | 5 and others | fail | log an error |
struct ScriptReading {
    private let moment: HookSequence.Moment
    private let name: String
    private let surroundings: HookSurroundings

    init(_ moment: HookSequence.Moment, _ name: String, _ surroundings: HookSurroundings) {
        self.moment = moment
        self.name = name
        self.surroundings = surroundings
    }

    func verdict(on answer: ActionAnswer, _ summary: inout HookSummary) -> HookVerdict {
        let output = ScriptOutput(answer.output)
        for message in output.messages {
            let text = surroundings.secrets.mask.apply(to: message.text)
            surroundings.logger.log(level: message.level, "\(text)", metadata: ["hook": "\(name)"])
            switch message.level {
            case .warning: summary.warnings.append("“\(name)”: \(text)")
            case .error: summary.errors.append("“\(name)”: \(text)")
            default: break
            }
        }
        if moment == .before { summary.options += output.options }
        if answer.hasErrorOutput {
            summary.warnings.append("“\(name)” wrote to standard error: \(answer.lastLines.joined(separator: " | "))")
        }
        let failure = HookFailure(name, .exit(answer.status), lines: answer.lastLines)
        switch (answer.status, moment) {
        case (0, _): return .success
        case (1, .before): return .skip("“\(name)” asks for it (status 1)", isWarning: false)
        case (1, _): return .success
        case (2, _): return .warning("\(failure)")
        case (3, .before): return .skip("“\(name)” asks for it, with a warning (status 3)", isWarning: true)
        case (3, _): return .warning("\(failure)")
        case (4, _): return .error("\(failure)")
        case (_, .before): return .failure(failure)
        default: return .error("\(failure)")
        }
    }
}
