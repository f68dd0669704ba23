internal import JSON
internal import Support
internal import Transport

/// One row of a container's listing.
struct ListedObject: Sendable, Hashable {
    let name: String
    let size: Int64?
    let hash: String?
    let modified: Timestamp?
    /// Whether it is a list of segments.
    let isManifest: Bool

    init?(_ json: JSONValue) {
        guard let name = json["name"]?.string else { return nil }
        self.name = name
        size = json["bytes"]?.integer
        hash = json["hash"]?.string?.lowercased()
        modified = json["last_modified"]?.string.flatMap { Self.time($0) }
        isManifest = json["slo_etag"] != nil
    }

    /// Reads `2026-11-21T01:48:37.530640`, which is UTC.
    static func time(_ text: String) -> Timestamp? {
        guard var moment = Login.time(text.hasSuffix("Z") ? text : text + "Z") else { return nil }
        let fraction = text.dropFirst(19).drop { $0 == "." }.prefix { $0.isNumber }.prefix(9)
        let digits = fraction + String(repeating: "0", count: 9 - fraction.count)
        moment.nanoseconds = Int32(digits) ?? 0
        return moment
    }
}

/// A page of a container's listing.
struct ListingPage {
    var objects: [ListedObject] = []
    /// The last name or sub-folder, from where the next page begins.
    var last: String?
    /// How many rows it has.
    var count = 0

    /// Reads a page; nil when it is no list of rows.
    init?(_ body: [UInt8], status: Int) {
        // Without rows some servers send nothing, and say so.
        if body.isEmpty, status == 204 { return }
        guard let rows = (try? JSONValue(parsing: body))?.array else { return nil }
        count = rows.count
        for row in rows {
            if let object = ListedObject(row) {
                // A row that is there twice is one object.
                if object.name != last { objects.append(object) }
                last = object.name
            } else if let folder = row["subdir"]?.string {
                last = folder
            } else {
                return nil
            }
        }
    }
}

extension OpenStackDestination {
    /// Lists the objects of the folder; what lies in folders below it is not ours.
    public func list() throws(DestinationError) -> [RemoteObject] {
        var objects: [RemoteObject] = []
        var manifests: Set<String> = []
        var suspects: [Int] = []
        let prefix = options.prefix
        try eachPage(of: options.container, prefix: prefix, .list) { row in
            guard let name = Self.own(row.name, below: prefix) else { return }
            if row.isManifest { manifests.insert(name) }
            if row.size == 0, row.hash != nil, !row.isManifest { suspects.append(objects.count) }
            let isArchived = remember { $0.isArchive }
            objects.append(RemoteObject(name: name, size: row.size, modified: row.modified, isArchived: isArchived))
        }
        let found = manifests
        remember {
            $0.containerIsThere = true
            $0.manifests = found
            $0.knowsManifests = true
        }
        try correctSizes(of: suspects, in: &objects)
        return objects.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }

    /// What a name is below a folder; nil when it is elsewhere, in a folder below, or no name of ours.
    static func own(_ name: String, below prefix: String) -> String? {
        guard name.utf8.starts(with: prefix.utf8) else { return nil }
        let own = String(decoding: name.utf8.dropFirst(prefix.utf8.count), as: UTF8.self)
        return ObjectNameRule.objection(to: own) == nil ? own : nil
    }

    /// Objects that another program made of segments by their common beginning are listed with no bytes.
    ///
    /// Ours are never that empty, so that few have to be asked about; where there are many, they are somebody else's.
    private func correctSizes(of suspects: [Int], in objects: inout [RemoteObject]) throws(DestinationError) {
        guard suspects.count <= 20 else { return }
        for index in suspects {
            let object = objects[index]
            let head = try session.call(
                StorageRequest(.head, target(object.name)), .list, object.name, accepting: [403, 404])
            guard head.isSuccess, head.headers["X-Object-Manifest"] != nil else { continue }
            objects[index] = RemoteObject(
                name: object.name, size: head.contentLength, modified: object.modified, isArchived: object.isArchived)
        }
    }

    /// Goes through a listing to its end.
    ///
    /// Only an empty page is the end: some servers send short pages in between. Names that come again are left out, and
    /// a page that does not lead on is an error.
    func eachPage(
        of container: String, prefix: String, _ operation: DestinationError.Operation, _ body: (ListedObject) -> Void
    ) throws(DestinationError) {
        let info = try session.info(operation)
        var limit = max(1, min(10_000, info.listingLimit))
        var marker: String?
        while true {
            guard let page = try page(of: container, prefix: prefix, after: marker, limit: &limit, operation) else {
                continue
            }
            guard let last = page.last else { return }
            if let marker, !marker.utf8.lexicographicallyPrecedes(last.utf8) {
                throw failure(
                    .transient, operation, nil,
                    "the listing does not go on: after '\(marker)' the server sends what ends with '\(last)'",
                    advice: "Nothing was changed; ask the provider if this happens again.")
            }
            for object in page.objects where marker.map({ $0.utf8.lexicographicallyPrecedes(object.name.utf8) }) ?? true
            {
                body(object)
            }
            marker = last
            // Swift itself fills every page but the last one.
            if info.isSwift, page.count < limit { return }
        }
    }

    /// One page; nil when it has to be asked for again with a lower limit.
    private func page(
        of container: String, prefix: String, after marker: String?, limit: inout Int,
        _ operation: DestinationError.Operation
    ) throws(DestinationError) -> ListingPage? {
        var request = StorageRequest(.get, .container(container), headers: ["Accept": "application/json"])
        request.query = [("format", "json"), ("limit", "\(limit)")]
        if !prefix.isEmpty { request.query.append(("prefix", prefix)) }
        if let marker { request.query.append(("marker", marker)) }
        request.maximumResponseBytes = 64 << 20
        let wanted = request
        let response = try session.call(wanted, operation, accepting: [404, 412])
        switch response.status {
        case 404:
            throw container == options.container
                ? missingContainer(operation) : session.failure(response, operation, nil)
        case 412:
            guard let lower = Self.limit(in: SwiftAnswer(response: response, operation: operation).message),
                lower < limit
            else { throw session.failure(response, operation, nil) }
            limit = lower
            return nil
        default: break
        }
        if container == options.container { look(at: response) }
        guard let page = ListingPage(response.body, status: response.status) else {
            throw failure(
                .transient, operation, nil, "the listing is not readable (\(response.transaction ?? "no transaction"))")
        }
        return page
    }

    /// The number of `Maximum limit is 10000`.
    static func limit(in message: String) -> Int? {
        guard message.lowercased().contains("limit") else { return nil }
        return message.split { !$0.isNumber }.compactMap { Int($0) }.first { $0 > 0 }
    }
}
