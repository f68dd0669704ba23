/// How thoroughly a store is examined.
public enum VerifyLevel: String, Sendable, Hashable, CaseIterable {
    /// Only whether all objects are there, with the right sizes.
    case listing
    /// Every object is fetched, and every block, filelist and description in it checked.
    case full
}
