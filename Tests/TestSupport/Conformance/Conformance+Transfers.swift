internal import Destinations
internal import Support

extension Conformance {
    static let transfers = containers + contents + failures

    private static let containers = [
        ConformanceCheck(11, "without the right to write, put is refused and reading works") { subject, sandbox in
            guard let makeReadOnly = subject.makeReadOnly else {
                return .skipped("no read-only place can be made here")
            }
            let place = try makeReadOnly()
            defer { place.end() }
            let file = try sandbox.file("new")
            try ConformanceSandbox.expectError(.permission, of: "new") { try place.destination.put("new", from: file) }
            try ConformanceSandbox.expectError(.permission, of: "there") { try place.destination.delete("there") }
            try expect(try place.destination.list().map(\.name) == ["there"], "the listing is wrong")
            try expect(
                try sandbox.content("there", of: place.destination) == Array("there".utf8), "the content is wrong")
            return .kept
        },
        ConformanceCheck(12, "a missing container is told from a missing object, and created on request") {
            subject, sandbox in
            let destination = try subject.makeMissing()
            let file = try sandbox.file("x")
            try ConformanceSandbox.expectError(.missingContainer) { try destination.prepare(create: false) }
            try ConformanceSandbox.expectError(.missingContainer) { _ = try destination.list() }
            try ConformanceSandbox.expectError(.missingContainer) { try destination.put("x", from: file) }
            try ConformanceSandbox.expectError(.missingContainer) {
                _ = try destination.get("x", to: sandbox.freshPath())
            }
            try ConformanceSandbox.expectError(.missingContainer) { try destination.delete("x") }
            for _ in 1...2 { try destination.prepare(create: true) }
            try destination.prepare(create: false)
            try expect(try destination.list().isEmpty, "a fresh container is not empty")
            return .kept
        },
    ]

    private static let contents = [
        ConformanceCheck(13, "an object may be empty") { subject, sandbox in
            try roundTrip([0], on: subject, sandbox)
        },
        ConformanceCheck(14, "objects of every size come back as they were") { subject, sandbox in
            try roundTrip(
                [1, 65_535, 65_536, 65_537, 1 << 20, (1 << 20) + 1, (5 << 20) - 1, 5 << 20, (5 << 20) + 1], on: subject,
                sandbox)
        },
        ConformanceCheck(15, "200 MB pass with little memory") { subject, sandbox in
            let destination = try subject.make()
            let path = sandbox.freshPath()
            let size: Int64 = 200_000_000
            try SparseFile.create(path, size: size)
            let before = try PeakMemory.reset()
            try destination.put("large", from: LocalFile(path: path, size: size))
            let fetched = try destination.get("large", to: sandbox.freshPath())
            try expect(fetched == size, "\(fetched) bytes came back")
            let growth = try PeakMemory.bytes() - before
            try expect(growth < 64 << 20, "memory grew by \(ByteCount(growth))")
            return .kept
        },
        ConformanceCheck(16, "6 GiB go through in one object") { subject, sandbox in
            guard Environment.wantsLargeObjects else { return .skipped("DUNNAGE_TEST_LARGE_OBJECTS is not set") }
            let destination = try subject.make()
            let path = sandbox.freshPath()
            let size: Int64 = 6 << 30
            try SparseFile.create(path, size: size)
            try destination.put("huge", from: LocalFile(path: path, size: size))
            try expect(try destination.list().first?.size == size, "the size in the listing is wrong")
            return .kept
        },
        ConformanceCheck(17, "names of every kind work, and impossible ones are refused before anything happens") {
            subject, sandbox in
            let destination = try subject.make()
            let names = [
                "a", String(repeating: "n", count: 255), "with space", "+", "%41", "#", "?", "&", "=", "~", "'", "(",
                ")",
                "!", "é", "😀", ".hidden", "a+b%2Fc d", "back\\slash", "*", "\"quoted\"", "..a",
            ]
            for name in names { try destination.put(name, from: try sandbox.file(name)) }
            let listed = try destination.list().map(\.name)
            let wanted = names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
            try expect(listed == wanted, "the listing has \(listed)")
            for name in names {
                try expect(try sandbox.content(name, of: destination) == Array(name.utf8), "\(name) has other content")
                try destination.delete(name)
            }
            let file = try sandbox.file("x")
            for name in ["", ".", "..", "a/b", "../up", "nul\0", String(repeating: "n", count: 256)] {
                try ConformanceSandbox.expectError(.configuration) { try destination.put(name, from: file) }
                try ConformanceSandbox.expectError(.configuration) {
                    _ = try destination.get(name, to: sandbox.freshPath())
                }
                try ConformanceSandbox.expectError(.configuration) { try destination.delete(name) }
            }
            try expect(try destination.list().isEmpty, "something was left behind")
            return .kept
        },
        ConformanceCheck(18, "what comes back is what was stored, also through a second destination") {
            subject, sandbox in
            let destination = try subject.make()
            let bytes = ConformanceSandbox.noise(3_000_001)
            try destination.put("noise", from: try sandbox.file(bytes))
            let other = try subject.reopen(destination)
            try expect(try sandbox.content("noise", of: other) == bytes, "the content differs")
            return .kept
        },
        ConformanceCheck(19, "a source that is shorter or longer than announced leaves nothing visible") {
            subject, sandbox in
            let destination = try subject.make()
            for size in [0, 99, 101, 1 << 20] {
                let file = try sandbox.file(ConformanceSandbox.noise(100), announcing: size)
                try ConformanceSandbox.expectError(.localFile, of: "x") { try destination.put("x", from: file) }
            }
            let absent = LocalFile(path: sandbox.freshPath(), size: 1)
            try ConformanceSandbox.expectError(.localFile, of: "x") { try destination.put("x", from: absent) }
            try expect(try destination.list().isEmpty, "something is visible")
            return .kept
        },
    ]

