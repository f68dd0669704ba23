public import JSON
internal import Support

extension RunReport {
    /// The longest document that is sent; receivers limit what they take.
    static let maximumBytes = 64 << 10

    /// The document as UTF-8, at most 64 KiB: of too many problems the last ones are left out, and their number is said.
    /// - Parameter mask: is applied to every text that could hold a secret.
    /// - Returns: compact JSON without a final newline.
    public func serialized(masking mask: (String) -> String = { $0 }) -> [UInt8] {
        var kept = problems.count
        while true {
            let bytes = json(problems: kept, masking: mask).serialized()
            if bytes.count <= Self.maximumBytes || kept == 0 { return bytes }
            // In proportion to the excess, and at least one, so that this ends soon.
            kept = min(kept - 1, kept * Self.maximumBytes / bytes.count)
        }
    }

    /// The document: names in snake case, times in UTC, sizes in bytes, in an order that never changes.
    /// - Parameter mask: is applied to every text that could hold a secret.
    /// - Returns: an object with all that is known.
    public func json(masking mask: (String) -> String = { $0 }) -> JSONValue {
        json(problems: problems.count, masking: mask)
    }

    private func json(problems kept: Int, masking mask: (String) -> String) -> JSONValue {
        var document = JSONObject()
        document["schema"] = .string("urn:dunnage:report:v1")
        document["event"] = .string(run.result.rawValue)
        document["title"] = .string(mask(title))
        document["instance"] = instance.json
        document["job"] = job?.json
        document["run"] = run.json
        document["config"] = configuration?.json
        document["source"] = source?.json
        document["destinations"] = .array(destinations.map { $0.json(masking: mask) })
        document["problems"] = .array(problems.prefix(kept).map { $0.json(masking: mask) })
        if kept < problems.count { document["omitted_problems"] = .integer(Int64(problems.count - kept)) }
        document["next_run"] = nextRun.map { .string($0.iso8601) }
        document["log"] = .object([.init("included", .string("none")), .init("lines", .array([]))])
        return document.value
    }
}

extension RunReport.Instance {
    fileprivate var json: JSONValue {
        var object = JSONObject()
        object["name"] = .string(name)
        object["id"] = id.map { .string($0) }
        object["version"] = .string(version)
        return object.value
    }
}

extension RunReport.Job {
    fileprivate var json: JSONValue {
        let sorted = labels.sorted { $0.key < $1.key }
        return .object([
            .init("name", .string(name)),
            .init("labels", .object(sorted.map { JSONValue.Member($0.key, .string($0.value)) })),
        ])
    }
}

extension RunReport.Run {
    fileprivate var json: JSONValue {
        var object = JSONObject()
        object["id"] = .string(id)
        object["trigger"] = .string(trigger.rawValue)
        object["scheduled_for"] = scheduledFor.map { .string($0.iso8601) }
        object["started"] = .string(started.iso8601)
        object["finished"] = .string(finished.iso8601)
        object["duration_seconds"] = .number(durationSeconds)
        object["result"] = .string(result.rawValue)
        object["interrupted"] = .bool(isInterrupted)
        object["exit_code"] = .integer(Int64(exitCode))
        return object.value
    }
}

extension RunReport.Configuration {
    fileprivate var json: JSONValue {
        var object = JSONObject()
        object["hash"] = .string(hash)
        object["commit"] = commit.map { .string($0) }
        object["overrides"] = .array(overrides.map { .string($0) })
        return object.value
    }
}

extension RunReport.Source {
    fileprivate var json: JSONValue {
        .object([
            .init("files", .integer(files)), .init("bytes", .integer(bytes)), .init("added", .integer(added)),
            .init("modified", .integer(modified)), .init("removed", .integer(removed)),
            .init("opened", .integer(opened)), .init("opened_bytes", .integer(openedBytes)),
            .init("unreadable", .integer(unreadable)),
        ])
    }
}

