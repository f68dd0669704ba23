internal import Destinations
internal import Glibc
internal import Support

/// Local files for a check, and comparisons of what comes back.
final class ConformanceSandbox {
    private let folder: TemporaryFolder
    private var count = 0

    init() throws {
        folder = try TemporaryFolder(prefix: "dunnage-conformance")
    }

    /// A path that nothing is at.
    func freshPath() -> String {
        count += 1
        return "\(folder.path)/\(count)"
    }

    /// A local file with this content.
    func file(_ bytes: [UInt8], announcing size: Int? = nil) throws -> LocalFile {
        let path = freshPath()
        let descriptor = try FileDescriptor.open(path, flags: O_WRONLY | O_CREAT | O_EXCL)
        try bytes.withUnsafeBytes { bytes in try descriptor.write(all: bytes) }
        return LocalFile(path: path, size: Int64(size ?? bytes.count))
    }

    /// A local file with this text.
    func file(_ text: String) throws -> LocalFile { try file(Array(text.utf8)) }

    /// The content of an object.
    func content(_ name: String, of destination: any Destination) throws -> [UInt8] {
        let path = freshPath()
        defer { unlink(path) }
        let size = try destination.get(name, to: path)
        let descriptor = try FileDescriptor.open(path)
        var bytes = [UInt8](repeating: 0, count: Int(try descriptor.size()))
        _ = try bytes.withUnsafeMutableBytes { buffer in try descriptor.read(into: buffer) }
        try expect(Int64(bytes.count) == size, "get says \(size) bytes and fetched \(bytes.count)")
        return bytes
    }

    /// The error of a call that has to fail.
    static func error(_ body: () throws -> Void) throws -> DestinationError {
        do {
            try body()
        } catch let error as DestinationError {
            try expect(!error.detail.isEmpty && !error.advice.isEmpty, "the error has no detail or no advice")
            return error
        }
        throw ConformanceCheck.Violation(description: "the call succeeded")
    }

    /// Checks that a call fails in a certain way.
    static func expectError(
        _ kind: DestinationError.Kind, of object: String? = nil, _ body: () throws -> Void
    ) throws {
        let error = try error(body)
        try expect(error.kind == kind, "\(error.kind) instead of \(kind): \(error)")
        if let object { try expect(error.object == object, "the error does not name the object: \(error)") }
    }

    /// Bytes that look random and are the same every time.
    static func noise(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
        var state = seed &* 0x9e37_79b9_7f4a_7c15 | 1
        return (0..<count).map { _ in
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return UInt8(truncatingIfNeeded: state >> 32)
        }
    }
}
