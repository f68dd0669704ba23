internal import Catalog
internal import StoreFormat
internal import Support

/// Sets right what is missing or damaged at the destination, as far as anybody still has it.
///
/// Data comes first, then index volumes, then filelists. Everything new is sent and listed before anything old is
/// deleted, so a repair that dies at any instant leaves a store that is no worse than before, and the next one goes on.
/// Nothing is deleted that is not understood; what stays is named. Versions that came back are in the catalog when it is
/// opened the next time.
public struct RepairRun {
    private let session: StoreSession
    private let options: RepairOptions
    private let problems: ProblemLog

    /// A run, not yet begun.
    /// - Parameters:
    ///   - session: the store, best opened with `toleratesLostVersions`; the caller has the right to change it and its
    ///     catalog.
    ///   - options: how far to go.
    ///   - problems: told of what is wrong.
    public init(_ session: StoreSession, options: RepairOptions = RepairOptions(), problems: ProblemLog = ProblemLog())
    {
        self.session = session
        self.options = options
        self.problems = problems
    }

    /// Repairs; blocks the calling thread.
    /// - Throws: `.cancelled` and whatever keeps the destination or the catalog from being used; what was set right until
    ///   then stays so.
    public func run() throws(EngineError) -> RepairSummary {
        do {
            return try perform()
        } catch {
            throw EngineError(error, doing: "repair the store")
        }
    }

    private func perform() throws -> RepairSummary {
        session.store.progress.phase = .repairing
        if !options.isDryRun {
            try SupersededList.finish(session.catalog, session.store, session.listing)
            _ = try ReplacedObjects.delete(session)
        }
        var faulty = try knownFaults()
        if options.verifies {
            // Only what it finds matters here; the repair has its own words.
            let found = try VerifyRun(.full, session: session, problems: ProblemLog()).run()
            faulty.formUnion(found.faults.map(\.object))
        }
        let context = try RepairContext(session, options, problems)
        try ForgottenLists(context: context).run()
        try DataRepair(context: context, faulty: faulty).run()
        try IndexRepair(context: context, faulty: faulty).run()
        try ListRepair(context: context, faulty: faulty).run()
        context.summary.versions.sort(by: >)
        return context.summary
    }

    /// Objects that were found damaged before, by a verification or when the catalog was built, and still are.
    private func knownFaults() throws -> Set<String> {
        let marked = try session.catalog.read { reader in
            let faulty = try reader.verifications().filter { $0.value.count == VerifyPlan.faulty }
            return faulty.isEmpty ? [] : try reader.volumes().filter { faulty[$0.id] != nil }
        }
        let listed = Set(session.listing.items.map(\.name.text))
        return Set(try marked.filter { try listed.contains($0.name) && isFaulty($0) }.map(\.name))
    }

    /// Somebody may have put back a good copy meanwhile.
    private func isFaulty(_ volume: CatalogVolume) throws(EngineError) -> Bool {
        guard let name = ObjectName(parsing: volume.name) else { return false }
        do throws(EngineError) {
            let expectation = ObjectExpectation(size: volume.size >= 0 ? volume.size : nil, hash: volume.hash)
            let fetched = try session.store.fetch(
                name, expecting: expectation, settings: session.properties.settings, tolerant: true)
            return fetched.fault != nil || fetched.reader.directoryWasDamaged || volume.hash == nil
        } catch {
            guard error.concernsOneObject else { throw error }
            return true
        }
    }
}
