/// A glob taken apart: what stands before the first `*`, between them, and after the last.
///
/// There is no escape character, so `?` in a segment always means any one character.
struct Glob: Sendable, Hashable {
    /// The parts between the stars; one part alone means that there is no star.
    let segments: [[UInt8]]
    /// Whether `?` in a segment is a wildcard.
    let hasSingleWildcard: Bool

    /// A glob; without `*` and `?` in it, a literal path.
    init(_ text: String) {
        segments = text.utf8.split(separator: UInt8(ascii: "*"), omittingEmptySubsequences: false).map { Array($0) }
        hasSingleWildcard = text.utf8.contains(UInt8(ascii: "?"))
    }

    /// A path in which `*` and `?` are ordinary characters.
    init(literal text: String) {
        segments = [Array(text.utf8)]
        hasSingleWildcard = false
    }

    /// A name, in which `*` and `?` are ordinary characters, in any folder.
    init(anyFolderFollowedBy name: String) {
        segments = [[], [UInt8(ascii: "/")] + Array(name.utf8)]
        hasSingleWildcard = false
    }
}
