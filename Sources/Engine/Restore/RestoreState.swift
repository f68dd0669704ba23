internal import StoreFormat
internal import Support
internal import Synchronization

/// What the threads of a restore share.
final class RestoreState: Sendable {
    let request: RestoreRequest
    let settings: StoreSettings
    let tree: RestoreTree
    let plan: BlockPlan
    let metadata: MetadataTable
    let applier: MetadataApplier?
    private let problems: ProblemLog
    private let progress: RunProgress
    private let names = TemporaryNames()
    private let folderPaths: [[UInt8]]
    private let mutable: Mutex<Mutable>

    private struct Mutable {
        var failed: Set<Int32> = []
        /// For files of several blocks: how many have not been written yet.
        var blocksLeft: [Int32: Int32] = [:]
        /// Files that are complete but for their metadata.
        var waiting: [Int32] = []
        var restored = 0
        var bytes: Int64 = 0
    }

    init(
        request: RestoreRequest, settings: StoreSettings, tree: RestoreTree, plan: BlockPlan, metadata: MetadataTable,
        applier: MetadataApplier?, problems: ProblemLog, progress: RunProgress
    ) {
        self.request = request
        self.settings = settings
        self.tree = tree
        self.plan = plan
        self.metadata = metadata
        self.applier = applier
        self.problems = problems
        self.progress = progress
        folderPaths = tree.folders.indices.map { tree.path(ofFolder: $0) }
        mutable = Mutex(Mutable(blocksLeft: plan.fileHashes.mapValues(\.count)))
    }

    /// The name that a file has until it is complete.
    func temporaryName(_ file: Int32) -> String {
        names.part(file)
    }

    /// Records that a file cannot be restored; only the first reason is told.
    func fail(_ file: Int32, _ reason: String, _ code: Problem.Code) {
        let isFirst = mutable.withLock { $0.failed.insert(file).inserted }
        guard isFirst else { return }
        progress.addEntries(1)
        problems.add(Problem(code, tree.source(tree.files[Int(file)]), "is not restored: \(reason)"))
    }

    /// Whether a file has been given up.
    func hasFailed(_ file: Int32) -> Bool {
        mutable.withLock { !$0.failed.isEmpty && $0.failed.contains(file) }
    }

    /// Counts a block of a long file; true for the last one.
    func countBlock(_ file: Int32) -> Bool {
        mutable.withLock { state in
            let left = (state.blocksLeft[file] ?? 1) - 1
            state.blocksLeft[file] = left
            return left == 0 && !state.failed.contains(file)
        }
    }

    /// A file has its content: it gets its metadata, unless that has not come yet; then this returns false.
    func describe(_ index: Int32, open file: Int32) -> Bool {
        applyMetadata(tree.files[Int(index)], to: .open(file))
    }

    /// A file has its content and its name.
    func finish(_ index: Int32, isDescribed: Bool) {
        let file = tree.files[Int(index)]
        let mustWait = !isDescribed
        mutable.withLock { state in
            state.restored += 1
            state.bytes &+= file.size
            if mustWait { state.waiting.append(index) }
        }
        progress.addEntries(1)
        progress.addBytes(Int(file.size))
    }

    /// How to get at a file: never by its path, which somebody may change meanwhile.
    enum FileAccess {
        case open(Int32)
        /// By its name in an open folder.
        case inFolder(Int32)
    }

    /// Applies the metadata of a file; false when it has not arrived yet.
    @discardableResult
    func applyMetadata(_ file: RestoreTree.File, to access: FileAccess, isLast: Bool = false) -> Bool {
        guard let applier, file.metadata >= 0 else { return true }
        switch metadata.take(file.metadata) {
        case .known(let value):
            let path = folderPaths[Int(file.folder)] + tree.name(file)
            switch access {
            case .open(let descriptor): applier.apply(value, toOpen: descriptor, path: path)
            case .inFolder(let handle): applier.apply(value, to: Array(tree.name(file)), in: handle, path: path)
            }
            return true
        case .failed:
            reportLostMetadata(tree.source(file))
            return true
        case .notYet:
            if isLast { reportLostMetadata(tree.source(file)) }
            return false
        }
    }

    /// Says that an entry is there, but not as it was.
    func reportLostMetadata(_ path: String) {
        problems.add(Problem(.damaged, path, "is restored without owner, mode and times: they are lost"))
    }

    /// Files that are complete but for their metadata.
    var waiting: [Int32] { mutable.withLock { $0.waiting } }

    /// Files of several blocks of which some never came; their temporary files are still there.
    var unfinished: [Int32] {
        mutable.withLock { state in
            state.blocksLeft.filter { file, left in
                left > 0 || state.failed.contains(file)
            }.keys.filter { plan.fileHashes[$0].map { $0.count > 1 } ?? false }.sorted()
        }
    }

    /// How many files were neither restored nor reported, although they should have been; never any, unless the plan
    /// left some out.
    var forgotten: Int {
        let planned = tree.files.count { $0.action == .create || $0.action == .replace }
        return mutable.withLock { planned - $0.restored - $0.failed.count }
    }

    /// What was restored and what was not.
    var totals: (restored: Int, failed: Int, bytes: Int64) {
        mutable.withLock { ($0.restored, $0.failed.count, $0.bytes) }
    }
}
