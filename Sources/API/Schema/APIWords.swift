internal import Catalog
internal import Engine

extension RunProgress.Phase {
    /// The phase in one word.
    var word: String {
        switch self {
        case .preparing: "preparing"
        case .indexing: "indexing"
        case .backingUp: "backing_up"
        case .finishing: "finishing"
        case .restoring: "restoring"
        case .verifying: "verifying"
        case .deleting: "deleting"
        case .compacting: "compacting"
        case .repairing: "repairing"
        case .copying: "copying"
        case .thawing: "thawing"
        case .locking: "locking"
        }
    }
}

/// What an entry is, in one word.
enum EntryWords {
    static let all = ["folder", "file", "symlink"]

    static func word(_ kind: EntryKind) -> String {
        switch kind {
        case .folder: "folder"
        case .file: "file"
        case .symlink, .folderLink: "symlink"
        }
    }
}
