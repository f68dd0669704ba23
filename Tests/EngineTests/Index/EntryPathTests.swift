import Engine
import Testing

@Suite("Paths of entries")
struct EntryPathTests {
    @Test(
        "a path is taken apart into folder and name, and put together again",
        arguments: [
            ("/", "", "", true), ("/srv/", "/", "srv", true), ("/srv/data/file", "/srv/data/", "file", false),
            ("/a\\b/c", "/a\\b/", "c", false), ("C:\\", "", "C:", true), ("C:\\Users\\x", "C:\\Users\\", "x", false),
            ("\\\\server\\share\\", "\\\\server\\", "share", true),
        ])
    func roundTrip(path: String, folder: String, name: String, isFolder: Bool) {
        let parts = EntryPath.split(Array(path.utf8))
        #expect(String(decoding: parts.folder, as: UTF8.self) == folder)
        #expect(String(decoding: parts.name, as: UTF8.self) == name)
        let joined = EntryPath.join(parts.folder, parts.name, isFolder: isFolder)
        #expect(String(decoding: joined, as: UTF8.self) == path)
    }

    @Test(
        "what leads out of its folder is not safe",
        arguments: [
            "/a/../b", "/..", "/a/..", "/a//b", "/./a", "relative", "../x", "", "C:x", "C:\\a\\..\\b", "C:\\a/../../b",
            "/a\0b", "\\\\server\\..\\x",
        ])
    func unsafe(path: String) {
        #expect(!Array(path.utf8).withUnsafeBytes { EntryPath.isSafe($0) })
    }

    @Test(
        "ordinary paths are safe",
        arguments: [
            "/", "/a", "/a/", "/a/..b", "/a/...", "/a/.b/", "/back\\slash", "C:\\", "C:\\x\\y", "\\\\server\\share\\",
        ])
    func safe(path: String) {
        #expect(Array(path.utf8).withUnsafeBytes { EntryPath.isSafe($0) })
    }
}
