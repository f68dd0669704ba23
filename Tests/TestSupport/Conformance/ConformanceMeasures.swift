internal import Glibc
internal import Support
internal import Synchronization

/// Settings of the tests' environment.
enum Environment {
    static var wantsLargeObjects: Bool { getenv("DUNNAGE_TEST_LARGE_OBJECTS") != nil }

    /// 25,000 objects where time does not matter; otherwise few enough for a disk that synchronises each of them.
    static var listingCount: Int { wantsLargeObjects ? 25_000 : 150 }
}

/// Files that are large without taking space.
enum SparseFile {
    static func create(_ path: String, size: Int64) throws {
        let file = try FileDescriptor.open(path, flags: O_WRONLY | O_CREAT | O_EXCL)
        guard ftruncate(file.raw, off_t(size)) == 0 else { throw SystemError("truncate", path: path) }
    }
}

/// The most memory that this process has had.
enum PeakMemory {
    /// Forgets the past peak, and returns what is used now.
    static func reset() throws -> Int64 {
        let file = try FileDescriptor.open("/proc/self/clear_refs", flags: O_WRONLY)
        try [UInt8(ascii: "5")].withUnsafeBytes { try file.write(all: $0) }
        return try bytes()
    }

    static func bytes() throws -> Int64 {
        let file = try FileDescriptor.open("/proc/self/status")
        var text = [UInt8](repeating: 0, count: 8192)
        let count = try text.withUnsafeMutableBytes { buffer in try file.read(into: buffer) }
        let lines = String(decoding: text[..<count], as: UTF8.self).split(separator: "\n")
        let words = lines.first { $0.hasPrefix("VmHWM:") }?.split(separator: " ") ?? []
        guard words.count >= 2, let kilobytes = Int64(words[1].filter(\.isNumber)) else {
            throw ConformanceCheck.Violation(description: "the system does not tell the peak of memory")
        }
        return kilobytes * 1024
    }
}

/// Work on several threads at once.
enum Concurrently {
    static func map<Input: Sendable, Output: Sendable>(
        _ inputs: [Input], _ body: @escaping @Sendable (Input) -> Output
    ) throws -> [Output] {
        let outputs = Shared<Output>()
        let threads = try inputs.map { input in
            try WorkerThread("test") { outputs.append(body(input)) }
        }
        for thread in threads { thread.join() }
        return outputs.all
    }

    private final class Shared<Output: Sendable>: Sendable {
        private let values = Mutex<[Output]>([])

        var all: [Output] { values.withLock { $0 } }

        func append(_ value: Output) { values.withLock { $0.append(value) } }
    }
}
