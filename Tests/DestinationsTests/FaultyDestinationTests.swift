import Destinations
import Glibc
import Support
import TestSupport
import Testing

@Suite("A faulty destination")
struct FaultyDestinationTests {
    let folder: TemporaryFolder
    let inner: FileDestination
    let file: LocalFile

    init() throws {
        folder = try TemporaryFolder(prefix: "dunnage-faulty")
        inner = FileDestination(folder: "\(folder.path)/store")
        try inner.prepare(create: true)
        let path = "\(folder.path)/source"
        let descriptor = try FileDescriptor.open(path, flags: O_WRONLY | O_CREAT)
        try Array("0123456789".utf8).withUnsafeBytes { try descriptor.write(all: $0) }
        file = LocalFile(path: path, size: 10)
    }

    @Test("fails before the effect, for the objects and calls of its script only")
    func before() throws {
        let faulty = FaultyDestination(
            inner, faults: [.init(.put, object: { $0.hasSuffix("b") }, ordinals: 2...2, .failBefore(.quota))])
        try faulty.put("a", from: file)
        try faulty.put("b", from: file)
        try faulty.put("a2", from: file)
        let error = try #require(throws: DestinationError.self) { try faulty.put("bb", from: file) }
        #expect(error.kind == .quota && error.object == "bb" && error.operation == .put)
        #expect(try inner.list().map(\.name) == ["a", "a2", "b"])
        #expect(faulty.calls.map(\.object) == ["a", "b", "a2", "bb"])
    }

    @Test("fails after the effect")
    func after() throws {
        let faulty = FaultyDestination(inner, faults: [.init(.delete, .failAfter(.transient))])
        try faulty.put("a", from: file)
        #expect(throws: DestinationError.self) { try faulty.delete("a") }
        #expect(try faulty.list().isEmpty)
    }

    @Test("damages what is stored and what is fetched without a word")
    func damage() throws {
        let faulty = FaultyDestination(
            inner,
            faults: [
                .init(.put, .truncate(to: 4)), .init(.put, ordinals: 2...2, .flipBit(atByte: 0)),
                .init(.get, ordinals: 2...2, .truncate(to: 1)),
            ])
        try faulty.put("short", from: file)
        try faulty.put("flipped", from: file)
        #expect(try inner.list().map(\.size) == [10, 4])
        let path = "\(folder.path)/got"
        #expect(try faulty.get("flipped", to: path) == 10)
        var bytes = [UInt8](repeating: 0, count: 3)
        _ = try bytes.withUnsafeMutableBytes { try FileDescriptor.open(path).read(into: $0) }
        #expect(bytes == Array("112".utf8))
        #expect(try faulty.get("flipped", to: path) == 1)
        #expect(try Names.of(folder.path) == ["got", "source", "store"])
    }
}
