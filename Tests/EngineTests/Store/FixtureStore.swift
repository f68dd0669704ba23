import Destinations
import Engine
import Foundation
import Support

/// A store that Duplicati itself wrote, with the trees that were its sources.
struct FixtureStore: Sendable, CustomStringConvertible {
    let name: String
    let passphrase: Secret?
    let folder: String

    var description: String { name }
    var remote: String { "\(folder)/remote" }

    static let root: String = {
        if let given = ProcessInfo.processInfo.environment["DUNNAGE_SHARED"] { return given }
        var path = URL(filePath: #filePath)
        while path.path != "/" {
            path.deleteLastPathComponent()
            let candidate = path.appending(path: "shared").path
            if FileManager.default.fileExists(atPath: candidate + "/fixtures/duplicati") { return candidate }
        }
        return "/nonexistent"
    }()

    static let isAvailable = FileManager.default.fileExists(atPath: root + "/fixtures/duplicati")

    static let all: [FixtureStore] = {
        let folder = root + "/fixtures/duplicati"
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.sorted().compactMap { name in
            guard let data = FileManager.default.contents(atPath: "\(folder)/\(name)/fixture.json"),
                let description = try? JSONDecoder().decode(Description.self, from: data)
            else { return nil }
            return FixtureStore(
                name: name, passphrase: description.passphrase.map { Secret($0) }, folder: "\(folder)/\(name)")
        }
    }()

    static func named(_ name: String) throws -> FixtureStore {
        struct NoSuchFixture: Error {}
        guard let store = all.first(where: { $0.name == name }) else { throw NoSuchFixture() }
        return store
    }

    private struct Description: Decodable {
        let passphrase: String?
    }

    /// One line of a tree's manifest.
    struct ManifestEntry: Decodable {
        let path: String
        let mode: String
        let modified: Int64
        let uid: UInt32
        let gid: UInt32
        let type: String
        let size: Int64?
        let sha256: String?
        let target: String?

        enum CodingKeys: String, CodingKey {
            case path, mode, uid, gid, type, size, sha256, target
            case modified = "mtime_ns"
        }
    }

    /// The tree that was backed up as the n-th version, from 1.
    func manifest(_ number: Int) throws -> [ManifestEntry]? {
        guard let data = FileManager.default.contents(atPath: "\(folder)/tree-v\(number).manifest.json") else {
            return nil
        }
        return try JSONDecoder().decode([ManifestEntry].self, from: data)
    }

    /// How many trees there are.
    var treeCount: Int {
        (1...9).prefix { FileManager.default.fileExists(atPath: "\(folder)/tree-v\($0).manifest.json") }.count
    }

    /// A copy of the objects that may be damaged.
    func copy(to path: String) throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        for name in try FileManager.default.contentsOfDirectory(atPath: remote) {
            let data = try Data(contentsOf: URL(filePath: "\(remote)/\(name)"))
            try data.write(to: URL(filePath: "\(path)/\(name)"))
        }
    }

    func session(
        remote: String? = nil, passphrase: Secret?? = nil, catalogPath: String? = nil,
        problems: ProblemLog = ProblemLog()
    ) throws -> StoreSession {
        try StoreSession.open(
            destination: FileDestination(folder: remote ?? self.remote), passphrase: passphrase ?? self.passphrase,
            catalogPath: catalogPath, problems: problems, retry: RetryPolicy(attempts: 1))
    }
}
