import Catalog
import Destinations
import StoreFormat
import Support

@testable import Engine

extension BackupFixture {
    /// Makes as many versions, each with a file of its own and one that all share.
    /// - Returns: the tree as it was at each, the oldest first.
    func makeVersions(_ count: Int) throws -> [TreeSnapshot] {
        options.blockSize = 4096
        options.volumeSize = 64 << 10
        try write("shared", Self.noise(30_000, seed: 7))
        return try (0..<count).map { number in
            if number > 0 { remove("only \(number - 1)") }
            try write("only \(number)", Self.noise(20_000, seed: UInt64(100 + number)))
            try write("grows", String(repeating: "line\n", count: 1000 * (number + 1)))
            try run()
            return try TreeSnapshot(source)
        }
    }

    /// Opens the store with its local catalog, for a change.
    func session(
        _ destination: (any Destination)? = nil, problems: ProblemLog = ProblemLog(), hasCatalog: Bool = true,
        lease: LeaseRequest? = nil
    ) throws -> StoreSession {
        try StoreSession.open(
            destination: try destination ?? self.destination(), passphrase: passphrase,
            catalogPath: hasCatalog ? catalog : nil, lease: lease, temporaryFolder: folder.path, problems: problems,
            retry: RetryPolicy(attempts: 1), now: now)
    }

    /// The versions that the local catalog knows, the newest first.
    func knownVersions() throws -> [CatalogVersion] {
        try Catalog(path: catalog).read { try $0.versions() }.reversed()
    }

    /// The names of the filelists at the destination, the newest first.
    func filelists() throws -> [String] {
        try objects().keys.filter { $0.contains(".dlist.") }.sorted(by: >)
    }
}
