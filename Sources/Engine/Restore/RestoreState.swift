internal import Catalog
internal import Cryptography
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
    let direct = DirectWriting()
    let early: EarlyBlocks
    private let problems: ProblemLog
    private let progress: RunProgress
    private let names = TemporaryNames()
    private let mutable = Mutex(Mutable())

    /// A block that did not come from where it should have.
    struct Missed: Sendable {
        var use: BlockPlan.Use
        /// The volume, or 0 when none was known.
        var volume: Int64
        var reason: String
    }

    private struct Mutable {
        var failed: Set<Int32> = []
        /// Files of several blocks that have some and not all of them.
        var long: [Int32: LongFile] = [:]
        var missed: [Missed] = []
        var restored = 0
        var bytes: Int64 = 0
    }

    init(
        request: RestoreRequest, settings: StoreSettings, tree: RestoreTree, plan: BlockPlan, metadata: MetadataTable,
        applier: MetadataApplier?, problems: ProblemLog, progress: RunProgress
    ) {
        self.request = request
        self.settings = settings
        early = EarlyBlocks(limit: 2 * Processors.count, blockSize: settings.blockSize)
        self.tree = tree
        self.plan = plan
        self.metadata = metadata
        self.applier = applier
        self.problems = problems
        self.progress = progress
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

    // MARK: Blocks

    /// Remembers blocks that did not come, for they may be somewhere else as well.
    func miss(_ uses: some Sequence<BlockPlan.Use>, in volume: Int64, _ reason: String) {
        mutable.withLock { state in
            for use in uses { state.missed.append(Missed(use: use, volume: volume, reason: reason)) }
        }
    }

    /// The blocks that did not come since the last call.
    func takeMissed() -> [Missed] {
        mutable.withLock { state in
            defer { state.missed = [] }
            return state.missed
        }
    }

    /// Gives something up whose block is nowhere.
    func giveUp(_ missed: Missed) {
        if missed.use.target >= 0 {
            fail(missed.use.target, missed.reason, .damaged)
        } else {
            metadata.fail(~missed.use.target)
        }
    }

    /// How far a file of several blocks is.
    func longFile(_ file: Int32, _ content: BlockPlan.LongContent) -> LongFile {
        mutable.withLock { state in
            if let known = state.long[file] { return known }
            let long = LongFile(content, settings.fileHash, present: tree.present[file] ?? [])
            state.long[file] = long
            return long
        }
    }

    // MARK: Files

    /// A file has its content: it gets its metadata, unless that has not come yet; then this returns false.
    func describe(_ index: Int32, open file: Int32) -> Bool {
        let entry = tree.files[Int(index)]
        guard applier != nil, entry.metadata != .nothing else { return true }
        switch metadata.take(index) {
        case .known(let bytes): apply(bytes, entry, to: .open(file))
        case .failed: reportLostMetadata(tree.source(entry))
        case .notYet: return false
        }
        return true
    }

    /// A file has its content and its name; one that has no metadata yet waits for that.
    func finish(_ index: Int32, isDescribed: Bool, in folder: Int32) {
        let file = tree.files[Int(index)]
        mutable.withLock { state in
            state.restored += 1
            state.bytes &+= file.size
            state.long[index] = nil
        }
        progress.addEntries(1)
        progress.addBytes(Int(file.size))
        if !isDescribed { describe(index, in: folder) }
    }

    /// Applies the metadata of a complete file, now or as soon as it comes.
    func describe(_ index: Int32, in folder: Int32) {
        let file = tree.files[Int(index)]
        guard applier != nil, file.metadata != .nothing else { return }
        switch metadata.take(index, waits: true) {
        case .known(let bytes): apply(bytes, file, to: .inFolder(folder))
        case .failed: reportLostMetadata(tree.source(file))
        case .notYet: break
        }
    }

    /// How to get at a file: never by its path, which somebody may change meanwhile.
    enum FileAccess {
        case open(Int32)
        /// By its name in an open folder.
        case inFolder(Int32)
    }

    /// Applies metadata that has arrived.
    func apply(_ bytes: [UInt8], _ file: RestoreTree.File, to access: FileAccess) {
        guard let applier else { return }
        guard let value = try? MetadataBlob.decode(bytes) else { return reportLostMetadata(tree.source(file)) }
        let path = tree.path(file)
        switch access {
        case .open(let descriptor): applier.apply(value, toOpen: descriptor, path: path)
        case .inFolder(let handle): applier.apply(value, to: Array(tree.name(file)), in: handle, path: path)
        }
    }

    /// Says that an entry is there, but not as it was.
    func reportLostMetadata(_ path: String) {
        problems.add(Problem(.damaged, path, "is restored without owner, mode and times: they are lost"))
    }

    // MARK: The end

    /// Files of several blocks of which some never came; their temporary files are still there.
    var unfinished: [Int32] { mutable.withLock { $0.long.keys.sorted() } }

    /// How many files were neither restored nor reported, although they should have been; never any, unless the plan
    /// left some out.
    var forgotten: Int {
        let planned = tree.files.count { $0.action != .keep && $0.action != .skip }
        return mutable.withLock { planned - $0.restored - $0.failed.count }
    }

    /// What was restored and what was not.
    var totals: (restored: Int, failed: Int, bytes: Int64) {
        mutable.withLock { ($0.restored, $0.failed.count, $0.bytes) }
    }
}
