import Glibc
import StoreFormat
import Support
import Testing

@testable import Engine

@Suite("Reading metadata")
struct MetadataReaderTests {
    @Test("a file's blob holds Duplicati's keys in Duplicati's order")
    func blob() throws {
        let tree = try TreeFixture()
        try tree.makeFile("file", "content")
        chmod(tree.absolute("file"), 0o640)
        tree.setModified("file", seconds: 1_700_000_000, nanoseconds: 123_456_789)
        let status = try tree.status("file")
        let found = try tree.metadata("file")
        let names = OwnerNames()
        var keys = "\"unix:uid-gid-perm\":\"\(status.st_uid)-\(status.st_gid)-416\","
        let owner = String(decoding: names.name(ofUser: status.st_uid), as: UTF8.self)
        let group = String(decoding: names.name(ofGroup: status.st_gid), as: UTF8.self)
        if !owner.isEmpty { keys += "\"unix:owner-name\":\"\(owner)\"," }
        if !group.isEmpty { keys += "\"unix:group-name\":\"\(group)\"," }
        keys += "\"CoreAttributes\":\"Normal\",\"CoreLastWritetime\":\"638355968001234567\","
        keys += "\"CoreCreatetime\":\"638355968001234567\""
        var metadata = found.metadata
        metadata.extendedAttributes.removeAll { !$0.name.starts(with: "user.".utf8) }
        #expect(String(decoding: MetadataBlob.encode(metadata).dropFirst(3), as: UTF8.self) == "{\(keys)}")
        #expect(!found.asksForExclusion)
    }

    @Test("attributes are those that .NET reports")
    func attributes() throws {
        let tree = try TreeFixture()
        try tree.makeFolder(".hidden")
        try tree.makeFile("readonly")
        try tree.makeLink("file-link", to: "readonly")
        try tree.makeLink(".folder-link", to: ".hidden")
        chmod(tree.absolute("readonly"), 0o444)
        #expect(try tree.metadata("").metadata.attributes == [.directory])
        #expect(try tree.metadata(".hidden").metadata.attributes == [.hidden, .directory])
        #expect(try tree.metadata("readonly").metadata.attributes == [.readOnly])
        #expect(try tree.metadata("file-link").metadata.attributes == [.reparsePoint])
        #expect(try tree.metadata(".folder-link").metadata.attributes == [.hidden, .directory, .reparsePoint])
    }

    @Test("a link's target is kept as it is written")
    func targets() throws {
        let tree = try TreeFixture()
        for (index, target) in ["../a/./b", "/nowhere", "ä\nb", String(repeating: "x", count: 4000)].enumerated() {
            try tree.makeLink("link\(index)", to: target)
            let found = try tree.metadata("link\(index)").metadata
            #expect(found.symlinkTarget == Array(target.utf8))
            #expect(found.ownership?.permissions == 0o777)
        }
        try tree.makeFile("file")
        #expect(try tree.metadata("file").metadata.symlinkTarget == nil)
    }

    @Test("the creation time is the earlier of the two that there are")
    func creation() throws {
        let tree = try TreeFixture()
        try tree.makeFile("file")
        tree.setModified("file", seconds: 4_000_000_000, nanoseconds: 0)
        let found = try tree.metadata("file").metadata
        let changed = try tree.status("file").st_ctim
        #expect(found.modified == Timestamp(seconds: 4_000_000_000))
        #expect(
            found.creationTicks
                == Timestamp(seconds: Int64(changed.tv_sec), nanoseconds: Int32(changed.tv_nsec)).ticks)
    }

    @Test("extended attributes are kept, empty ones are not", .enabled(if: TemporaryFileSystem.hasUserAttributes))
    func extendedAttributes() throws {
        let tree = try TreeFixture()
        try tree.makeFile("file")
        try tree.setAttribute("file", "user.b", [0, 255, 10])
        try tree.setAttribute("file", "user.a", Array(repeating: 7, count: 3000))
        try tree.setAttribute("file", "user.empty", [])
        let found = try tree.metadata("file").metadata.extendedAttributes.filter { $0.name.starts(with: "user.".utf8) }
        #expect(Set(found.map { String(decoding: $0.name, as: UTF8.self) }) == ["user.a", "user.b"])
        #expect(found.first { $0.name == Array("user.b".utf8) }?.value == [0, 255, 10])
        #expect(found.first { $0.name == Array("user.a".utf8) }?.value.count == 3000)
    }

    @Test(
        "one reader does not mix up the attributes of several files",
        .enabled(if: TemporaryFileSystem.hasUserAttributes))
    func reuse() throws {
        let tree = try TreeFixture()
        try tree.makeFile("a")
        try tree.makeFile("b")
        try tree.setAttribute("a", "user.a", [1])
        let reader = MetadataReader()
        let name = Array("user.a".utf8)
        #expect(try tree.metadata("a", reader: reader).metadata.extendedAttributes.contains { $0.name == name })
        #expect(try !tree.metadata("b", reader: reader).metadata.extendedAttributes.contains { $0.name == name })
    }

    @Test(
        "an attribute can ask for exclusion, without a value too", .enabled(if: TemporaryFileSystem.hasUserAttributes))
    func exclusion() throws {
        let tree = try TreeFixture()
        try tree.makeFile("file")
        try tree.setAttribute("file", "user.duplicati.exclude", [])
        #expect(try tree.metadata("file").asksForExclusion)
    }

    @Test("a file that is gone is an error that names it")
    func vanished() throws {
        let tree = try TreeFixture()
        try tree.makeLink("link", to: "x")
        let result = try tree.walk(["link"])
        unlink(tree.absolute("link"))
        let listing = try #require(result.listings.first)
        let error = #expect(throws: SystemError.self) { try MetadataReader().read(listing.entries[0], in: listing) }
        #expect(error?.code == ENOENT && error?.path == tree.absolute("link"))
    }

    @Test("the root of the file system has metadata")
    func fileSystemRoot() throws {
        let walker = TreeWalker(sources: [[0x2F]], filter: FilterSet([try FilterRule("-*")]))
        let listing = try #require(WalkResult(walker).listings.first)
        let found = try MetadataReader().read(listing.entries[0], in: listing).metadata
        #expect(found.attributes?.contains(.directory) == true && found.attributes?.contains(.hidden) == false)
    }

    @Test("names and numbers of owners are looked up both ways")
    func owners() {
        let names = OwnerNames()
        #expect(names.name(ofUser: 0) == Array("root".utf8))
        #expect(names.name(ofGroup: 0) == Array("root".utf8))
        #expect(names.user(named: Array("root".utf8)) == 0)
        #expect(names.group(named: Array("root".utf8)) == 0)
        #expect(names.name(ofUser: 3_999_999_999).isEmpty)
        for _ in 0..<2 {
            #expect(names.user(named: Array("no such user".utf8)) == nil)
            #expect(names.group(named: Array("no such group".utf8)) == nil)
        }
    }
}
