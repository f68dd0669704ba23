internal import Destinations
internal import Engine
internal import JSON
internal import Support

/// How far an order from an archive has come, for people.
struct ThawText {
    private let items: [ThawOrder.Item]
    private let isMetadata: Bool
    private let zone: TimeZoneClock

    init(_ items: [ThawOrder.Item], isMetadata: Bool, _ zone: TimeZoneClock) {
        self.items = items
        self.isMetadata = isMetadata
        self.zone = zone
    }

    /// What can be read, what is on its way, and what to do then.
    var lines: [String] {
        let readable = items.count(\.isReadable)
        let sum = "\(HumanText.count(items.count, "object")) (\(HumanText.size(items.bytes)))"
        guard readable < items.count else {
            let end = items.readableUntil.map { ", the first only until \(zone.text($0))" } ?? ""
            return ["All of \(sum) can be read\(end)."]
        }
        let coming = items.count { $0 == .ordered }
        let archived = items.count { $0 == .archived }
        var line = "Of \(sum), \(HumanText.count(readable)) can be read, \(HumanText.count(coming)) on the way"
        if archived > 0 { line += ", \(HumanText.count(archived)) in the archive" }
        let next =
            isMetadata
            ? "When they have come, the same command orders the data." : "The same command tells when all has come."
        return ["\(line).", next]
    }
}

extension [ThawOrder.Item] {
    /// The objects for machines.
    var json: [JSONValue.Member] {
        [
            .init("objects", .integer(Int64(count))), .init("bytes", .integer(bytes)),
            .init("readable", .integer(Int64(count(\.isReadable)))),
            .init("ordered", .integer(Int64(count { $0 == .ordered }))),
            .init("archived", .integer(Int64(count { $0 == .archived }))),
            .init("all_readable", .bool(allSatisfy(\.state.isReadable))),
            .init("readable_until", readableUntil.map { .string($0.iso8601) } ?? .null),
            .init(
                "volumes",
                .array(
                    map { item in
                        .object([
                            .init("name", .string(item.name)), .init("size", item.size.map { .integer($0) } ?? .null),
                            .init("state", .string(item.state.word)),
                        ])
                    })),
        ]
    }
}

extension ThawState {
    /// The state as a word for machines.
    fileprivate var word: String {
        switch self {
        case .readable: "readable"
        case .archived: "archived"
        case .ordered: "ordered"
        case .thawed: "thawed"
        }
    }
}
