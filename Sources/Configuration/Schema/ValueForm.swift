/// What a validator that knows no more than JSON Schema can tell of a value.
///
/// Where everything is absent, the type says it all. Values with variables are always let through.
struct ValueForm: Sendable {
    /// The words that may stand there.
    var words: [String] = []
    /// What other texts look like: a regular expression that all of the text matches.
    var pattern: String?
    /// The whole numbers that may stand there.
    var integers: ClosedRange<Int64>?
    /// Whether `true` and `false` may stand there.
    var booleans = false

    /// Whether nothing is known beyond the type.
    var isOpen: Bool { words.isEmpty && pattern == nil && integers == nil && !booleans }

    static let duration = #"([0-9]{1,9}(s|min|h|d|w|mo|y))+"#
    static let size = #"[0-9][0-9. ]*([KkMmGgTt]?[Bb]|[KkMmGgTt]i[Bb]|[KkMmGgTt])?"#
}
