/// The version of this program, as in the changelog.
public enum ProgramVersion {
    /// The current version.
    public static let current = "0.1.0"
}
