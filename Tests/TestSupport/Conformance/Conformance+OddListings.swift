internal import Destinations
internal import Support
internal import Synchronization

extension Conformance {
    static let oddListings = [
        ConformanceCheck(
            31, "odd pages give a complete listing or an error, never a loop", needs: .pages, wire: oddPages)
    ]

    private static func oddPages(
        _ wire: WireSubject, _ sandbox: ConformanceSandbox
    ) throws -> ConformanceCheck.Outcome {
        let names = (0..<50).map { "object-\($0 < 10 ? "0" : "")\($0)" }
        for size in [7, 10, 49, 50, 51, 1000] {
            for oddity in [nil] + PageOddity.allCases.map(Optional.some) {
                let kit = try WireKit(wire)
                let destination = try kit.open(rules: CallRules(attempts: 2, firstPause: .milliseconds(1)))
                for name in names { try destination.put(name, from: try sandbox.file(name)) }
                kit.server.pageSize = size
                kit.server.oddity = oddity
                let before = kit.http.requests.count
                let listed: [String]?
                do throws(DestinationError) {
                    listed = try destination.list().map(\.name)
                } catch {
                    listed = nil
                }
                let requests = kit.http.requests.count - before
                try expect(requests < 120, "\(requests) requests for pages of \(size), \(oddity?.rawValue ?? "even")")
                switch oddity {
                case .repeated?, .withoutContinuation?:
                    try expect(listed == nil || listed == names, "\(listed?.count ?? 0) rows of odd pages are believed")
                default:
                    try expect(
                        listed == names, "pages of \(size), \(oddity?.rawValue ?? "even"): \(listed?.count ?? -1) rows")
                }
            }
        }
        return .kept
    }

    /// Of a batch of deletions exactly those that failed are reported.
    static func batch(_ wire: WireSubject, _ sandbox: ConformanceSandbox) throws -> ConformanceCheck.Outcome {
        let kit = try WireKit(wire)
        let destination = try kit.open()
        let names = (0..<2500).map { "object-\($0)" }
        try destination.put("object-0", from: try sandbox.file("x"))
        // The names within the container, as the destination writes them.
        guard let first = kit.server.objects.keys.first, first.hasSuffix("object-0") else {
            throw ConformanceCheck.Violation(description: "the object is not stored under its name")
        }
        let prefix = first.dropLast("object-0".count)
        kit.server.objects = Dictionary(uniqueKeysWithValues: names.map { ("\(prefix)\($0)", [1, 2, 3]) })
        kit.server.undeletable = Set(["object-7", "object-1500", "object-2499"].map { "\(prefix)\($0)" })
        let failures = try destination.delete(names + ["never-there"])
        try expect(
            failures.keys.sorted() == ["object-1500", "object-2499", "object-7"],
            "reported are \(failures.keys.sorted())")
        try expect(kit.server.objects.count == 3, "\(kit.server.objects.count) objects are left")
        return .kept
    }
}
