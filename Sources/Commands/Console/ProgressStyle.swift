internal import ArgumentParser

/// How progress is shown.
enum ProgressStyle: String, Sendable, CaseIterable, ExpressibleByArgument {
    /// A bar on a terminal, plain lines elsewhere.
    case auto
    /// A line every ten seconds.
    case plain
    /// Not at all.
    case none
}
