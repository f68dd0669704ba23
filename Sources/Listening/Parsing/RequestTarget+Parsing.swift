extension RequestTarget {
    /// Reads a path with or without a query, or `*`.
    init(_ bytes: some Collection<UInt8>) throws(RequestFault) {
        let bytes = ArraySlice(Array(bytes))
        if bytes.elementsEqual([UInt8(ascii: "*")]) {
            self.init(rawPath: "*", path: [], rawQuery: nil, query: [])
            return
        }
        guard bytes.first == .slash else { throw .target }
        let end = bytes.firstIndex(of: UInt8(ascii: "?")) ?? bytes.endIndex
        let rawPath = bytes[..<end]
        guard rawPath.allSatisfy({ $0.isPathCharacter || $0 == .slash }) else { throw .target }
        let rawQuery = end < bytes.endIndex ? bytes[(end + 1)...] : nil
        if let rawQuery, !rawQuery.allSatisfy(\.isQueryCharacter) { throw .target }
        self.init(
            rawPath: String(decoding: rawPath, as: UTF8.self), path: try Self.parts(of: rawPath),
            rawQuery: rawQuery.map { String(decoding: $0, as: UTF8.self) },
            query: try rawQuery.map { query throws(RequestFault) in try Self.items(of: query) } ?? [])
    }

    private static func parts(of path: ArraySlice<UInt8>) throws(RequestFault) -> [String] {
        guard path.count > 1 else { return [] }
        var parts: [String] = []
        for part in path.dropFirst().split(separator: .slash, omittingEmptySubsequences: false) {
            let decoded = try decode(part, plusIsBlank: false)
            if decoded == "." || decoded == ".." { throw .dotSegment }
            guard decoded.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7f }) else { throw .encoding }
            parts.append(decoded)
        }
        return parts
    }

    private static func items(of query: ArraySlice<UInt8>) throws(RequestFault) -> [QueryItem] {
        var items: [QueryItem] = []
        for item in query.split(separator: UInt8(ascii: "&")) {
            let mark = item.firstIndex(of: UInt8(ascii: "=")) ?? item.endIndex
            items.append(
                QueryItem(
                    name: try decode(item[..<mark], plusIsBlank: true),
                    value: try decode(item[mark...].dropFirst(), plusIsBlank: true)))
        }
        return items
    }

    private static func decode(_ bytes: ArraySlice<UInt8>, plusIsBlank: Bool) throws(RequestFault) -> String {
        var decoded: [UInt8] = []
        decoded.reserveCapacity(bytes.count)
        var rest = bytes
        while let byte = rest.popFirst() {
            switch byte {
            case .percent:
                guard let high = rest.popFirst()?.hexValue, let low = rest.popFirst()?.hexValue else {
                    throw .encoding
                }
                decoded.append(high << 4 | low)
            case UInt8(ascii: "+") where plusIsBlank: decoded.append(.blank)
            default: decoded.append(byte)
            }
        }
        guard !decoded.contains(0), let text = String(validating: decoded, as: UTF8.self) else { throw .encoding }
        return text
    }
}
