internal import Support

/// The options of one destination: those of the job, overridden by the pairs of the URL's query.
///
/// Names are compared without regard to letter case.
public struct DestinationOptions: Sendable {
    private var values: [String: String] = [:]
    private var repeated: [String] = []

    /// Merges the options of a configuration with those of a URL.
    public init(_ options: [String: String], overriddenBy url: DestinationURL) {
        for (name, value) in options { values[name.lowercased()] = value }
        var seen: Set<String> = []
        for item in url.query where !item.name.isEmpty {
            let name = item.name.lowercased()
            if !seen.insert(name).inserted { repeated.append(name) }
            values[name] = item.value
        }
    }

    /// The value of an option, if it is given.
    public subscript(name: String) -> String? { values[name] }

    /// The value of a switch: `0`, `off`, `false` and `no` are false, whatever else is given is true.
    public func flag(_ name: String) -> Bool? {
        values[name].map { !["0", "off", "false", "no"].contains($0.lowercased()) }
    }

    /// Sentences about what a destination that understands `known` will not use: never with an option's value.
    public func warnings(known: [DestinationOption]) -> [String] {
        var sentences = repeated.map { "option '\($0)' is given more than once in the URL; the last one counts" }
        for name in values.keys.sorted() {
            guard let option = known.first(where: { $0.name == name }) else {
                let candidates = known.map(\.name)
                let hint = EditDistance.suggestion(for: name, among: candidates).map { "; did you mean '\($0)'?" }
                sentences.append("unknown option '\(name)' is ignored\(hint ?? "")")
                continue
            }
            if case .withoutEffect(let reason) = option.use {
                sentences.append("option '\(name)' has no effect: \(reason)")
            }
        }
        return sentences
    }
}

extension DestinationOptions: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The names of the options, without their values, which may be secret.
    public var description: String { values.keys.sorted().joined(separator: ", ") }

    /// The same as `description`.
    public var debugDescription: String { description }

    /// A mirror without children, so that `dump` shows no secret.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// An option that a destination knows by name.
public struct DestinationOption: Sendable {
    /// Whether the destination acts on it.
    public enum Use: Sendable, Hashable {
        /// The option is honoured.
        case honoured
        /// The option is known from Duplicati, harmless, and not needed here.
        case accepted
        /// The option is known from Duplicati, but changes nothing, which the user must hear.
        case withoutEffect(String)
    }

    /// The name in lower case.
    public let name: String

    /// Whether the destination acts on it.
    public let use: Use

    /// Declares an option.
    public init(_ name: String, _ use: Use = .honoured) {
        self.name = name
        self.use = use
    }
}
