internal import Support
internal import Transport

extension OpenStackDestination: Probing {
    /// What server and container tell of themselves.
    public func facts() throws(DestinationError) -> [DestinationFact] {
        let container = try session.call(StorageRequest(.head, .container(options.container)), .probe)
        let account = try session.call(StorageRequest(.head, .account), .probe, accepting: [401, 403, 404])
        let info = try session.info(.probe)
        var facts = [
            DestinationFact(
                "server", info.version == nil ? .unknown : .good,
                info.version.map { "the server is Swift \($0), or says so" } ?? "the server tells nothing of itself"),
            Self.clock(container, now: caller.environment.now()),
            DestinationFact(
                "storage_policy", .good,
                container.headers["X-Storage-Policy"].map { "the container has the storage policy '\($0)'" }
                    ?? "the server tells no storage policy"),
            Self.contents(container),
        ]
        let room = [
            Self.room(container, used: "X-Container-Bytes-Used", of: ["X-Container-Meta-Quota-Bytes"]),
            Self.room(
                account, used: "X-Account-Bytes-Used", of: ["X-Account-Meta-Quota-Bytes", "X-Account-Quota-Bytes"]),
        ].compactMap(\.self).min()
        facts.append(
            DestinationFact(
                "free_space", room.map { $0 > 0 ? .good : .bad } ?? .unknown,
                room.map { "the quotas leave \(ByteCount($0))" } ?? "there is no quota, or it is not told"))
        facts.append(
            DestinationFact(
                "versioning", Self.keepsVersions(container) ? .doubtful : .good,
                Self.keepsVersions(container)
                    ? "what is deleted or replaced is kept as an older version, which costs room"
                    : "nothing is kept of what is deleted or replaced"))
        facts.append(
            DestinationFact(
                "large_objects", info.maximumSegments == nil ? .doubtful : .good,
                info.maximumSegments.map {
                    "objects above \(ByteCount(info.maximumObject)) are stored in up to \($0) segments"
                }
                    ?? "objects above \(ByteCount(info.maximumObject)) cannot be stored"))
        facts.append(DestinationFact("locks", .unknown, "Swift has no locks that keep objects from being deleted"))
        return facts
    }

    private static func clock(_ response: HTTPResponse, now: Timestamp) -> DestinationFact {
        guard let server = response.serverTime else {
            return DestinationFact("clock", .unknown, "the server does not tell its time")
        }
        let difference = now.seconds - server.seconds
        return DestinationFact(
            "clock", abs(difference) <= 60 ? .good : .doubtful,
            abs(difference) <= 60
                ? "this machine's clock agrees with the server's"
                : "this machine's clock is \(Count(abs(difference), "second")) \(difference > 0 ? "ahead" : "behind")")
    }

    private static func contents(_ container: HTTPResponse) -> DestinationFact {
        let told = container.headers["X-Container-Object-Count"].flatMap { Int64($0) }
        let objects = told.map { Count($0, "object").description } ?? "an unknown number of objects"
        let bytes = container.headers["X-Container-Bytes-Used"].flatMap { Int64($0) }.map { " of \(ByteCount($0))" }
        return DestinationFact("contents", .good, "the container has \(objects)\(bytes ?? "")")
    }

    private static func keepsVersions(_ container: HTTPResponse) -> Bool {
        container.headers["X-Versions-Enabled"]?.lowercased() == "true"
            || container.headers["X-Versions-Location"] != nil || container.headers["X-History-Location"] != nil
    }

    /// Swift knows no right to write without the right to delete, and no locks.
    public func historyRisks() throws(DestinationError) -> [HistoryRisk] {
        let container = try session.call(StorageRequest(.head, .container(options.container)), .probe)
        var risks = [
            HistoryRisk(
                "delete", isOpen: true,
                "whoever may write objects may delete them: Swift has neither locks nor rights for that",
                advice:
                    "Give each machine a user and a container of its own, and copy the store to a second destination "
                    + "with other credentials.")
        ]
        if Self.keepsVersions(container) {
            risks.append(
                HistoryRisk(
                    "change_versioning", isOpen: true,
                    "older versions are kept, but the same user may delete them or switch that off",
                    advice: "Take the right to change the container from the user that backs up."))
        }
        return risks
    }
}
