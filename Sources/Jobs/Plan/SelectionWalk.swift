internal import Configuration
internal import Engine
internal import Support
internal import Synchronization

/// What a job backs up of the file system: sources, filters and selection.
struct JobSelection: Hashable {
    let sources: [[UInt8]]
    let ownPaths: [[UInt8]]
    let job: JobSpecification

    init(_ job: JobSpecification, _ configuration: Configuration, _ environment: [String: String]) {
        self.job = job
        sources = job.sources.filter { !$0.isOutput }.map { Array($0.path.utf8) }
        ownPaths = PathExplanation.ownPaths(of: job, configuration, environment).map { Array($0.utf8) }
    }

    static func == (a: JobSelection, b: JobSelection) -> Bool {
        a.sources == b.sources && a.ownPaths == b.ownPaths && a.job.filters == b.job.filters
            && a.job.selection == b.job.selection
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(sources)
        hasher.combine(job.filters)
    }

    func walker() throws(Failure) -> TreeWalker {
        do throws(FilterError) {
            return TreeWalker(
                sources: sources, filter: try job.filterSet(), ownPaths: ownPaths, policy: WalkPolicy(job.selection))
        } catch {
            throw Failure(error)
        }
    }
}

/// Walks the sources as they were and as they become, and tells the difference.
///
/// Each walk keeps eight bytes a path: two paths of one hash among a million are a matter of one in many millions, and
/// would be a file too few in a figure.
struct SelectionWalk {
    let interruption: Interruption

    private static let problemSample = 3

    /// What comes in and goes out.
    /// - Parameters:
    ///   - old: what is backed up; nil for nothing.
    ///   - new: what will be.
    /// - Returns: what only one of both has.
    /// - Throws: `Failure` when a filter cannot be used, or when the walk is stopped.
    func difference(_ old: JobSelection?, _ new: JobSelection) throws(Failure) -> FilesEffect.Selection {
        let state = Mutex(State())
        if let old {
            try walk(old) { path, _ in state.withLock { _ = $0.before.insert(path.hashValue) } }
        }
        try walk(new) { path, size in
            state.withLock { state in
                if state.before.remove(path.hashValue) == nil { state.selection.added.add(path, size) }
            }
        } report: { problem in
            state.withLock { state in
                state.selection.problemCount += 1
                if state.selection.problems.count < Self.problemSample {
                    state.selection.problems.append("\(problem)")
                }
            }
        }
        // What is left of the first walk is gone from the second; only a further walk knows the names.
        if let old, state.withLock({ !$0.before.isEmpty }) {
            try walk(old) { path, size in
                state.withLock { state in
                    if state.before.contains(path.hashValue) { state.selection.removed.add(path, size) }
                }
            }
        }
        return state.withLock { $0.selection }
    }

    private struct State {
        var before: Set<Int> = []
        var selection = FilesEffect.Selection()
    }

    private func walk(
        _ selection: JobSelection, _ deliver: @escaping @Sendable ([UInt8], Int64) -> Void,
        report: @escaping @Sendable (WalkProblem) -> Void = { _ in }
    ) throws(Failure) {
        let interruption = interruption
        _ = try selection.walker().walk(
            deliver: { listing in
                for entry in listing.entries where entry.kind != .folder {
                    deliver(listing.path(of: entry), entry.kind == .file ? entry.size : 0)
                }
                return !interruption.isRequested
            }, report: report)
        if interruption.isRequested { throw Failure(EngineError.cancelled, stoppedBy: interruption.signal) }
    }
}

extension FilesEffect.Tally {
    fileprivate mutating func add(_ path: [UInt8], _ size: Int64) {
        files += 1
        bytes += size
        let text = String(decoding: path, as: UTF8.self)
        guard sample.count < FilesEffect.sampleCount || sample.last.map({ precedes(text, $0) }) ?? true else { return }
        let place = sample.firstIndex { precedes(text, $0) } ?? sample.endIndex
        sample.insert(text, at: place)
        if sample.count > FilesEffect.sampleCount { sample.removeLast() }
    }

    private func precedes(_ a: String, _ b: String) -> Bool { a.utf8.lexicographicallyPrecedes(b.utf8) }
}
