import Glibc
import StoreFormat
import Support
import Synchronization
import Testing

@testable import Engine

@Suite("Applying metadata")
struct MetadataApplierTests {
    /// Metadata of a file that belongs to whoever runs the test.
    private func ownMetadata(mode: UInt32) -> Metadata {
        var metadata = Metadata()
        metadata.ownership = Metadata.Ownership(uid: geteuid(), gid: getegid(), mode: mode)
        metadata.modified = Timestamp(seconds: 1_500_000_000, nanoseconds: 123_456_700)
        return metadata
    }

    @Test("what was read from one entry makes another one equal", arguments: ["file", "folder"])
    func roundTrip(_ kind: String) throws {
        let tree = try TreeFixture()
        for name in ["old", "new"] {
            if kind == "file" { try tree.makeFile(name, "x") } else { try tree.makeFolder(name) }
        }
        if TemporaryFileSystem.hasUserAttributes { try tree.setAttribute("old", "user.note", Array("hello".utf8)) }
        chmod(tree.absolute("old"), 0o751)
        tree.setModified("old", seconds: 1_234_567_890, nanoseconds: 987_654_300)
        let blob = MetadataBlob.encode(try tree.metadata("old").metadata)
        #expect(tree.apply(try MetadataBlob.decode(blob), to: "new").isEmpty)
        let old = try tree.status("old")
        let new = try tree.status("new")
        #expect(new.st_mode == old.st_mode && new.st_uid == old.st_uid && new.st_gid == old.st_gid)
        #expect(new.st_mtim.tv_sec == old.st_mtim.tv_sec && new.st_mtim.tv_nsec == old.st_mtim.tv_nsec)
        #expect(tree.attribute("new", "user.note") == tree.attribute("old", "user.note"))
    }

    @Test("times before 1970 are restored too")
    func ancient() throws {
        let tree = try TreeFixture()
        try tree.makeFile("file")
        var metadata = Metadata()
        metadata.modified = Timestamp(seconds: -1_000_000_000, nanoseconds: 500_000_000)
        #expect(tree.apply(metadata, to: "file").isEmpty)
        let status = try tree.status("file")
        #expect(status.st_mtim.tv_sec == -1_000_000_000 && status.st_mtim.tv_nsec == 500_000_000)
    }

    @Test("a file that becomes unwritable gets its time and attributes all the same")
    func readOnly() throws {
        let tree = try TreeFixture()
        try tree.makeFile("file")
        var metadata = ownMetadata(mode: 0o400)
        if TemporaryFileSystem.hasUserAttributes {
            metadata.extendedAttributes = [.init(name: Array("user.a".utf8), value: [1])]
        }
        #expect(tree.apply(metadata, to: "file").isEmpty)
        let status = try tree.status("file")
        #expect(status.st_mode & 0o7777 == 0o400 && status.st_mtim.tv_sec == 1_500_000_000)
    }

    @Test("a link gets its own time and never gives anything to what it leads to")
    func links() throws {
        let tree = try TreeFixture()
        try tree.makeFile("target")
        chmod(tree.absolute("target"), 0o600)
        tree.setModified("target", seconds: 1000, nanoseconds: 0)
        try tree.makeLink("link", to: "target")
        #expect(tree.apply(ownMetadata(mode: 0o777), to: "link").isEmpty)
        #expect(try tree.status("link").st_mtim.tv_sec == 1_500_000_000)
        #expect(try tree.status("target").st_mode & 0o777 == 0o600)
        #expect(try tree.status("target").st_mtim.tv_sec == 1000)
    }

    @Test("a link to a folder is not followed by a slash at the end of its path")
    func folderLinks() throws {
        let tree = try TreeFixture()
        try tree.makeFolder("target")
        chmod(tree.absolute("target"), 0o700)
        try tree.makeLink("link", to: "target")
        #expect(tree.apply(ownMetadata(mode: 0o777), to: "link/").isEmpty)
        #expect(try tree.status("target").st_mode & 0o777 == 0o700)
        #expect(try tree.status("link").st_mtim.tv_sec == 1_500_000_000)
    }

