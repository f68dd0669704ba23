internal import Cryptography
internal import Destinations
internal import Glibc
internal import Support

/// Copies and compares single objects of two destinations, by files of this machine.
struct ObjectCopier: Sendable {
    let source: any Destination
    let target: any Destination
    /// Where objects lie on their way.
    let folder: TemporaryFolder
    let progress: RunProgress
    let cancellation: Cancellation
    let retry: RetryPolicy
    /// Waits until the target may be changed, and fails when that must not go on.
    let admission: @Sendable () throws(EngineError) -> Void

    /// Copies an object; the target compares it with a digest where it can.
    ///
    /// - Throws: `.damagedObject` when its size is not the listed one, `.destination`, `.system`, `.cancelled`.
    func copy(_ item: SyncPlan.Item) throws(EngineError) {
        do throws(EngineError) {
            try copyOnce(item)
        } catch {
            // The fault may be on the way.
            guard case .damagedObject = error else { throw error }
            try copyOnce(item)
        }
        progress.addEntries(1)
    }

    private func copyOnce(_ item: SyncPlan.Item) throws(EngineError) {
        let staging = target as? any Staging
        // What is fetched to the target's own folder changes it already.
        if staging != nil { try admission() }
        try withFile(of: item.name, at: source, avoidingCopy: staging == nil, staging?.stagingPath()) {
            path, size throws(EngineError) in
            if let expected = item.size, expected != size {
                throw .damagedObject(item.name, detail: "\(size) bytes came instead of \(expected)")
            }
            try admission()
            // Whoever sends a digest along reads the file for it, once for all digests.
            let file = LocalFile(path: path, size: size, role: item.role)
            try retry.run(cancellation, progress) { () throws(DestinationError) in
                try target.put(item.name, from: file)
            }
            progress.addBytes(Int(size))
            progress.addTransferred(Int(size))
        }
    }

    /// Whether an object has the same content at both ends.
    func isEqual(_ item: SyncPlan.Item) throws(EngineError) -> Bool {
        try hash(of: item.name, at: source) == hash(of: item.name, at: target)
    }

    private func hash(of name: String, at destination: any Destination) throws(EngineError) -> Digest {
        try withFile(of: name, at: destination, avoidingCopy: true) { path, size throws(EngineError) in
            progress.addTransferred(Int(size))
            return try Store.hash(path, .sha256)
        }
    }

    /// Hands an object's bytes to `body` as a file, with its size.
    ///
    /// A file of the source's own is only used where nobody could make a link of it; otherwise it is fetched to `place`.
    private func withFile<Value>(
        of name: String, at destination: any Destination, avoidingCopy: Bool, _ place: String? = nil,
        _ body: (String, Int64) throws(EngineError) -> Value
    ) throws(EngineError) -> Value {
        try cancellation.check()
        if avoidingCopy, let path = (destination as? any LocallyReadable)?.localPath(of: name) {
            let size: Int64
            do throws(SystemError) {
                size = try FileDescriptor.open(path).size()
            } catch {
                guard error.code == ENOENT else { throw .system(error, doing: "read \(path)") }
                throw .destination(
                    DestinationError(.missingObject, .get, object: name, at: destination.label, detail: "it is gone"))
            }
            return try body(path, size)
        }
        let path = place ?? "\(folder.path)/copy-\(Hex.encode(RandomBytes.make(12)))"
        defer { unlink(path) }
        let size = try retry.run(cancellation, progress) { () throws(DestinationError) in
            try destination.get(name, to: path)
        }
        return try body(path, size)
    }
}
