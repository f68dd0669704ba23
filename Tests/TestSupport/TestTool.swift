import Glibc

/// Programs that tests use where they are there: of `scripts/test-tools.sh`, or of the search path.
public enum TestTool {
    /// The path of a program; nil when it is not installed.
    public static func path(_ name: String) -> String? {
        folders.lazy.map { "\($0)/\(name)" }.first { access($0, X_OK) == 0 }
    }

    /// Whether all of these are installed.
    public static func areThere(_ names: String...) -> Bool { names.allSatisfy { path($0) != nil } }

    /// The folders that are looked through, as a search path.
    public static var searchPath: String { folders.joined(separator: ":") }

    private static let folders: [String] = {
        var folders: [String] = []
        if let given = getenv("DUNNAGE_TEST_TOOLS") { folders.append("\(String(cString: given))/bin") }
        // Tests run in the folder of the package.
        var here = [CChar](repeating: 0, count: Int(PATH_MAX))
        if getcwd(&here, here.count) != nil {
            let text = String(decoding: here.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            folders.append("\(text)/.build/test-tools/bin")
        }
        let path = getenv("PATH").map { String(cString: $0) } ?? "/usr/bin:/bin"
        return folders + path.split(separator: ":").map(String.init)
    }()
}
