import Glibc
import Support
import Testing

@testable import Configuration

/// A folder with the files of a configuration.
struct ConfigurationFolder {
    let folder: TemporaryFolder

    var path: String { folder.path }

    init(_ files: [String: String] = [:]) throws {
        folder = try TemporaryFolder()
        for (name, text) in files { try write(name, text) }
    }

    func write(_ name: String, _ text: String) throws {
        let parts = name.split(separator: "/").dropLast()
        for count in parts.indices { mkdir("\(path)/\(parts[...count].joined(separator: "/"))", 0o755) }
        let file = try FileDescriptor.open("\(path)/\(name)", flags: O_WRONLY | O_CREAT | O_TRUNC)
        try Array(text.utf8).withUnsafeBytes { try file.write(all: $0) }
    }

    func load(
        _ names: String..., settings: [String] = [], environment: [String: String] = [:], standardInput: Int32 = 0
    ) throws(InvalidConfiguration) -> LoadedConfiguration {
        let paths = names.map { $0.isEmpty ? path : $0 == "-" ? $0 : "\(path)/\($0)" }
        return try ConfigurationLoader.load(
            ConfigurationInput(paths, settings: settings), environment: environment, standardInput: standardInput)
    }

    /// The diagnostics of files that cannot be used, without the folder's own path.
    func problems(
        _ names: String..., settings: [String] = [], environment: [String: String] = [:],
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> [String] {
        let paths = names.map { $0.isEmpty ? path : "\(path)/\($0)" }
        let error = #expect(throws: InvalidConfiguration.self, sourceLocation: sourceLocation) {
            try ConfigurationLoader.load(ConfigurationInput(paths, settings: settings), environment: environment)
        }
        return try #require(error).diagnostics.map { problem in
            let notes = problem.notes.isEmpty ? "" : " (\(problem.notes.joined(separator: "; ")))"
            return "\(problem.place): \(problem.code.rawValue) \(problem.message)\(notes)".replacing(
                "\(path)/", with: "")
        }
    }

    static let destination = "destinations: { disk: { url: \"/backup/{job}\" } }\n"

    static func job(_ name: String, _ more: String = "") -> String {
        "  \(name): { sources: [{ path: /srv }], encryption: none, destinations: [disk]\(more) }\n"
    }

    static let complete = "version: 1\n\(destination)jobs:\n\(job("a"))"
}
