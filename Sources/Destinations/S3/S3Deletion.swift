internal import Cryptography
internal import Support
internal import Transport
internal import XML

extension S3Destination {
    /// Removes an object; where locks are used, only when its lock has ended, and with all of its versions.
    public func delete(_ name: String) throws(DestinationError) {
        try checkName(name, .delete)
        try caller.run(.delete, name) { _ throws(DestinationError) in try remove(name) }
    }

    private func remove(_ name: String) throws(DestinationError) {
        if try usesLocks(.delete, name), case .there(let stored) = try look(name, .delete),
            let lock = stored.lock(at: serverNow)
        {
            throw failure(.locked, .delete, name, "it is locked until \(lock.end) (\(lock.mode.rawValue))")
        }
        guard settings.deletesVersions else { return try remove(key: settings.key(of: name), version: nil, of: name) }
        let key = settings.key(of: name)
        let versions = try S3Versions(destination: self).all(prefix: key, .delete, name)
            .filter { $0.key.utf8.elementsEqual(key.utf8) }.newestFirst
        // A bucket that never had versions lists what it has as the version `null`. The marks go last, and only when
        // all contents went: they are what keeps the contents hidden.
        for version in versions.reversed() where !version.isMarker {
            try remove(key: key, version: version.id, of: name)
        }
        for version in versions.reversed() where version.isMarker {
            try remove(key: key, version: version.id, of: name)
        }
        if versions.isEmpty { try remove(key: key, version: nil, of: name) }
    }

    /// Removes an object, or one version of it, once.
    func remove(key: String, version: String?, of name: String) throws(DestinationError) {
        let answer = try connection.send(.delete, name) { _ in
            S3Request(.delete, key, query: version.map { [("versionId", $0)] } ?? [])
        }
        guard case .refused(let refusal) = answer else { return }
        if refusal.error.kind == .missingObject { return }
        throw refusal.error
    }

    /// Whether objects of this bucket may be locked: because the options say so, or the bucket was made for it.
    func usesLocks(_ operation: DestinationError.Operation, _ name: String?) throws(DestinationError) -> Bool {
        if settings.lockPeriod != nil { return true }
        if let known = connection.known?.hasLocks { return known }
        let answer = try connection.send(operation, name) { _ in S3Request(.get, query: [("object-lock", "")]) }
        let hasLocks: Bool
        switch answer {
        case .success(let response): hasLocks = S3LockConfiguration(response)?.isEnabled == true
        case .refused(let refusal):
            if refusal.error.isRetryable { throw refusal.error }
            // Who has no locks says so; who does not tell is believed to have none, and refuses what it must.
            hasLocks = false
        }
        connection.learn { $0.hasLocks = hasLocks }
        return hasLocks
    }

    // MARK: Many

    /// How many objects one request can name.
    private static let batchSize = 1000

    /// Removes many objects, a thousand with each request.
    public func delete(_ names: [String]) throws(DestinationError) -> [String: DestinationError] {
        var failures: [String: DestinationError] = [:]
        var batch: [String] = []
        // Locks and versions are a matter of each object.
        let hasLocks = try caller.run(.delete) { _ throws(DestinationError) in try usesLocks(.delete, nil) }
        let isPlain = !hasLocks && !settings.deletesVersions
        var singles: [String] = []
        for name in names {
            let canGoAlong =
                isPlain && ObjectNameRule.objection(to: name) == nil && XMLWriter.canCarry(settings.key(of: name))
            if canGoAlong { batch.append(name) } else { singles.append(name) }
        }
        while !batch.isEmpty {
            let part = Array(batch.prefix(Self.batchSize))
            batch.removeFirst(part.count)
            if connection.known?.deletesInBatches != false {
                try deleteBatch(part, &failures)
            }
            // The server may have said just now that it does not do that.
            if connection.known?.deletesInBatches == false { singles += part }
        }
        for name in singles {
            do throws(DestinationError) {
                try delete(name)
            } catch {
                if error.endsAll { throw error }
                failures[name] = error
            }
        }
        return failures
    }

    private func deleteBatch(
        _ names: [String], _ failures: inout [String: DestinationError]
    ) throws(DestinationError) {
        var pending = names
        var permanent: [String: DestinationError] = [:]
        var passing: [String: DestinationError] = [:]
        do throws(DestinationError) {
            try caller.run(.delete) { _ throws(DestinationError) in
                let results = try once(pending)
                passing = results.filter { $0.value.isRetryable }
                permanent.merge(results.filter { !$0.value.isRetryable }) { _, new in new }
                pending = passing.keys.sorted()
                if let error = passing.first?.value { throw error }
            }
        } catch {
            // Some are gone, and of the others it is known why not.
            guard !passing.isEmpty, error.kind == .transient || error.kind == .throttled else { throw error }
            failures.merge(passing) { _, new in new }
        }
        failures.merge(permanent) { _, new in new }
    }

    /// Asks once to remove objects.
    /// - Returns: why some were not.
    private func once(_ names: [String]) throws(DestinationError) -> [String: DestinationError] {
        let body: [UInt8]
        do throws(XMLError) {
            body = try document(names)
        } catch {
            // Names that XML cannot carry were sent one by one.
            throw failure(.internalFault, .delete, nil, "\(error)")
        }
        let answer = try connection.send(.delete, expectsDocument: true) { _ in
            var request = S3Request(.post, query: [("delete", "")])
            request.headers["Content-MD5"] = HashContext(.md5).hash(body).base64
            request.headers["Content-Type"] = "application/xml"
            request.body = body
            request.maximumResponseBytes = 8 << 20
            return request
        }
        let response: HTTPResponse
        switch answer {
        case .success(let success): response = success
        case .refused(let refusal):
            if ["NotImplemented", "MethodNotAllowed"].contains(refusal.code ?? "")
                || [405, 501].contains(refusal.status)
            {
                connection.learn { $0.deletesInBatches = false }
                return [:]
            }
            throw refusal.error
        }
        guard let root = try? XMLElement(parsing: response.body, limit: 8 << 20), root.name == "DeleteResult" else {
            throw failure(.transient, .delete, nil, "the server's answer cannot be read")
        }
        var failures: [String: DestinationError] = [:]
        let secrets = try root.all("Error").isEmpty ? [] : connection.secrets(.delete)
        for element in root.all("Error") {
            let code = element.text("Code")
            if code == "NoSuchKey" { continue }
            guard let key = element.text("Key"),
                let name = names.first(where: { settings.key(of: $0).utf8.elementsEqual(key.utf8) })
            else {
                throw failure(
                    .transient, .delete, nil, "the server complains about an object that it was not asked about")
            }
            let message = element.text("Message")
            let meaning = S3Meaning.of(code: code, status: 200, message: message, request: .init(.delete), .delete)
            let words = S3Refusal.words(code, message, hiding: secrets)
            failures[name] = failure(
                code == nil ? .permission : meaning.kind, .delete, name, words.isEmpty ? "the server refuses" : words,
                advice: meaning.advice)
        }
        return failures
    }

    private func document(_ names: [String]) throws(XMLError) -> [UInt8] {
        try XMLWriter.document("Delete", namespace: Self.namespace) { writer throws(XMLError) in
            // Quiet answers name only what was not removed.
            try writer.element("Quiet", "true")
            for name in names {
                try writer.element("Object") { writer throws(XMLError) in
                    try writer.element("Key", settings.key(of: name))
                }
            }
        }
    }

    /// What the elements of S3 belong to.
    static let namespace = "http://s3.amazonaws.com/doc/2006-03-01/"
}
