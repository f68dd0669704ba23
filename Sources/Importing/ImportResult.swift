public import Configuration
public import Support

/// Something that a reader of an imported configuration has to know.
public struct ImportNote: Sendable, Hashable {
    /// How an option fared.
    public enum Kind: String, Sendable, Hashable {
        /// It has no counterpart, and is not there any more.
        case dropped
        /// It has one that does not mean exactly the same.
        case changed
        /// Something is left to do by hand.
        case open
    }

    /// How the option fared.
    public let kind: Kind
    /// The job it belongs to.
    public let job: String
    /// The option as the other program calls it, with its value unless that is a credential.
    public let option: String
    /// Why, and what to do.
    public let reason: String

    /// One line for people.
    public var description: String {
        let label =
            switch kind {
            case .dropped: "not carried over"
            case .changed: "changed"
            case .open: "to do"
            }
        return "\(label): \(job): \(option): \(reason)"
    }
}

/// A secret that an imported configuration refers to.
public struct ImportedSecret: Sendable, Hashable {
    /// Its name under `secrets:`.
    public let name: String
    /// What it is.
    public let purpose: String
    /// Its value, when the foreign file had it.
    public let value: Secret?
    /// The variable of the environment, or the file, in which the configuration looks for it.
    public let place: Place

    /// Where a secret is to be found.
    public enum Place: Sendable, Hashable {
        /// In a variable of the environment.
        case environment(String)
        /// In a file.
        case file(String)
    }
}

/// A configuration made of foreign job descriptions.
public struct ImportResult: Sendable {
    /// The configuration's text.
    public let text: String
    /// The names of its jobs.
    public let jobs: [String]
    /// The secrets that have to be created, in the order of the configuration.
    public let secrets: [ImportedSecret]
    /// What could not be carried over, or not exactly, and what is left to do.
    public let notes: [ImportNote]
    /// What the loader would better see otherwise.
    public let warnings: [Diagnostic]
}