    @Test("bits that the format does not record stay, as long as the owner does")
    func specialBits() throws {
        let tree = try TreeFixture()
        try tree.makeFolder("folder")
        chmod(tree.absolute("folder"), 0o1700)
        tree.apply(ownMetadata(mode: 0o755), to: "folder")
        #expect(try tree.status("folder").st_mode & 0o7777 == 0o1755)
    }

    @Test("a name that this machine knows wins over the number", .enabled(if: geteuid() == 0))
    func names() throws {
        let tree = try TreeFixture()
        try tree.makeFile("file")
        try tree.makeFile("unknown")
        var metadata = ownMetadata(mode: 0o644)
        metadata.ownership = Metadata.Ownership(uid: 4_000_001, gid: 4_000_002, mode: 0o644)
        metadata.ownerName = Array("root".utf8)
        metadata.groupName = Array("no such group".utf8)
        chown(tree.absolute("file"), 1, 1)
        #expect(tree.apply(metadata, to: "file").isEmpty)
        #expect(try tree.status("file").st_uid == 0 && tree.status("file").st_gid == 4_000_002)
        metadata.ownerName = []
        #expect(tree.apply(metadata, to: "unknown").isEmpty)
        #expect(try tree.status("unknown").st_uid == 4_000_001)
    }

    @Test("a file that changes its owner does not keep the right to act as the new one", .enabled(if: geteuid() == 0))
    func setUserID() throws {
        let tree = try TreeFixture()
        try tree.makeFile("file")
        chown(tree.absolute("file"), 1, 1)
        chmod(tree.absolute("file"), 0o4755)
        tree.apply(ownMetadata(mode: 0o755), to: "file")
        #expect(try tree.status("file").st_mode & 0o7777 == 0o755)
    }

    @Test("whoever may not give files away is told once, and the rest is restored", .enabled(if: geteuid() != 0))
    func refusal() throws {
        let tree = try TreeFixture()
        let warnings = Mutex<[MetadataWarning]>([])
        let applier = MetadataApplier { warning in warnings.withLock { $0.append(warning) } }
        var metadata = ownMetadata(mode: 0o600)
        metadata.ownership = Metadata.Ownership(uid: 4_000_001, gid: getegid(), mode: 0o600)
        for name in ["a", "b", "c"] {
            try tree.makeFile(name)
            applier.apply(metadata, to: Array(tree.absolute(name).utf8))
            #expect(try tree.status(name).st_mode & 0o777 == 0o600)
        }
        #expect(warnings.withLock { $0.map(\.kind) } == [.ownership(user: 4_000_001, group: getegid())])
        #expect(applier.unreportedWarnings == 2)
    }

    @Test("attributes that the entry did not have are removed", .enabled(if: TemporaryFileSystem.hasUserAttributes))
    func surplusAttributes() throws {
        let tree = try TreeFixture()
        try tree.makeFile("file")
        try tree.setAttribute("file", "user.keep", [1])
        try tree.setAttribute("file", "user.drop", [1])
        var metadata = ownMetadata(mode: 0o644)
        metadata.extendedAttributes = [.init(name: Array("user.keep".utf8), value: [2])]
        #expect(tree.apply(metadata, to: "file").isEmpty)
        #expect(tree.attribute("file", "user.keep") == [2])
        #expect(tree.attribute("file", "user.drop") == nil)
    }

    @Test("an access list survives a backup and a restore", .enabled(if: TemporaryFileSystem.hasAccessLists))
    func accessLists() throws {
        let tree = try TreeFixture()
        let list = TemporaryFileSystem.accessList(user: 1234, permissions: 4)
        for name in ["old", "new", "plain"] { try tree.makeFile(name) }
        try tree.setAttribute("old", "system.posix_acl_access", list)
        let metadata = try tree.metadata("old").metadata
        #expect(tree.apply(metadata, to: "new").isEmpty)
        #expect(tree.attribute("new", "system.posix_acl_access") == list)
        #expect(try tree.status("new").st_mode == tree.status("old").st_mode)
        // The other way round, a list that the file did not have goes away.
        #expect(tree.apply(try tree.metadata("plain").metadata, to: "new").isEmpty)
        #expect(tree.attribute("new", "system.posix_acl_access") == nil)
    }

