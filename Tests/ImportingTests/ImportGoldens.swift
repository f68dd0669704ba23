import Glibc
import Importing
import Support
import Testing

/// Job descriptions of other programs, each with the configuration that it becomes and what is said about it;
/// `UPDATE_GOLDENS=1 swift test` writes the latter two anew.
struct ImportSample: Sendable, CustomTestStringConvertible {
    let kind: ImportKind
    /// The file's name up to `.input`.
    let name: String
    let file: String

    var testDescription: String { "\(kind.rawValue)/\(name)" }

    static let folder: String = {
        let file = #filePath
        return file.prefix(upTo: file.lastIndex(of: "/") ?? file.endIndex) + "/Goldens"
    }()

    static let all: [ImportSample] = ImportKind.allCases.flatMap { kind in
        names(in: "\(folder)/\(kind.rawValue)").compactMap { file in
            guard let end = file.firstRange(of: ".input.") else { return nil }
            return ImportSample(kind: kind, name: String(file[..<end.lowerBound]), file: file)
        }
    }

    private static func names(in folder: String) -> [String] {
        var names: [String] = []
        guard let listing = opendir(folder) else { return [] }
        defer { closedir(listing) }
        while let entry = readdir(listing) {
            names.append(
                withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                    pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
                })
        }
        return names.sorted()
    }

    var bytes: [UInt8] {
        get throws { try SmallFile.read("\(Self.folder)/\(kind.rawValue)/\(file)", limit: 1 << 20) }
    }

    func request() throws -> ImportRequest {
        ImportRequest(kind, [ImportRequest.File(name: file, bytes: try bytes)])
    }

    /// Compares with a golden text, or writes it when asked to.
    func expect(_ text: String, _ end: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let path = "\(Self.folder)/\(kind.rawValue)/\(name).\(end)"
        if getenv("UPDATE_GOLDENS") != nil {
            let file = try FileDescriptor.open(path, flags: O_WRONLY | O_CREAT | O_TRUNC, mode: 0o644)
            try Array(text.utf8).withUnsafeBytes { try file.write(all: $0) }
        }
        let expected = String(decoding: try SmallFile.read(path, limit: 1 << 20), as: UTF8.self)
        #expect(text == expected, "\(kind.rawValue)/\(name).\(end)", sourceLocation: sourceLocation)
    }
}
