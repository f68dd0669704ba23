import Glibc
import Support
import TestSupport
import Testing

@testable import Destinations

@Suite("A folder as destination")
struct FileDestinationTests {
    let folder: TemporaryFolder
    let store: FileDestination

    init() throws {
        folder = try TemporaryFolder(prefix: "dunnage-file")
        store = FileDestination(folder: "\(folder.path)/store")
        try store.prepare(create: true)
    }

    @Test("publishes each way that file systems offer, and replaces nothing", arguments: Folder.Publication.allCases)
    func publication(_ way: Folder.Publication) throws {
        let open = try Folder.open(store.folder)
        for (part, isFree) in [("one", true), ("two", false)] {
            try write(part, to: "\(store.folder)/\(part)")
            #expect(try open.publish(part, as: "name", using: [way]) == isFree)
        }
        #expect(try Names.of(store.folder) == ["name", "two"])
        #expect(try read("\(store.folder)/name") == "one")
    }

    @Test("gives up at a refusal that no other way would get around")
    func fallback() throws {
        let open = try Folder.open(store.folder)
        try write("x", to: "\(store.folder)/part")
        #expect(throws: SystemError("rename", path: "part", code: ENAMETOOLONG)) {
            try open.publish("part", as: String(repeating: "n", count: 300))
        }
        #expect(throws: SystemError("rename", path: "part", code: ENOSYS)) {
            try open.publish("part", as: "name", using: [])
        }
    }

    @Test("the first folder that holds the marker is used, and nothing is written where it is missing")
    func alternatives() throws {
        let (usual, other) = ("\(folder.path)/usual", "\(folder.path)/other")
        for path in [usual, other] { try FileDestination(folder: path).prepare(create: true) }
        try write("", to: "\(other)/here")
        let url =
            "file://\(usual)?alternate-target-paths=\(folder.path)/none;\(other)"
            + "&alternate-destination-marker=here"
        let destination = try DestinationRegistry.open(url: url)
        #expect(destination.label == "file://\(other)")
        try destination.prepare(create: true)

        unlink("\(other)/here")
        let unmarked = try DestinationRegistry.open(url: url)
        for act in [{ try unmarked.prepare(create: true) }, { _ = try unmarked.list() }] as [() throws -> Void] {
            let error = try #require(throws: DestinationError.self) { try act() }
            #expect(error.kind == .missingContainer && error.detail.contains("'here'"))
        }
        #expect(try Names.of(usual).isEmpty)
    }

    @Test("moves where it may: the object is a link of the file that was stored")
    func links() throws {
        let linking = FileDestination(folder: store.folder, linksFiles: true)
        let path = "\(folder.path)/volume"
        try write("content", to: path)
        try linking.put("name", from: LocalFile(path: path, size: 7))
        try linking.put("name", from: LocalFile(path: path, size: 7))
        var (object, file) = (stat(), stat())
        #expect(stat("\(store.folder)/name", &object) == 0 && stat(path, &file) == 0)
        #expect(object.st_ino == file.st_ino)
        unlink(path)
        #expect(try read("\(store.folder)/name") == "content")
        #expect(try Names.of(store.folder) == ["name"])
    }

    @Test("takes a file without copying it when it was written where it says, and leaves it to its writer")
    func staged() throws {
        let path = store.stagingPath()
        try write("content", to: path)
        try store.put("name", from: LocalFile(path: path, size: 7))
        var (object, file) = (stat(), stat())
        #expect(stat("\(store.folder)/name", &object) == 0 && stat(path, &file) == 0)
        #expect(object.st_ino == file.st_ino)
        #expect(try store.list().map(\.name) == ["name"])
        unlink(path)
        #expect(try read("\(store.folder)/name") == "content")

        let elsewhere = "\(folder.path)/volume"
        try write("content", to: elsewhere)
        try store.put("other", from: LocalFile(path: elsewhere, size: 7))
        #expect(stat("\(store.folder)/other", &object) == 0 && stat(elsewhere, &file) == 0)
        #expect(object.st_ino != file.st_ino)
    }

    @Test("tells about one object, and reads a part of it")
    func parts() throws {
        try write("0123456789", to: "\(store.folder)/name")
        #expect(try store.stat("name").size == 10)
        #expect(try store.read("name", 2..<5) == Array("234".utf8) && store.read("name", 10..<10).isEmpty)
        #expect(try #require(throws: DestinationError.self) { try store.read("name", 5..<11) }.kind == .corrupt)
        #expect(try #require(throws: DestinationError.self) { try store.stat("none") }.kind == .missingObject)
    }

    @Test("creates folders for its user only")
    func createdMode() throws {
        let nested = FileDestination(folder: "\(folder.path)/a/b/c/")
        try nested.prepare(create: true)
        var status = stat()
        #expect(stat("\(folder.path)/a/b", &status) == 0)
        #expect(status.st_mode & 0o777 == 0o700)
        #expect(nested.label == "file://\(folder.path)/a/b/c")
    }

    @Test("does not take a file for a folder")
    func fileAsFolder() throws {
        try write("x", to: "\(folder.path)/file")
        for path in ["\(folder.path)/file", "\(folder.path)/file/below"] {
            let error = try #require(throws: DestinationError.self) { try FileDestination(folder: path).list() }
            #expect(error.kind == .configuration)
        }
    }

    @Test("lists files only, not folders, pipes, broken links and unfinished objects")
    func strangeEntries() throws {
        try write("abc", to: "\(store.folder)/file")
        mkdir("\(store.folder)/folder", 0o700)
        mkfifo("\(store.folder)/pipe", 0o600)
        symlink("/nowhere", "\(store.folder)/broken")
        symlink("file", "\(store.folder)/link")
        try write("", to: "\(store.folder)/.dunnage-0.part")
        #expect(try store.list().map(\.name) == ["file", "link"])
        #expect(try store.list().map(\.size) == [3, 3])
        for name in ["folder", "pipe"] {
            let error = try #require(throws: DestinationError.self) { try store.get(name, to: "\(folder.path)/got") }
            #expect(error.kind == .configuration)
        }
        let reserved = try #require(throws: DestinationError.self) { try store.delete(".dunnage-0.part") }
        #expect(reserved.kind == .configuration)
    }

    @Test("blames this machine when the fetched file cannot be written")
    func localFailure() throws {
        try write("abc", to: "\(store.folder)/file")
        let error = try #require(throws: DestinationError.self) { try store.get("file", to: "/nowhere/at/all") }
        #expect(error.kind == .localFile)
        #expect("\(error)".contains("/nowhere/at/all"))
    }

    @Test("tells in one paragraph what failed, where, why and what to do")
    func paragraph() throws {
        let error = try #require(throws: DestinationError.self) { try FileDestination(folder: "/srv/not there").list() }
        #expect(
            "\(error)"
                == "Cannot list the objects at file:///srv/not there: the folder does not exist. Check that the path is right "
                + "and that the file system is mounted, or create the folder first. "
                + "A '+' in a file:// URL means a space; write %2B for a plus.")
    }

    @Test("stops a put of a cancelled task and leaves nothing")
    func cancelled() async throws {
        let file = "\(folder.path)/large"
        try write(String(repeating: "x", count: 100_000), to: file)
        let store = store
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            try store.put("large", from: LocalFile(path: file, size: 100_000))
        }
        let error = await #expect(throws: DestinationError.self) { try await task.value }
        #expect(error?.kind == .cancelled)
        #expect(try Names.of(store.folder).isEmpty)
    }

    @Test("says how much is free when the disk is full", .enabled(if: ScratchMount.isPossible))
    func fullDisk() throws {
        let mount = try ScratchMount(options: "size=1m")
        defer { mount.end() }
        try write(String(repeating: "x", count: 2 << 20), to: "\(folder.path)/large")
        let error = try #require(throws: DestinationError.self) {
            try FileDestination(folder: mount.path).put(
                "large", from: LocalFile(path: "\(folder.path)/large", size: 2 << 20))
        }
        #expect(error.kind == .quota)
        #expect(error.detail == "no space left on device (1 MiB free)" || error.detail.hasSuffix("free)"))
        #expect(try Names.of(mount.path).isEmpty)
    }

    @Test(
        "gives codes of the operating system their kinds",
        arguments: [
            (ENOSPC, DestinationError.Kind.quota), (EDQUOT, .quota), (EACCES, .permission), (EPERM, .permission),
            (EROFS, .permission), (EIO, .transient), (ESTALE, .transient), (ENODEV, .transient), (EFBIG, .unsupported),
            (ENOENT, .missingObject), (EISDIR, .configuration), (ENAMETOOLONG, .configuration), (EUCLEAN, .corrupt),
            (EBADF, .internalFault),
        ])
    func codes(_ code: Int32, _ kind: DestinationError.Kind) {
        #expect(FileCall.kind(of: code) == kind)
    }

    private func write(_ text: String, to path: String) throws {
        let file = try FileDescriptor.open(path, flags: O_WRONLY | O_CREAT | O_TRUNC)
        try Array(text.utf8).withUnsafeBytes { try file.write(all: $0) }
    }

    private func read(_ path: String) throws -> String {
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = try bytes.withUnsafeMutableBytes { try FileDescriptor.open(path).read(into: $0) }
        return String(decoding: bytes[..<count], as: UTF8.self)
    }
}
