internal import JSON
internal import Support
internal import Synchronization
internal import Transport

extension OpenStackDestination {
    /// Removes an object, with its segments if it has any.
    public func delete(_ name: String) throws(DestinationError) {
        try check(name, .delete)
        if try isManifest(name) {
            try deleteWithSegments(name)
        } else {
            try deletePlain(name)
        }
    }

    /// Whether an object is a list of segments: by the last listing, or by asking.
    private func isManifest(_ name: String) throws(DestinationError) -> Bool {
        let (isOne, isKnown) = remember { ($0.manifests.contains(name), $0.knowsManifests) }
        if isOne || isKnown { return isOne }
        let head = try session.call(StorageRequest(.head, target(name)), .delete, name, accepting: [403, 404])
        return head.isSuccess && head.isStaticManifest
    }

    private func deletePlain(_ name: String) throws(DestinationError) {
        try caller.run(.delete, name) { attempt throws(DestinationError) in
            let response = try session.send(StorageRequest(.delete, target(name)), .delete, name)
            if response.status == 404 {
                let error = try missing(name, .delete)
                if error.kind == .missingContainer { throw error }
                return
            }
            guard response.isSuccess else {
                throw session.failure(response, .delete, name, attempt: attempt.number)
            }
        }
    }

    private func deleteWithSegments(_ name: String) throws(DestinationError) {
        try caller.run(.delete, name) { attempt throws(DestinationError) in
            var request = StorageRequest(.delete, target(name), headers: ["Accept": "application/json"])
            request.query = [("multipart-manifest", "delete")]
            let response = try session.send(request, .delete, name)
            if response.status == 404 { return }
            guard response.isSuccess else {
                throw session.failure(response, .delete, name, attempt: attempt.number)
            }
            // The status is 200 whatever happened; the truth is in the body.
            guard let outcome = BulkOutcome(response.body) else {
                throw failure(.transient, .delete, name, "the answer to the deletion of segments is not readable")
            }
            if let problem = outcome.errors.first {
                throw outcome.error(problem.status, problem.name, of: name, at: label)
            }
            if let status = outcome.failedStatus {
                // Somebody has replaced the list of segments by a plain object, or removed it.
                if status.hasPrefix("404") { return }
                throw outcome.error(status, nil, of: name, at: label)
            }
        }
        remember { _ = $0.manifests.remove(name) }
    }

    // MARK: Many objects

    /// Removes objects in bulk where the server can, else several at a time.
    public func delete(_ names: [String]) throws(DestinationError) -> [String: DestinationError] {
        for name in names { try check(name, .delete) }
        let manifests = remember { $0.knowsManifests ? $0.manifests : nil }
        var single = names
        // Without a listing it is not known which objects have segments, which a bulk deletion would leave behind.
        if names.count > 1, let manifests, let most = try session.info(.delete).bulkDeletes, most > 1 {
            single = names.filter { manifests.contains($0) }
            let plain = names.filter { !manifests.contains($0) }
            let step = min(most, 1000)
            for start in stride(from: 0, to: plain.count, by: step) {
                single += try deleteInBulk(Array(plain[start..<min(start + step, plain.count)]))
            }
        }
        return try deleteSeveral(single)
    }

    /// Removes objects in one request.
    /// - Returns: those that have to be looked at one by one.
    private func deleteInBulk(_ names: [String]) throws(DestinationError) -> [String] {
        var request = StorageRequest(.post, .account, headers: ["Accept": "application/json"])
        request.headers["Content-Type"] = "text/plain"
        request.query = [("bulk-delete", "1")]
        let container = StorageRequest.encoded(options.container)
        let lines = names.map { "\(container)/\(StorageRequest.encoded(options.prefix + $0))" }
        request.body = Array(lines.joined(separator: "\n").utf8)
        request.maximumResponseBytes = 16 << 20
        let wanted = request
        let response = try session.call(wanted, .delete, accepting: Set(400..<499).subtracting([401, 408, 429]))
        // What the server cannot do in bulk it can still do one by one.
        guard response.isSuccess, let outcome = BulkOutcome(response.body), outcome.failedStatus == nil else {
            return names
        }
        let mustSeeContainer = outcome.missing > 0 && !remember { $0.containerIsThere }
        guard outcome.deleted + outcome.missing + outcome.errors.count >= names.count, !mustSeeContainer else {
            return names
        }
        let start = "\(options.container)/\(options.prefix)"
        let asked = Set(names)
        var failed: [String] = []
        for error in outcome.errors {
            let path = error.name.drop { $0 == "/" }
            let name = String(path.dropFirst(start.count))
            // An error that belongs to none of them could be any of them.
            guard path.hasPrefix(start), asked.contains(name) else { return names }
            failed.append(name)
        }
        return failed
    }

    private func deleteSeveral(_ names: [String]) throws(DestinationError) -> [String: DestinationError] {
        guard !names.isEmpty else { return [:] }
        let failures = Mutex<[String: DestinationError]>([:])
        let next = Atomic<Int>(0)
        SeveralThreads.run(min(names.count, 8)) { [self] in
            while true {
                let index = next.add(1, ordering: .relaxed).oldValue
                guard index < names.count else { return }
                do throws(DestinationError) {
                    try delete(names[index])
                } catch {
                    failures.withLock { $0[names[index]] = error }
                    if error.endsAll {
                        next.store(names.count, ordering: .relaxed)
                    }
                }
            }
        }
        let found = failures.withLock { $0 }
        // What concerns no single object is one error for all.
        if let error = found.values.first(where: { $0.endsAll }) { throw error }
        return found
    }
}

/// Work of a few threads that ends before the call does.
enum SeveralThreads {
    /// Runs a piece of work on as many threads, one of which is the caller's, and waits for all of them.
    ///
    /// A thread that the system does not have to give is done without.
    static func run(_ count: Int, _ body: @escaping @Sendable () -> Void) {
        let threads = (1..<max(1, count)).compactMap { _ in try? WorkerThread("swift-delete", body) }
        body()
        for thread in threads { thread.join() }
    }
}
