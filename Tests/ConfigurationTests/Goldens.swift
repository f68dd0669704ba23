import Glibc
import Support
import Testing

@testable import Configuration

/// Files with the exact text that is printed for them; `UPDATE_GOLDENS=1 swift test` writes the texts anew.
enum Goldens {
    static let folder: String = {
        let file = #filePath
        return file.prefix(upTo: file.lastIndex(of: "/") ?? file.endIndex) + "/Goldens"
    }()

    /// What the files may refer to.
    static let environment = [
        "HOME": "/home/anna", "EMPTY": "", "NUMBER": "12", "DURATION": "6M", "DB_PASSWORD": "hunter2",
        "DSN": "postgres://app:hunter2@db/app", "NAS_PASSWORD": "hunter3",
    ]

    static func names(in kind: String) -> [String] {
        var names: [String] = []
        guard let listing = opendir("\(folder)/\(kind)") else { return [] }
        defer { closedir(listing) }
        while let entry = readdir(listing) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name.hasSuffix(".yaml") { names.append(String(name.dropLast(".yaml".count))) }
        }
        return names.sorted()
    }

    static func bytes(_ path: String) throws -> [UInt8] {
        try ConfigurationFile.read("\(folder)/\(path)")
    }

    /// Compares with the golden text, or writes it when asked to.
    static func expect(_ text: String, _ path: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        if getenv("UPDATE_GOLDENS") != nil {
            let file = try FileDescriptor.open("\(folder)/\(path)", flags: O_WRONLY | O_CREAT | O_TRUNC, mode: 0o644)
            try Array(text.utf8).withUnsafeBytes { try file.write(all: $0) }
        }
        let expected = String(decoding: try bytes(path), as: UTF8.self)
        #expect(text == expected, "\(path)\n\(difference(of: text, from: expected))", sourceLocation: sourceLocation)
    }

    /// The lines that are gone and those that are new, in the order of the texts.
    private static func difference(of text: String, from expected: String) -> String {
        let new = text.split(separator: "\n", omittingEmptySubsequences: false)
        let old = expected.split(separator: "\n", omittingEmptySubsequences: false)
        let changes = new.difference(from: old).map { change -> (line: Int, text: String) in
            switch change {
            case .remove(let offset, let line, _): (offset, "-\(line)")
            case .insert(let offset, let line, _): (offset, "+\(line)")
            }
        }
        return changes.sorted { $0.line < $1.line }.map { $0.text }.joined(separator: "\n")
    }

    static func load(_ path: String) throws(InvalidConfiguration) -> LoadedConfiguration {
        let bytes = (try? bytes(path)) ?? []
        let name = String(path[(path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex)...])
        return try ConfigurationLoader.load(utf8: bytes, file: name, folder: "/config", environment: environment)
    }
}
