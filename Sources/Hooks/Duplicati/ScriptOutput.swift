internal import Logging

/// What a script of Duplicati's says on its standard output.
struct ScriptOutput {
    /// Options that it sets for the run, in their order.
    private(set) var options: [ScriptOption] = []
    /// Lines that it wants in the log, with their level.
    private(set) var messages: [(level: Logger.Level, text: String)] = []

    private static let levels: [(String, Logger.Level)] = [
        ("LOG:INFO", .info), ("LOG:WARN", .warning), ("LOG:ERROR", .error),
    ]

    init(_ lines: [String]) {
        for line in lines {
            let line = line.drop { $0 == " " || $0 == "\t" }
            if let (mark, level) = Self.levels.first(where: { line.hasPrefix($0.0) }) {
                // `LOG:WARNING` begins like `LOG:WARN`.
                let rest = line.dropFirst(mark.count).drop { $0.isLetter }.drop { $0 == ":" || $0 == " " }
                messages.append((level, String(rest)))
            } else if let option = ScriptOption(parsing: line) {
                options.append(option)
            }
        }
    }
}

/// An option that a script sets: `--name=value`.
public struct ScriptOption: Sendable, Hashable {
    /// Its name, in small letters and without dashes in front.
    public let name: String
    /// Its value without quotes; empty when it has none.
    public let value: String

    /// What Duplicati does not let scripts set.
    private static let ignored: Set<String> = ["eventname", "operationname", "main-action"]

    /// Reads a line; nil when it sets no option, or one that scripts cannot set.
    init?(parsing line: some StringProtocol) {
        guard line.hasPrefix("--") else { return nil }
        let parts = line.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = parts.first, !first.isEmpty, first.allSatisfy({ !$0.isWhitespace }) else { return nil }
        let name = first.lowercased()
        guard !Self.ignored.contains(name) else { return nil }
        self.name = name
        var value = parts.count > 1 ? Substring(parts[1]) : ""
        while value.last?.isWhitespace == true { value.removeLast() }
        if value.count >= 2, let quote = value.first, quote == "\"" || quote == "'", value.last == quote {
            value = value.dropFirst().dropLast()
        }
        self.value = String(value)
    }
}
