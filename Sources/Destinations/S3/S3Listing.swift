internal import Support
internal import Transport
internal import XML

/// A complete listing of a prefix, page by page, with either kind of listing.
///
/// - SeeAlso: Amazon S3 API Reference, ListObjectsV2 and ListObjects.
struct S3Listing {
    let destination: S3Destination

    /// Where the next page begins.
    private enum Position {
        case start
        case token(String)
        /// After a key: the older kind of listing.
        case marker(String)
    }

    private struct Page {
        var objects: [RemoteObject] = []
        /// Every key and common prefix, ours or not.
        var keys: [String] = []
        var isTruncated = false
        var token: String?
        var nextMarker: String?

        /// The last of all by their bytes.
        var last: String? { keys.max { $0.utf8.lexicographicallyPrecedes($1.utf8) } }
    }

    /// How many pages without anything may follow each other.
    private static let patience = 1000

    func objects() throws(DestinationError) -> [RemoteObject] {
        var found: [String: RemoteObject] = [:]
        var seen: Set<String> = []
        var tokens: Set<String> = []
        var last: String?
        var emptyPages = 0
        var position = Position.start
        while true {
            let page = try self.page(&position)
            for object in page.objects { found[object.name] = object }
            let before = seen.count
            seen.formUnion(page.keys)
            if !page.isTruncated { break }
            emptyPages = page.keys.isEmpty ? emptyPages + 1 : 0
            guard page.keys.isEmpty || seen.count > before, emptyPages < Self.patience else {
                throw broken("a page of the listing came twice")
            }
            if let key = page.last, last.map({ $0.utf8.lexicographicallyPrecedes(key.utf8) }) ?? true { last = key }
            if let token = page.token, !token.isEmpty {
                guard tokens.insert(token).inserted else { throw broken("the listing gives the same token twice") }
                position = .token(token)
            } else {
                guard let marker = page.nextMarker ?? last else {
                    throw broken("the listing is cut short, and the server does not say how to go on")
                }
                if case .marker(let old) = position, !old.utf8.lexicographicallyPrecedes(marker.utf8) {
                    throw broken("the listing does not advance beyond '\(S3Refusal.printable(old))'")
                }
                // Who gives no token speaks the older kind, whatever it was asked for.
                destination.connection.learn { $0.listVersion = 1 }
                position = .marker(marker)
            }
        }
        return found.values.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }

    private func broken(_ detail: String) -> DestinationError {
        destination.failure(
            .unsupported, .list, nil, detail,
            advice: "Nothing was concluded from it; try `s3-list-api-version=v1`, and report it to the provider.")
    }

    // MARK: One page

    private func page(_ position: inout Position) throws(DestinationError) -> Page {
        var place = position
        let page = try destination.caller.run(.list) { _ throws(DestinationError) -> Page in
            var answer = try ask(place)
            if case .refused(let refusal) = answer, case .start = place, speaksOlderKind(refusal) {
                destination.connection.learn { $0.listVersion = 1 }
                place = .start
                answer = try ask(place)
            }
            return try read(try answer.value())
        }
        position = place
        return page
    }

    /// Whether a refusal means that the newer kind of listing is not known there.
    private func speaksOlderKind(_ refusal: S3Refusal) -> Bool {
        destination.connection.known?.listVersion == 2
            && ["NotImplemented", "InvalidArgument", "MethodNotAllowed", "InvalidRequest"].contains(refusal.code ?? "")
    }

    private func ask(_ position: Position) throws(DestinationError) -> S3Answer {
        let prefix = destination.settings.prefix
        return try destination.connection.send(.list, expectsDocument: true) { known in
            var request = S3Request(.get)
            request.query = [("prefix", prefix), ("delimiter", "/"), ("max-keys", "1000")]
            if known.has(.encodedListing) {
                request.query.append(("encoding-type", "url"))
                request.uses.insert(.encodedListing)
            }
            switch position {
            case .start where known.listVersion == 2: request.query.append(("list-type", "2"))
            case .start: break
            case .token(let token): request.query += [("list-type", "2"), ("continuation-token", token)]
            case .marker(let marker): request.query.append(("marker", marker))
            }
            if known.has(.listedRestores) {
                request.headers["x-amz-optional-object-attributes"] = "RestoreStatus"
                request.uses.insert(.listedRestores)
            }
            request.maximumResponseBytes = 16 << 20
            return request
        }
    }

    private func read(_ response: HTTPResponse) throws(DestinationError) -> Page {
        var page = Page()
        var encoded: [XMLElement] = []
        let root: XMLElement
        do throws(XMLError) {
            let reader = XMLReader(handingOut: ["Contents", "CommonPrefixes"], limits: XMLLimits(kept: 4 << 20)) {
                encoded.append($0)
            }
            try reader.read(response.body)
            root = try reader.finish()
        } catch {
            // Half a document is what a broken connection leaves behind.
            throw destination.failure(.transient, .list, nil, "the listing cannot be read: \(error)")
        }
        guard root.name == "ListBucketResult" else {
            throw destination.failure(
                .configuration, .list, nil,
                "the server answered '\(S3Refusal.printable(root.name))' instead of a listing",
                advice: "Check whether the server speaks S3 at this address.")
        }
        let isEncoded = root.text("EncodingType")?.lowercased() == "url"
        for element in encoded {
            guard let text = element.text(element.name == "Contents" ? "Key" : "Prefix"),
                let key = isEncoded ? Self.decoded(text) : text
            else { continue }
            page.keys.append(key)
            if element.name == "Contents", let object = object(element, key) { page.objects.append(object) }
        }
        page.token = root.text("NextContinuationToken")
        page.nextMarker = root.text("NextMarker").flatMap { isEncoded ? Self.decoded($0) : $0 }
        if page.nextMarker?.isEmpty == true { page.nextMarker = nil }
        // Who says how to go on, and not whether, has more.
        let goesOn = page.token?.isEmpty == false || page.nextMarker != nil
        page.isTruncated = root.text("IsTruncated").map { $0.lowercased() == "true" } ?? goesOn
        return page
    }

    /// A key of an encoded listing, where `+` is a space; nil when it is not UTF-8, and so is not ours.
    private static func decoded(_ text: String) -> String? {
        let spaced = text.utf8.map { $0 == UInt8(ascii: "+") ? UInt8(ascii: " ") : $0 }
        return String(validating: PercentEncoding.decode(String(decoding: spaced, as: UTF8.self)), as: UTF8.self)
    }

    private func object(_ element: XMLElement, _ key: String) -> RemoteObject? {
        guard let name = destination.name(of: key) else { return nil }
        var isArchived = destination.isArchive(element.text("StorageClass"))
        if isArchived, let restore = element.first("RestoreStatus"), restore.text("IsRestoreInProgress") == "false",
            restore.text("RestoreExpiryDate") != nil
        {
            isArchived = false
        }
        return RemoteObject(
            name: name, size: element.text("Size").flatMap { Int64($0) },
            modified: element.text("LastModified").flatMap { S3Time.parse($0) }, isArchived: isArchived)
    }
}
