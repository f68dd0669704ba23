internal import Catalog

/// Gives every selected entry its place below the target.
struct TargetLayout {
    private var tree: RestoreTree
    private let prefix: [UInt8]
    private let problems: ProblemLog
    private var folderIndices: [[UInt8]: Int] = [[]: 0]
    /// Entries whose names cannot be used.
    private(set) var refused = 0

    /// The tree of a selection, and how many entries have names that cannot be used.
    ///
    /// `prefix` is the folder that the target stands for, empty for whole paths; `base` is the target's path with a
    /// slash at the end.
    static func build(
        _ selection: consuming RestoreSelection, prefix: [UInt8], base: [UInt8], problems: ProblemLog
    ) -> (tree: RestoreTree, refused: Int) {
        let (files, names) = selection.takeFiles()
        var layout = TargetLayout(
            tree: RestoreTree(base: base, files: files, names: names), prefix: prefix, problems: problems)
        layout.add(selection)
        return (layout.tree, layout.refused)
    }

    private init(tree: RestoreTree, prefix: [UInt8], problems: ProblemLog) {
        self.tree = tree
        self.prefix = prefix
        self.problems = problems
    }

    private mutating func add(_ selection: RestoreSelection) {
        var indices = [Int?](repeating: nil, count: selection.folders.count)
        for item in selection.items {
            let path = selection.path(item)
            guard path.withUnsafeBytes({ EntryPath.isSafe($0) }), path.starts(with: prefix) else {
                refuse(path)
                continue
            }
            if item.kind == .folder {
                let index = folder(path)
                tree.folders[index].isListed = true
                tree.folders[index].source = path
                tree.folders[index].metadata = item.metadata
                continue
            }
            let index = indices[Int(item.folder)] ?? folder(selection.folders[Int(item.folder)])
            indices[Int(item.folder)] = index
            tree.links.append(RestoreTree.Link(folder: index, name: item.name, metadata: item.metadata))
        }
        addFiles(selection.folders, &indices)
    }

    private mutating func addFiles(_ folders: [[UInt8]], _ indices: inout [Int?]) {
        let areSafe = folders.map { path in
            path.isEmpty || path.withUnsafeBytes({ EntryPath.isSafe($0) }) && path.starts(with: prefix)
        }
        var hasRefused = false
        for position in tree.files.indices {
            let folder = Int(tree.files[position].folder)
            let name = tree.name(tree.files[position])
            let isSafe =
                areSafe[folder] && !folders[folder].isEmpty
                && name.withUnsafeBytes { name in
                    EntryPath.isSafeName(name)
                        && !(folders[folder].first != EntryPath.slash && name.contains(EntryPath.backslash))
                }
            guard isSafe else {
                refuse(folders[folder] + name)
                tree.files[position].folder = -1
                hasRefused = true
                continue
            }
            let index = indices[folder] ?? self.folder(folders[folder])
            indices[folder] = index
            tree.files[position].folder = Int32(index)
        }
        if hasRefused { tree.files.removeAll { $0.folder < 0 } }
    }

    private mutating func refuse(_ path: [UInt8]) {
        refused += 1
        problems.add(
            Problem(
                .damaged, String(decoding: path, as: UTF8.self),
                "is not restored: its path leads out of the target"))
    }

    /// The index of a folder by its original path, which ends with a separator; those above it are added too.
    private mutating func folder(_ path: [UInt8]) -> Int {
        let relative = Array(path.dropFirst(prefix.count))
        if let index = folderIndices[relative] { return index }
        let separator = path.withUnsafeBytes { EntryPath.separator(of: $0) }
        var index = 0
        var end = 0
        while end < relative.count {
            let start = end
            while end < relative.count, relative[end] != separator { end += 1 }
            end = min(end + 1, relative.count)
            let part = Array(relative[..<end])
            if let known = folderIndices[part] {
                index = known
                continue
            }
            let name = Self.component(relative[start..<end], separator: separator)
            if !name.isEmpty {
                tree.folders.append(
                    RestoreTree.Folder(name: name, parent: index, source: Array(path[..<(prefix.count + end)])))
                index = tree.folders.count - 1
            }
            folderIndices[part] = index
        }
        folderIndices[relative] = index
        if index == 0, tree.folders[0].source.isEmpty { tree.folders[0].source = path }
        return index
    }

    /// A name without its separator; a drive loses its colon.
    private static func component(_ part: ArraySlice<UInt8>, separator: UInt8) -> [UInt8] {
        var name = part
        if name.last == separator { name.removeLast() }
        if separator == EntryPath.backslash, name.count == 2, name.last == UInt8(ascii: ":") { name.removeLast() }
        return Array(name)
    }
}
