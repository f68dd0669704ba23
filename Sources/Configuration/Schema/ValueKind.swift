/// What a single value must be.
struct ValueKind: Sendable {
    /// The types of YAML that fit.
    enum Accepted: Sendable {
        /// Text only; a number or boolean is a slip.
        case text
        /// Any value that is not empty, taken as it is written.
        case words
        /// A whole number.
        case integer
    }

    /// What happens to `${secret:…}`.
    enum Secrets: Sendable {
        /// It stays open until it is needed.
        case kept
        /// It is an error: the value is needed when the file is read.
        case refused
    }

    /// Things a value may name.
    enum Reference: Sendable {
        case secret
        case destination
        case report
        case job
        case filterSet
    }

    /// Something wrong with a value.
    struct Problem {
        let code: DiagnosticCode
        /// What is wrong; the value is shown where `%` stands, and the path is added after a final `in` or `for`.
        let message: String
        var notes: [String] = []
        var help: [String] = []
        /// The part of the text concerned, when it is not all.
        var part: String?
    }

    /// The kind in words: `a duration`.
    let noun: String
    var accepted: Accepted = .text
    var secrets: Secrets = .refused
    /// Whether the value is a credential: it is never shown, and one in clear is warned about.
    var isCredential = false
    /// Whether the value says who logs in or with what: the name of its key tells whether it is a credential.
    var isLogin = false
    /// Whether the value is a URL: passwords in it are warned about.
    var isURL = false
    var reference: Reference?
    /// Whether the value is a path that starts at the folder of its file when it is relative.
    var isFilePath = false
    /// Whether the value names a variable, whose `_FILE` counterpart may be set in its place.
    var isVariable = false
    /// What a validator that knows nothing else can tell of the text.
    var form = ValueForm()
    /// The values that are checked and carried, but that no command acts on yet.
    var pending: Set<String> = []
    /// Checks the text; secrets that are still open stand in it as `${secret:name}`.
    var check: @Sendable (String) -> Problem? = { _ in nil }
}
