/// Decides whether an entry belongs to the backup.
///
/// The checks stand in Duplicati's order.
struct EntryAdmission: Sendable {
    let filter: FilterSet
    private let ownPaths: Set<[UInt8]>
    private let nestedSources: Set<[UInt8]>
    private let lengths: Set<Int>

    enum Verdict {
        case stored
        case traversed
        case excluded
        /// A source below another source, met on the way.
        case source
    }

    /// - Parameters:
    ///   - filter: the rules of the job.
    ///   - ownPaths: our own files and folders, never part of a backup; without a slash at the end.
    ///   - nestedSources: sources below other sources; without a slash at the end.
    init(filter: FilterSet, ownPaths: [[UInt8]], nestedSources: [[UInt8]]) {
        self.filter = filter
        self.ownPaths = Set(ownPaths.compactMap { SourceRoots.normalized($0) })
        self.nestedSources = Set(nestedSources)
        lengths = Set((self.ownPaths.union(self.nestedSources)).map(\.count))
    }

    /// Whether the path of a source is one of our own.
    func isOwn(source: [UInt8]) -> Bool { ownPaths.contains(source) }

    /// Decides about an entry that is neither device, socket nor pipe: those are out before anything else.
    ///
    /// The path is complete, and ends with `/` for folders and links that lead to one.
    @inline(__always)
    func verdict(_ path: UnsafeBufferPointer<UInt8>) -> Verdict {
        let bare = path.last == UInt8(ascii: "/") ? path.count - 1 : path.count
        if !lengths.isEmpty, lengths.contains(bare) {
            let plain = Array(path.prefix(bare))
            // 1. Our own files.
            if ownPaths.contains(plain) { return .excluded }
            // 2. Sources are accepted whatever the rules say.
            if nestedSources.contains(plain) { return .source }
        }
        // 3. The hard link policy, 4. marker files and 5. attributes come here in Duplicati's order. They are looked
        // at behind the rules, by the `EntrySelector`, since what the rules exclude then costs no system call.
        // 6. The rules.
        switch filter.decide(path).outcome {
        case .included: break
        case .excluded: return .excluded
        case .traversed: return .traversed
        }
        // 7. Exclusion attributes: a folder's when it is opened, all others with the metadata. 8. The policy for
        // symbolic links: the `EntrySelector`.
        return .stored
    }
}
