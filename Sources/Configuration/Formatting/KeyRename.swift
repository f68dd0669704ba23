internal import YAML

/// A key that has got another name.
public struct KeyRename: Sendable, Hashable {
    /// Where it stands: the keys that lead there, `*` for any name or item.
    public let path: [String]
    /// The old name.
    public let old: String
    /// The name since then.
    public let new: String

    /// A rename.
    public init(at path: [String], from old: String, to new: String) {
        self.path = path
        self.old = old
        self.new = new
    }

    /// All renames since the first release; there was none yet.
    public static let all: [KeyRename] = []
}
