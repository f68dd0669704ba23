/// A piece of a JSON document, as `JSONPullParser` hands it out.
public enum JSONToken: Sendable, Hashable {
    /// `{`
    case objectStart

    /// `}`
    case objectEnd

    /// `[`
    case arrayStart

    /// `]`
    case arrayEnd

    /// A member's name; its text is the parser's `withText`.
    case key

    /// A string value; its text is the parser's `withText`.
    case string

    /// A number; its digits are the parser's `withText`, its value `integer` when it is a whole one.
    case number

    /// `true` or `false`
    case bool(Bool)

    /// `null`
    case null
}
