import Destinations
import Glibc
import Support
import TestSupport
import Testing
import Transport

@Suite(
    "Large objects in the real Swift", .enabled(if: OpenStackServers.areThere, "\(OpenStackServers.absence)"),
    .timeLimit(.minutes(3)))
struct OpenStackSegmentTests {
    private let server: SwiftServer
    private let raw: RawSwift
    private let box = OpenStackSubject.freshName()

    init() throws {
        server = try OpenStackServers.shared().swift
        raw = try RawSwift(server)
    }

    private func open(
        _ more: [String: String] = ["openstack-segment-size": "100kb"],
        _ environment: DestinationEnvironment = DestinationEnvironment()
    ) throws -> any Destination {
        try OpenStackSubject.open(
            "\(box)/folder", OpenStackSubject.v1(server).merging(more) { $1 }, environment: environment)
    }

    private func content(_ name: String, _ destination: any Destination) throws -> [UInt8] {
        let folder = try TemporaryFolder()
        let size = try destination.get(name, to: "\(folder.path)/x")
        let file = try FileDescriptor.open("\(folder.path)/x")
        var bytes = [UInt8](repeating: 0, count: Int(size))
        _ = try bytes.withUnsafeMutableBytes { try file.read(into: $0) }
        return bytes
    }

    private func noise(_ count: Int, _ seed: UInt64 = 1) -> [UInt8] {
        var generator = SeededGenerator(seed: seed)
        return (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
    }

    @Test("are stored in segments, listed with their whole size, read in parts, and removed without a trace")
    func life() throws {
        let destination = try open()
        try destination.prepare(create: true)
        for size in [102_400, 102_401, 204_800, 512_345] {
            let bytes = noise(size, UInt64(size))
            let name = "object-\(size)"
            try destination.put(name, from: try LocalText.file(bytes))
            #expect(try destination.list().map(\.size) == [Int64(size)])
            #expect(try destination.stat(name).size == Int64(size))
            #expect(try content(name, destination) == bytes)
            #expect(
                try destination.read(name, 102_390..<min(102_410, Int64(size)))
                    == Array(bytes[102_390..<min(102_410, size)]))
            let segments = try raw.names("\(box)_segments")
            #expect(segments.count == (size > 102_400 ? (size + 102_399) / 102_400 : 0))
            #expect(segments.allSatisfy { $0.hasPrefix("folder/\(name)/") })
            #expect(try destination.sweep(olderThan: .zero) == 0)
            try destination.delete(name)
            #expect(try raw.names("\(box)_segments") == [])
        }
        #expect(try destination.list().isEmpty)
    }

    @Test("are removed with their segments also by a destination that has never listed them, and in bulk")
    func deletion() throws {
        let destination = try open()
        try destination.prepare(create: true)
        for name in ["a", "b", "c"] { try destination.put(name, from: try LocalText.file(noise(250_000))) }
        try destination.put("d", from: try LocalText.file("small"))
        try open().delete("a")
        #expect(try raw.names("\(box)_segments").count == 6)
        let other = try open()
        #expect(try other.list().map(\.name) == ["b", "c", "d"])
        #expect(try other.delete(["a", "b", "c", "d", "never"]).isEmpty)
        #expect(try raw.names("\(box)_segments") == [])
        #expect(try other.list().isEmpty)
    }

    @Test("are success when the same content is there, in one piece or in segments of any size, and refused otherwise")
    func same() throws {
        let bytes = noise(300_000)
        let file = try LocalText.file(bytes)
        let whole = try open([:])
        let cut = try open()
        let other = try open(["openstack-segment-size": "150000b"])
        try whole.prepare(create: true)
        try whole.put("whole", from: file)
        try cut.put("cut", from: file)
        for destination in [whole, cut, other] {
            try destination.put("whole", from: file)
            try destination.put("cut", from: file)
        }
        var changed = bytes
        changed[250_000] ^= 1
        for content in [changed, Array(bytes.dropLast()), bytes + [0]] {
            let file = try LocalText.file(content)
            for destination in [whole, cut, other] {
                for name in ["whole", "cut"] {
                    let error = try #require(throws: DestinationError.self) { try destination.put(name, from: file) }
                    #expect(error.kind == .exists, "\(error)")
                }
            }
        }
        #expect(try content("cut", other) == bytes)
    }

