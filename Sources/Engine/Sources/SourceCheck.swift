internal import Glibc
internal import Support

/// Looks at the sources of a request before anything is read.
struct SourceCheck {
    let request: BackupRequest

    /// - Throws: when there is nothing to back up, or something that cannot be.
    func run() throws(EngineError) {
        for source in request.sources where !PathLimit.admits(source: Array(source.utf8)) {
            throw .unusableSource(
                shortened(source),
                reason: "its path has more than \(EntryFault.longestPath / 1024) KiB or \(EntryFault.deepestPath) "
                    + "components, which no version can hold")
        }
        try checkStreams()
        let missing = request.sources.filter { !exists($0) }
        let required = missing.filter { request.absence[$0] == .fail }
        guard required.isEmpty else { throw .missingSources(required) }
        // What falls to a shard may be nothing, which is a version all the same: the others have the rest.
        guard request.policy.shard == nil || !request.sources.isEmpty else { return }
        // A command alone is a backup, but not when all files have gone from beside it.
        guard missing.count == request.sources.count else { return }
        guard !request.streams.isEmpty, missing.allSatisfy({ request.absence[$0] == .ignore }) else {
            throw .noSources(request.sources)
        }
    }

    private func exists(_ path: String) -> Bool {
        var status = stat()
        guard let code = try? SystemPath.with(path.utf8, { lstat($0, &status) }) else { return false }
        return code == 0
    }

    // MARK: Streams

    private func checkStreams() throws(EngineError) {
        for (number, stream) in request.streams.enumerated() {
            if let fault = fault(inPath: stream.path) { throw .unusableSource(shortened(stream.path), reason: fault) }
            let others =
                request.sources + request.streams.enumerated().filter { $0.offset != number }.map(\.element.path)
            for other in others {
                guard let path = SourceRoots.normalized(Array(other.utf8)) else { continue }
                if path.starts(with: stream.path.utf8),
                    path.count == stream.path.utf8.count || path[stream.path.utf8.count] == UInt8(ascii: "/")
                {
                    throw .unusableSource(
                        stream.path,
                        reason: "a command's output is a file, but \(shortened(other)) is the same path or below it")
                }
            }
        }
    }

    private func fault(inPath path: String) -> String? {
        let bytes = Array(path.utf8)
        guard bytes.first == UInt8(ascii: "/") else { return "it is not an absolute path" }
        guard bytes.last != UInt8(ascii: "/") else { return "it ends with a slash, but a command's output is a file" }
        guard SourceRoots.normalized(bytes) == bytes else { return "it has needless slashes, or `.` or `..` in it" }
        guard !bytes.contains(0) else { return "it has a zero byte in it" }
        let name = bytes[((bytes.lastIndex(of: UInt8(ascii: "/")) ?? 0) + 1)...]
        guard name.count <= Int(NAME_MAX) else { return "its last component has more than \(NAME_MAX) bytes" }
        return PathLimit.admits(source: bytes) ? nil : "it is too long"
    }

    private func shortened(_ path: String) -> String {
        path.utf8.count > 1024 ? "\(path.prefix(200))…" : path
    }
}

extension BackupRequest {
    /// What a problem of the walk means for the run.
    enum SourceVerdict {
        case reported
        case ignored
        case fatal(EngineError)
    }

    /// What a problem of the walk means for the run: a source that vanishes after the check counts as missing too.
    func judge(_ problem: WalkProblem) -> SourceVerdict {
        guard !absence.isEmpty, problem.kind == .source || problem.kind == .openFolder else { return .reported }
        let path = SourceRoots.normalized(problem.path)
        guard let source = absence.first(where: { SourceRoots.normalized(Array($0.key.utf8)) == path }) else {
            return .reported
        }
        switch source.value {
        case .warn: return .reported
        case .fail: return .fatal(.missingSources([source.key]))
        case .ignore: return problem.kind == .source && problem.code == ENOENT ? .ignored : .reported
        }
    }
}
