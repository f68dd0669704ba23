/// What a foreign job description is written in.
public enum ImportKind: String, Sendable, Hashable, CaseIterable {
    /// Duplicati's job export, plain or encrypted.
    case duplicati
    /// A text file with Duplicati's "export as command line".
    case duplicatiCommand = "duplicati-command"
    /// The environment file of offen/docker-volume-backup.
    case offen
    /// borgmatic's YAML.
    case borgmatic
    /// resticprofile's YAML.
    case resticprofile

    /// Whether an imported job goes on with the store that is there.
    public var keepsStore: Bool { self == .duplicati || self == .duplicatiCommand }
}
