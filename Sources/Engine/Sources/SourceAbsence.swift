/// What comes of a source that does not exist.
public enum SourceAbsence: String, Sendable, Hashable, CaseIterable {
    /// The run goes on with a warning; the version has nothing of it.
    case warn
    /// The run fails before anything is stored.
    case fail
    /// The run goes on as if the source were not named.
    case ignore
}
