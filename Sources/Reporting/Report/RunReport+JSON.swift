public import JSON
internal import Support

extension RunReport {
    /// The longest document that is sent; receivers limit what they take.
    static let maximumBytes = 64 << 10

    /// The document as UTF-8, at most 64 KiB: of a long log the first lines, and of too many problems the last ones are
    /// left out, and their numbers are said.
    /// - Parameter mask: is applied to every text that could hold a secret.
    /// - Returns: compact JSON without a final newline.
    public func serialized(masking mask: (String) -> String = { $0 }) -> [UInt8] {
        trimmed { json(kept: $0, masking: mask).serialized() }
    }

    /// A body of at most 64 KiB, made of as much of the log and of the problems as fits.
    func trimmed(to limit: Int = maximumBytes, _ body: (Kept) -> [UInt8]) -> [UInt8] {
        var kept = Kept(problems: problems.count, lines: log.lines.count)
        while true {
            let bytes = body(kept)
            if bytes.count <= limit || kept.problems + kept.lines == 0 { return bytes }
            // In proportion to the excess, and at least one, so that this ends soon.
            if kept.lines > 0 {
                kept.lines = min(kept.lines - 1, kept.lines * limit / bytes.count)
            } else {
                kept.problems = min(kept.problems - 1, kept.problems * limit / bytes.count)
            }
        }
    }

    /// How much of a long report is told.
    struct Kept {
        var problems: Int
        var lines: Int
    }

    /// The document: names in snake case, times in UTC, sizes in bytes, in an order that never changes.
    /// - Parameter mask: is applied to every text that could hold a secret.
    /// - Returns: an object with all that is known.
    public func json(masking mask: (String) -> String = { $0 }) -> JSONValue {
        json(kept: Kept(problems: problems.count, lines: log.lines.count), masking: mask)
    }

    func json(kept: Kept, masking mask: (String) -> String) -> JSONValue {
        var document = JSONObject()
        document["schema"] = .string("urn:dunnage:report:v1")
        document["id"] = .string(id)
        document["event"] = .string(event.rawValue)
        document["title"] = .string(mask(title))
        document["instance"] = instance.json
        document["job"] = job?.json
        document["run"] = event.isEnd ? run.json : run.jsonBeforeEnd
        document["config"] = configuration?.json
        document["source"] = source?.json
        document["destinations"] = .array(destinations.map { $0.json(masking: mask) })
        document["slo"] = objective?.json
        document["problems"] = .array(problems.prefix(kept.problems).map { $0.json(masking: mask) })
        if kept.problems < problems.count {
            document["omitted_problems"] = .integer(Int64(problems.count - kept.problems))
        }
        document["next_run"] = nextRun.map { .string($0.iso8601) }
        document["log"] = log.json(lines: kept.lines, masking: mask)
        return document.value
    }
}

extension RunReport.Objective {
    fileprivate var json: JSONValue {
        var object = JSONObject()
        let isProof = subject == .proof
        object[isProof ? "verified_within_seconds" : "rpo_seconds"] = allowedSeconds.map { .integer($0) }
        object[isProof ? "verified_age_seconds" : "age_seconds"] = ageSeconds.map { .integer($0) }
        object["met"] = .bool(isMet)
        object["last_drill"] = lastDrill.map { .string($0.iso8601) }
        return object.value
    }
}

extension RunReport.Log {
    fileprivate func json(lines kept: Int, masking mask: (String) -> String) -> JSONValue {
        var object = JSONObject()
        object["included"] = .string(detail.rawValue)
        object["lines"] = .array(lines.suffix(kept).map { .string(mask($0)) })
        if kept < lines.count { object["omitted_lines"] = .integer(Int64(lines.count - kept)) }
        return object.value
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
        if kind != .backup { object["kind"] = .string(kind.rawValue) }
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

extension RunReport.Run {
    /// What is known of a run that has not ended, or was none.
    fileprivate var jsonBeforeEnd: JSONValue {
        var object = JSONObject()
        object["id"] = .string(id)
        if kind != .backup { object["kind"] = .string(kind.rawValue) }
        object["trigger"] = .string(trigger.rawValue)
        object["scheduled_for"] = scheduledFor.map { .string($0.iso8601) }
        object["started"] = .string(started.iso8601)
        object["result"] = result == .success ? nil : .string(result.rawValue)
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
        object["capture"] = capture.map { .integer($0) }
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
