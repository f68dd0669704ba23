internal import Support

/// Finds out whether the credentials of a destination could destroy the history that is stored there.
///
/// It asks the destination, and proves what it can with a small object of its own: nothing else is written, and nothing
/// that was there is touched.
public struct HistoryProbe: Sendable {
    private let destination: any Destination
    private let storing: any Destination
    private let lockPeriod: Duration?

    /// A probe; nothing is done yet.
    /// - Parameters:
    ///   - destination: what is judged.
    ///   - storing: the same place for storing the object, where `destination` would lock what it stores; nil for the
    ///     same.
    ///   - lockPeriod: for how long objects are meant to be locked; nil when nobody says so.
    public init(_ destination: any Destination, storing: (any Destination)? = nil, lockPeriod: Duration? = nil) {
        self.destination = destination
        self.storing = storing ?? destination
        self.lockPeriod = lockPeriod
    }

    /// Judges; blocks the calling thread.
    /// - Throws: what keeps the destination from being asked at all.
    public func run() throws(DestinationError) -> HistoryReport {
        try destination.prepare(create: false)
        let objects = try destination.list()
        var report = HistoryReport(label: destination.label)
        if let probing = destination as? any Probing { report.risks = try probing.historyRisks() }
        report.risks.append(try deletion(told: report["delete"]))
        if let lockPeriod { report.risks.append(try locks(lockPeriod, objects)) }
        report.hiddenVersions = try hiddenVersions()
        return report
    }

    private func hiddenVersions() throws(DestinationError) -> HiddenVersions? {
        guard let versioning = destination as? any Versioning else { return nil }
        do throws(DestinationError) {
            return try versioning.hiddenVersions()
        } catch {
            // Many credentials may not ask that, and do well without.
            if error.kind == .cancelled { throw error }
            return nil
        }
    }

    // MARK: Deleting

    private func deletion(told: HistoryRisk?) throws(DestinationError) -> HistoryRisk {
        let name = "delete_proven"
        let object: ProbeObject
        do {
            object = try ProbeObject()
        } catch {
            throw DestinationError(.localFile, .probe, at: destination.label, detail: "\(error)")
        }
        let before = try hiddenVersions()
        do throws(DestinationError) {
            try storing.put(object.name, from: object.file)
        } catch {
            guard error.kind == .permission else { throw error }
            return HistoryRisk(name, isOpen: nil, "nothing can be stored with these credentials, so it was not tried")
        }
        do throws(DestinationError) {
            try storing.delete(object.name)
        } catch {
            guard error.kind == .permission || error.kind == .locked else { throw error }
            return HistoryRisk(
                name, isOpen: false,
                "what these credentials have just stored, they may not delete: \(object.name) was left behind")
        }
        if let before, let after = try hiddenVersions(), after.count > before.count {
            return HistoryRisk(name, isOpen: false, "an object of our own was deleted, and is only hidden")
        }
        switch told?.isOpen {
        case false:
            return HistoryRisk(
                name, isOpen: false, "an object of our own was deleted; what keeps objects all the same is told above")
        case true:
            return HistoryRisk(name, isOpen: true, "an object of our own was deleted, and nothing keeps it")
        case nil:
            return HistoryRisk(
                name, isOpen: true, "an object of our own was deleted, and nothing is known that would keep it",
                advice: "Use a destination with locks or versions, or credentials that may not delete; or have "
                    + "somebody else copy the store elsewhere with `dunnage destination sync`.")
        }
    }

    // MARK: Locks

    /// Whether what was stored last is locked for as long as it should be.
    private func locks(_ period: Duration, _ objects: [RemoteObject]) throws(DestinationError) -> HistoryRisk {
        let name = "lock_period"
        guard let locking = destination as? any ObjectLocking else {
            return HistoryRisk(
                name, isOpen: true, "objects are meant to be locked, and this kind of destination locks none",
                advice: "Remove `immutability`, or use another destination.")
        }
        let stored = objects.filter { !$0.name.hasPrefix("dunnage-") }
        let newest = stored.max { ($0.modified?.seconds ?? 0) < ($1.modified?.seconds ?? 0) }
        guard let newest, let modified = newest.modified else {
            return HistoryRisk(name, isOpen: nil, "nothing is stored yet whose lock could be looked at")
        }
        guard let lock = try locking.lockState(of: newest.name) else {
            return HistoryRisk(
                name, isOpen: true, "\(newest.name), which was stored last, is not locked, though the file says so",
                advice: "Lock what is there with `dunnage locks set`, and look whether the container has locks at all.")
        }
        // Clocks differ, and an upload takes a while.
        let due = modified.seconds + period.components.seconds - 86_400
        guard lock.end.seconds >= due else {
            return HistoryRisk(
                name, isOpen: true, "\(newest.name), which was stored last, is locked until \(lock.end) only",
                advice: "Prolong the locks with `dunnage locks set`.")
        }
        return HistoryRisk(
            name, isOpen: false,
            "\(newest.name), which was stored last, is locked until \(lock.end) (\(lock.mode.rawValue))")
    }
}
