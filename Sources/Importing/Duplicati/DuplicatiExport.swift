internal import Cryptography
internal import JSON
internal import Support

/// Duplicati's job export: a JSON document, also encrypted with AES Crypt.
enum DuplicatiExport {
    /// Reads an export.
    /// - Throws: `ImportError` when it is none, or cannot be decrypted.
    static func read(_ file: ImportRequest.File, passphrase: Secret?) throws(ImportError) -> DuplicatiJob {
        let bytes = withoutMark(try plain(file, passphrase))
        let document: JSONValue
        do throws(JSONError) {
            document = try JSONValue(parsing: bytes)
        } catch {
            throw .unreadable(
                file: file.name, detail: "it is not JSON (\(error))",
                advice: "An export of a job is a file that ends with .json or .json.aes")
        }
        guard let backup = document["Backup"], backup.object != nil else {
            throw .unreadable(
                file: file.name, detail: "it has no `Backup`, which every export of a job has",
                advice: "Export the job in Duplicati: its name, Export…, To File")
        }
        return job(backup, schedule: document["Schedule"], origin: file.name)
    }

    private static func withoutMark(_ bytes: [UInt8]) -> [UInt8] {
        bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
    }

    private static func plain(_ file: ImportRequest.File, _ passphrase: Secret?) throws(ImportError) -> [UInt8] {
        guard file.bytes.starts(with: Array("AES".utf8)) else { return file.bytes }
        guard let passphrase else { throw .passphraseNeeded(file: file.name) }
        do {
            return try file.bytes.withUnsafeBytes { stream in
                let room = UnsafeMutableRawBufferPointer.allocate(
                    byteCount: max(try AESCryptReader.plaintextCapacity(of: stream), 1), alignment: 16)
                defer { room.deallocate() }
                let count = try AESCryptReader.decrypt(stream, passphrase: passphrase, into: room)
                return Array(room[..<count])
            }
        } catch {
            throw .locked(file: file.name, detail: "\(error)")
        }
    }

    private static func job(_ backup: JSONValue, schedule: JSONValue?, origin: String) -> DuplicatiJob {
        var job = DuplicatiJob(origin: origin)
        job.name = backup["Name"]?.string
        job.summary = backup["Description"]?.string ?? ""
        job.target = backup["TargetURL"]?.string ?? ""
        job.otherTargets = (backup["AdditionalTargetURLs"]?.array ?? []).compactMap {
            $0.string ?? $0["TargetUrl"]?.string ?? $0["TargetURL"]?.string
        }
        job.sources = (backup["Sources"]?.array ?? []).compactMap(\.string)
        let filters = (backup["Filters"]?.array ?? []).map { filter in
            (filter["Order"]?.integer ?? 0, filter)
        }
        // A stable order for equal numbers.
        let ordered = filters.enumerated().sorted { ($0.element.0, $0.offset) < ($1.element.0, $1.offset) }
        job.filters = ordered.map(\.element.1).compactMap { filter in
            guard let expression = filter["Expression"]?.string else { return nil }
            return DuplicatiJob.Filter(isInclude: filter["Include"]?.bool ?? false, expression: expression)
        }
        // Advanced settings, which begin with dashes, win over the basic ones.
        let settings = (backup["Settings"]?.array ?? []).compactMap { setting -> (String, String)? in
            guard let name = setting["Name"]?.string, !name.isEmpty else { return nil }
            return (name, setting["Value"]?.string ?? "")
        }
        for (name, value) in settings.filter({ !$0.0.hasPrefix("--") }) + settings.filter({ $0.0.hasPrefix("--") }) {
            job.options.set(name, value)
        }
        job.isScheduled = true
        if let schedule, schedule.object != nil {
            job.schedule = DuplicatiJob.Schedule(
                time: schedule["Time"]?.string ?? "", interval: schedule["Repeat"]?.string ?? "",
                days: (schedule["AllowedDays"]?.array ?? []).compactMap(\.string))
        }
        return job
    }
}
