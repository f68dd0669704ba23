internal import Configuration

extension ReportSpecification {
    /// Whether this program can send it: the other kinds are checked, and warned about, when the file is read.
    var isSent: Bool { webhook?.format == .report }

    /// Whether it is for a run that ended so.
    func tells(of outcome: Outcome) -> Bool {
        switch outcome {
        case .success: events.contains(.success)
        case .warning: events.contains(.warning)
        case .failure: events.contains(.failure)
        // A run that was skipped is none that anybody waits for.
        case .skipped: false
        }
    }
}