    @Test("go on after the process was killed, sending only the segments that are missing")
    func resumed() throws {
        let bytes = noise(1_000_000)
        let file = try LocalText.file(bytes)
        let first = try open()
        try first.prepare(create: true)
        try first.put("object", from: file)
        let names = try raw.names("\(box)_segments").sorted()
        #expect(names.count == 10)
        // As a process leaves it that is killed after seven segments, one of which arrived damaged.
        try raw.send(.delete, "\(box)/folder/object")
        for name in names[7...] { try raw.send(.delete, "\(box)_segments/\(name)") }
        try raw.send(.put, "\(box)_segments/\(names[3])", body: [1, 2, 3])
        let before = try names[..<7].map { try raw.send(.head, "\(box)_segments/\($0)").headers["X-Timestamp"] }
        #expect(try open().list().isEmpty)
        try open().put("object", from: file)
        let after = try names[..<7].map { try raw.send(.head, "\(box)_segments/\($0)").headers["X-Timestamp"] }
        let isSame = zip(before, after).map { $0 == $1 }
        #expect(isSame == [true, true, true, false, true, true, true])
        #expect(try content("object", open()) == bytes)
    }

    @Test("leave segments when their upload is given up, which are swept when they are old, and only then")
    func swept() throws {
        let destination = try open()
        try destination.prepare(create: true)
        try destination.put("kept", from: try LocalText.file(noise(250_000)))
        try destination.put("lost", from: try LocalText.file(noise(250_000, 2)))
        try raw.send(.delete, "\(box)/folder/lost")
        // What others keep in the same container is not ours.
        try raw.send(.put, "\(box)_segments/folder/foreign/x", body: [1])
        try raw.send(.put, "\(box)_segments/another/lost/0123456789abcdef0123456789abcdef/9/9/00000000", body: [1])
        #expect(try raw.names("\(box)_segments").count == 8)
        try open().prepare(create: false)
        #expect(try raw.names("\(box)_segments").count == 8)
        var later = DestinationEnvironment()
        later.now = { Timestamp(seconds: Timestamp.now().seconds + 2 * 86_400) }
        try open([:], later).prepare(create: false)
        #expect(try raw.names("\(box)_segments").count == 5)
        #expect(try content("kept", destination).count == 250_000)
        #expect(try destination.sweep(olderThan: .zero) == 0)
    }

    @Test("are kept beside the objects, and out of sight, where a second container is refused or not wanted")
    func sameContainer() throws {
        let destination = try OpenStackSubject.open(
            box,
            OpenStackSubject.v1(server).merging([
                "openstack-segment-size": "100kb", "openstack-segment-container": box,
            ]) { $1 })
        try destination.prepare(create: true)
        try destination.put("object", from: try LocalText.file(noise(250_000)))
        #expect(try destination.list().map(\.name) == ["object"])
        #expect(try raw.names(box).count { $0.hasPrefix(".segments/object/") } == 3)
        #expect(try destination.sweep(olderThan: .zero) == 0)
        try destination.delete("object")
        #expect(try raw.names(box) == [])
    }

    @Test("of other programs, made by a common beginning, are listed with their whole size and read")
    func dynamic() throws {
        let destination = try open()
        try destination.prepare(create: true)
        for index in 0..<3 {
            try raw.send(.put, "\(box)/parts/\(index)", body: Array("part\(index)".utf8))
        }
        try raw.send(.put, "\(box)/folder/dynamic", ["X-Object-Manifest": "\(box)/parts/"])
        try raw.send(.put, "\(box)/folder/empty")
        #expect(try destination.list().map(\.size) == [15, 0])
        #expect(try content("dynamic", destination) == Array("part0part1part2".utf8))
    }
}