    private static let failures = [
        ConformanceCheck(22, "a put whose answer was lost may be repeated") { subject, sandbox in
            let destination = FaultyDestination(try subject.make(), faults: [.init(.put, .failAfter(.transient))])
            let file = try sandbox.file("once")
            try ConformanceSandbox.expectError(.transient) { try destination.put("x", from: file) }
            try destination.put("x", from: file)
            try expect(try destination.list().map(\.name) == ["x"], "there is not exactly one object")
            return .kept
        },
        ConformanceCheck(23, "a taken name is success for equal content and an error for other content") {
            subject, sandbox in
            let destination = try subject.make()
            let bytes = ConformanceSandbox.noise(2_500_000)
            try destination.put("x", from: try sandbox.file(bytes))
            try destination.put("x", from: try sandbox.file(bytes))
            var others = [bytes, Array(bytes.dropLast()), bytes + [0], []]
            others[0][2_400_000] ^= 1
            for other in others {
                let file = try sandbox.file(other)
                try ConformanceSandbox.expectError(.exists, of: "x") { try destination.put("x", from: file) }
            }
            try expect(try sandbox.content("x", of: destination) == bytes, "the content was replaced")
            return .kept
        },
        ConformanceCheck(24, "of concurrent puts of one name one wins as a whole") { subject, sandbox in
            let destination = try subject.make()
            let contents = (1...4).map { ConformanceSandbox.noise(1_000_000, seed: $0) }
            let files = try contents.map { try sandbox.file($0) }
            let outcomes = try Concurrently.map(files) { file -> String in
                do throws(DestinationError) {
                    try destination.put("x", from: file)
                    return "stored"
                } catch {
                    return error.kind.rawValue
                }
            }
            // Where the server looks for the name only before it takes the content, several may believe to have won.
            let fewest = destination.createsExclusively ? 3 : 0
            let lost = outcomes.count { $0 == "exists" }
            try expect(
                (fewest...3).contains(lost) && outcomes.count { $0 == "stored" } == 4 - lost,
                "the outcomes are \(outcomes)")
            try expect(contents.contains(try sandbox.content("x", of: destination)), "the content is a mixture")
            return .kept
        },
        ConformanceCheck(28, "a missing object says so, and leaves no local file") { subject, sandbox in
            let destination = try subject.make()
            let path = sandbox.freshPath()
            try ConformanceSandbox.expectError(.missingObject, of: "absent") {
                _ = try destination.get("absent", to: path)
            }
            try expect((try? FileDescriptor.open(path)) == nil, "a local file was left")
            return .kept
        },
    ]

    private static func roundTrip(
        _ sizes: [Int], on subject: ConformanceSubject, _ sandbox: ConformanceSandbox
    ) throws -> ConformanceCheck.Outcome {
        let destination = try subject.make()
        for size in sizes {
            let bytes = ConformanceSandbox.noise(size, seed: UInt64(size))
            try destination.put("size-\(size)", from: try sandbox.file(bytes))
            try expect(try sandbox.content("size-\(size)", of: destination) == bytes, "\(size) bytes came back changed")
        }
        let listed = try destination.list().compactMap(\.size)
        try expect(listed.sorted() == sizes.sorted().map(Int64.init), "the listing has the sizes \(listed)")
        return .kept
    }
}
