internal import Glibc
internal import Support

/// An object of random content under a name that nobody else has, for trying out what a destination does.
struct ProbeObject: Sendable {
    /// How the names of all such objects begin: no backup program takes them for a part of a store.
    static let prefix = "dunnage-probe-"
    private static let size = 4096

    /// Its name.
    let name: String
    /// Its content.
    let content: [UInt8]
    /// Where its content, what is fetched and something else of the same size lie; goes with the last copy of this.
    private let folder: TemporaryFolder

    /// The content as a file.
    let file: LocalFile
    /// Another content as a file.
    let other: LocalFile

    init() throws {
        var generator = SystemRandomNumberGenerator()
        let digits = Hex.encode((0..<8).map { _ in UInt8.random(in: 0...255, using: &generator) })
        name = "\(Self.prefix)\(digits)"
        content = (0..<Self.size).map { _ in UInt8.random(in: 0...255, using: &generator) }
        folder = try TemporaryFolder()
        file = try Self.write(content, to: "\(folder.path)/content")
        other = try Self.write(content.map { ~$0 }, to: "\(folder.path)/other")
    }

    /// Fetches the object and returns what came.
    func fetch(from destination: any Destination) throws(DestinationError) -> [UInt8] {
        let path = "\(folder.path)/fetched"
        defer { unlink(path) }
        let size = try destination.get(name, to: path)
        do {
            return try SmallFile.read(path, limit: Int(min(size, 1 << 20)))
        } catch {
            throw DestinationError(.localFile, .get, object: name, at: destination.label, detail: "\(error)")
        }
    }

    private static func write(_ bytes: [UInt8], to path: String) throws -> LocalFile {
        let file = try FileDescriptor.open(path, flags: O_WRONLY | O_CREAT | O_EXCL)
        try bytes.withUnsafeBytes { try file.write(all: $0) }
        return LocalFile(path: path, size: Int64(bytes.count))
    }
}