extension RunReport.Destination {
    fileprivate func json(masking mask: (String) -> String) -> JSONValue {
        var object = JSONObject()
        object["name"] = .string(name)
        object["label"] = label.map { .string(mask($0)) }
        object["result"] = .string(result.rawValue)
        object["version"] = version.map { .string($0.iso8601) }
        object["uploaded_bytes"] = .integer(uploadedBytes)
        object["uploaded_objects"] = .integer(uploadedObjects)
        object["stored_bytes"] = storedBytes.map { .integer($0) }
        object["versions"] = versions.map { .integer($0) }
        object["deleted_versions"] = .integer(deletedVersions)
        object["retries"] = .integer(retries)
        object["verify"] = verification?.json
        object["retention"] = retention?.json
        object["compaction"] = compaction?.json
        if isPartial { object["partial"] = .bool(true) }
        object["lease"] = lease?.json(masking: mask)
        object["catalog"] = catalog?.json
        if !quarantine.isEmpty { object["quarantine"] = .array(quarantine.map { .string(mask($0)) }) }
        return object.value
    }
}

extension RunReport.Destination.Verification {
    fileprivate var json: JSONValue {
        let kinds = faults.sorted { $0.key < $1.key }
        return .object([
            .init("sampled", .integer(sampled)), .init("failed", .integer(failed)), .init("level", .string(level)),
            .init("blocks", .integer(blocks)), .init("bytes", .integer(bytes)), .init("archived", .integer(archived)),
            .init("faults", .object(kinds.map { JSONValue.Member($0.key, .integer($0.value)) })),
        ])
    }
}

extension RunReport.Destination.Retention {
    fileprivate var json: JSONValue {
        .object([
            .init("kept", .integer(kept)), .init("deleted", .integer(deleted)), .init("refused", .integer(refused)),
            .init("held", .integer(held)),
        ])
    }
}

extension RunReport.Destination.Compaction {
    fileprivate var json: JSONValue {
        var object = JSONObject()
        object["written_volumes"] = .integer(writtenVolumes)
        object["deleted_volumes"] = .integer(deletedVolumes)
        object["uploaded_bytes"] = .integer(uploadedBytes)
        object["freed_bytes"] = .integer(freedBytes)
        object["wasted_bytes"] = wastedBytes.map { .integer($0) }
        return object.value
    }
}

extension RunReport.Destination.Catalog {
    fileprivate var json: JSONValue {
        var object = JSONObject()
        object["origin"] = .string(origin.rawValue)
        object["duration_seconds"] = .number(seconds)
        object["fetched_bytes"] = fetchedBytes.map { .integer($0) }
        object["kept_bytes"] = keptBytes.map { .integer($0) }
        object["kept_seconds"] = keptSeconds.map { .number($0) }
        return object.value
    }
}

extension RunReport.Destination.Lease {
    fileprivate func json(masking mask: (String) -> String) -> JSONValue {
        var object = JSONObject()
        object["state"] = .string(state.rawValue)
        object["owner"] = owner.map { .string(mask($0)) }
        object["expires"] = expires.map { .string($0.iso8601) }
        return object.value
    }
}

extension RunReport.Problem {
    /// A message is a sentence, not a file; what is longer is cut.
    private static let maximumMessage = 2000

    fileprivate func json(masking mask: (String) -> String) -> JSONValue {
        var text = mask(message)
        if text.count > Self.maximumMessage { text = text.prefix(Self.maximumMessage) + "…" }
        var object = JSONObject()
        object["code"] = code.map { .string($0) }
        object["severity"] = .string(severity.rawValue)
        object["message"] = .string(text)
        object["count"] = .integer(Int64(count))
        if !sample.isEmpty { object["sample"] = .array(sample.map { .string(mask($0)) }) }
        return object.value
    }
}

/// Members in the order of their assignment; nil adds none.
private struct JSONObject {
    private var members: [JSONValue.Member] = []

    var value: JSONValue { .object(members) }

    subscript(name: String) -> JSONValue? {
        get { members.first { $0.name == name }?.value }
        set {
            members.removeAll { $0.name == name }
            if let newValue { members.append(.init(name, newValue)) }
        }
    }
}
