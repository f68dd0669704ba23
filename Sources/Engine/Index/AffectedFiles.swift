internal import Catalog
internal import Support

/// An entry whose content or metadata needs something that is lost.
struct AffectedFile {
    /// Its path.
    let path: String
    /// The object that is missing or damaged; empty when nobody knows which it was.
    let object: String
    /// Whether only owner, mode and times are lost, and the content is there.
    let isMetadataOnly: Bool
    /// The oldest version concerned, and the newest.
    let versions: (from: Timestamp, to: Timestamp)

    /// The versions in words.
    var versionRange: String {
        versions.from == versions.to
            ? "the version of \(versions.from)" : "the versions of \(versions.from) to \(versions.to)"
    }

    /// What to say about it.
    var problem: Problem { problem(.damaged) }

    /// The same under another code.
    func problem(_ code: Problem.Code) -> Problem {
        let what = isMetadataOnly ? "its owner, mode and times are" : "its content is"
        let cause = object.isEmpty ? "no object has all of its blocks" : "\(object) is missing or damaged"
        return Problem(code, path, "\(what) lost in \(versionRange): \(cause)")
    }
}

/// What is lost with some blocks: every state of every entry that needs one, counted, and the first of them in words.
struct AffectedFiles {
    /// How many are kept.
    static let kept = ProblemLog.keptPerCode

    /// The first ones, by path.
    private(set) var files: [AffectedFile] = []
    /// How many there are.
    private(set) var count = 0
    /// How many need which object.
    private(set) var counts: [String: Int] = [:]

    /// Tells of each, as far as a log keeps that many.
    func report(to problems: ProblemLog) {
        for file in files { problems.add(file.problem) }
        problems.count(.damaged, count - files.count)
    }

    /// Tells of each what an earlier run has told already: an error as long as the newest version needs what is lost, a
    /// reminder when only older ones do, since no backup can bring that back.
    func remind(_ problems: ProblemLog, newest: Timestamp) {
        let codes = files.map { $0.versions.to == newest ? Problem.Code.damaged : .remoteObject }
        for (file, code) in zip(files, codes) { problems.add(file.problem(code)) }
        problems.count(codes.contains(.damaged) ? .damaged : .remoteObject, count - files.count)
    }

    /// Finds every state of every entry that needs a lost block.
    ///
    /// `culprit` tells the object that had the block of a number: empty when unknown, nil when it is not lost.
    /// `sizes` are those of the blocks by their numbers; with them, contents whose blocks do not add up count as lost.
    static func find(
        _ reader: borrowing CatalogReader, sizes: [Int32] = [], culprit: (Int64) -> String?
    ) throws -> AffectedFiles {
        var affected = AffectedFiles()
        let versions = try reader.versions().sorted { $0.id < $1.id }
        guard let newest = versions.last else { return affected }
        let times = Dictionary(uniqueKeysWithValues: versions.map { ($0.id, $0.time) })
        let lookup = try reader.contents()
        var known: [Int64: String?] = [:]
        func fault(_ reference: ContentReference, size: Int64? = nil) throws -> String? {
            switch reference {
            case .nothing: return nil
            case .block(let id):
                if let object = culprit(id) { return object }
                guard let size, id < sizes.count, Int64(sizes[Int(id)]) != size else { return nil }
                return ""
            case .content(let id):
                if let fault = known[id] { return fault }
                let fault = try Self.fault(of: lookup.content(id), sizes, culprit)
                known[id] = .some(fault)
                return fault
            }
        }
        try reader.forEachState { folder, entry, since, until in
            let data = try fault(entry.data, size: entry.size)
            guard let object = try data ?? fault(entry.metadata) else { return }
            affected.count += 1
            affected.counts[object, default: 0] += 1
            guard affected.files.count < kept else { return }
            let last = until.flatMap { until in versions.last { $0.id < until } } ?? newest
            let path = EntryPath.join(folder, entry.name, isFolder: entry.kind == .folder)
            affected.files.append(
                AffectedFile(
                    path: String(decoding: path, as: UTF8.self), object: object, isMetadataOnly: data == nil,
                    versions: (times[since] ?? last.time, last.time)))
        }
        return affected
    }

    private static func fault(
        of content: CatalogContent, _ sizes: [Int32], _ culprit: (Int64) -> String?
    ) throws -> String? {
        if content.lists.isEmpty { return "" }
        var size: Int64 = 0
        for list in content.lists {
            // The list itself is only needed as long as its hashes are unknown.
            if list.blocks.isEmpty { return list.listBlock == 0 ? "" : culprit(list.listBlock) ?? "" }
            for block in list.blocks {
                if let object = culprit(block) { return object }
                if block < sizes.count { size &+= Int64(sizes[Int(block)]) }
            }
        }
        return sizes.isEmpty || size == content.size ? nil : ""
    }
}
