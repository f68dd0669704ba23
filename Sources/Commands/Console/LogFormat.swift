internal import ArgumentParser

/// How log lines look.
enum LogFormat: String, Sendable, CaseIterable, ExpressibleByArgument {
    /// For people.
    case text
    /// One JSON object a line, for machines.
    case json
}