    @Test("a refused namespace of attributes is reported once")
    func refusedNamespace() throws {
        let tree = try TreeFixture()
        let warnings = Mutex<[MetadataWarning]>([])
        let applier = MetadataApplier { warning in warnings.withLock { $0.append(warning) } }
        var metadata = ownMetadata(mode: 0o644)
        metadata.extendedAttributes = [
            .init(name: Array("nonsense.a".utf8), value: [1]), .init(name: Array("nonsense.b".utf8), value: [1]),
        ]
        for name in ["a", "b"] {
            try tree.makeFile(name)
            applier.apply(metadata, to: Array(tree.absolute(name).utf8))
            #expect(try tree.status(name).st_mtim.tv_sec == 1_500_000_000)
        }
        #expect(warnings.withLock { $0.map(\.kind) } == [.extendedAttribute(Array("nonsense.a".utf8))])
        #expect(warnings.withLock { $0.first?.code } == ENOTSUP)
        #expect(applier.unreportedWarnings == 3)
    }

    @Test("only the parts that are wanted are restored")
    func parts() throws {
        let tree = try TreeFixture()
        try tree.makeFile("file")
        chmod(tree.absolute("file"), 0o600)
        tree.apply(ownMetadata(mode: 0o755), to: "file", parts: [.modified])
        #expect(try tree.status("file").st_mode & 0o777 == 0o600)
        #expect(try tree.status("file").st_mtim.tv_sec == 1_500_000_000)
        tree.apply(ownMetadata(mode: 0o755), to: "file", parts: [.permissions])
        #expect(try tree.status("file").st_mode & 0o777 == 0o755)
    }

    @Test("of a file from another system only the read-only mark is known")
    func foreign() throws {
        let tree = try TreeFixture()
        try tree.makeFile("file")
        chmod(tree.absolute("file"), 0o664)
        var metadata = Metadata()
        metadata.attributes = [.readOnly]
        tree.apply(metadata, to: "file")
        #expect(try tree.status("file").st_mode & 0o777 == 0o444)
        tree.apply(Metadata(), to: "file")
        #expect(try tree.status("file").st_mode & 0o777 == 0o444)
    }

    @Test("a path where nothing is gives one warning that names it")
    func missing() throws {
        let tree = try TreeFixture()
        let warnings = tree.apply(ownMetadata(mode: 0o644), to: "nowhere")
        #expect(warnings.map(\.kind) == [.everything])
        #expect(warnings.first?.description.contains("/nowhere cannot be restored: No such file") == true)
    }

    @Test("a path longer than the system takes is reached all the same")
    func longPaths() throws {
        let tree = try TreeFixture()
        let name = String(repeating: "d", count: 200)
        var folders = [open(tree.root, O_RDONLY | O_DIRECTORY)]
        var path = tree.root
        for _ in 0..<25 {
            mkdirat(folders[folders.count - 1], name, 0o755)
            folders.append(openat(folders[folders.count - 1], name, O_RDONLY | O_DIRECTORY))
            path += "/" + name
        }
        let warnings = Mutex<[MetadataWarning]>([])
        MetadataApplier { warning in warnings.withLock { $0.append(warning) } }
            .apply(ownMetadata(mode: 0o700), to: Array(path.utf8))
        #expect(warnings.withLock { $0 }.isEmpty)
        var status = stat()
        #expect(fstat(folders[folders.count - 1], &status) == 0)
        #expect(status.st_mtim.tv_sec == 1_500_000_000 && status.st_mode & 0o777 == 0o700)
        while folders.count > 1 {
            close(folders.removeLast())
            unlinkat(folders[folders.count - 1], name, AT_REMOVEDIR)
        }
        close(folders[0])
    }
}
