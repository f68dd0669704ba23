internal import Engine
internal import Glibc
internal import Secrets
internal import Support

/// The figures of a run as the file that Duplicati's scripts find by `DUPLICATI__RESULTFILE`: a name and a value a line.
struct ScriptResult {
    private let text: String

    init(_ outcome: Outcome, _ destinations: [DestinationResult], started: Timestamp, finished: Timestamp) {
        let summary = destinations.lazy.compactMap { $0.summary }.first
        let digest = ProblemDigest.union(destinations.map { $0.problems })
        var lines: [(String, String)] = [
            ("MainOperation", "Backup"),
            ("ParsedResult", Self.word(outcome)),
            ("Interrupted", outcome.isInterrupted ? "True" : "False"),
            ("BeginTime", started.iso8601), ("EndTime", finished.iso8601),
        ]
        if let summary {
            lines += [
                ("ExaminedFiles", "\(summary.files)"), ("SizeOfExaminedFiles", "\(summary.bytes)"),
                ("OpenedFiles", "\(summary.opened)"), ("SizeOfOpenedFiles", "\(summary.bytesRead)"),
                ("AddedFiles", "\(summary.added)"), ("ModifiedFiles", "\(summary.modified)"),
                ("DeletedFiles", "\(summary.removed)"), ("TooLargeFiles", "\(summary.tooLarge)"),
                ("FilesWithError", "\(summary.unreadable)"),
            ]
        }
        lines.append(("WarningsActualLength", "\(digest.warnings)"))
        lines.append(("ErrorsActualLength", "\(digest.errors)"))
        if case .failure(let failure) = outcome { lines.append(("Failed", failure.message)) }
        text = lines.map { "\($0.0): \($0.1)\n" }.joined()
    }

    private static func word(_ outcome: Outcome) -> String {
        switch outcome {
        case .success, .skipped: "Success"
        case .warning: "Warning"
        case .failure: "Error"
        }
    }

    /// Writes the file, for this user only.
    func write(to path: String, masking mask: SecretMask) throws {
        let file = try FileDescriptor.open(path, flags: O_WRONLY | O_CREAT | O_EXCL, mode: 0o600)
        try Array(mask.apply(to: text).utf8).withUnsafeBytes { try file.write(all: $0) }
    }
}
