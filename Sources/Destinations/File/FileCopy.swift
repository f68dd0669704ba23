internal import CPosix
internal import Glibc
internal import Support

/// Moving bytes between two open files, and comparing them.
enum FileCopy {
    /// Why a copy stopped, and on which side.
    enum Failure: Error {
        case source(SystemError)
        case target(SystemError)
        case wrongLength
        case cancelled
    }

    /// Copies exactly `count` bytes, which have to be all of the source from its position on.
    static func copy(
        from source: borrowing FileDescriptor, to target: borrowing FileDescriptor, count: Int64, pace: FilePace?
    ) throws(Failure) {
        let done = try copyInKernel(from: source, to: target, count: count, pace)
        try copyThroughBuffer(from: source, to: target, count: count - done, pace)
    }

    /// Copies as much as the kernel can by itself, which costs no CPU time and may share the blocks.
    ///
    /// At the first refusal, whatever it is, the rest is left to reading and writing: these tell which side fails.
    private static func copyInKernel(
        from source: borrowing FileDescriptor, to target: borrowing FileDescriptor, count: Int64, _ pace: FilePace?
    ) throws(Failure) -> Int64 {
        var done: Int64 = 0
        while done < count {
            if Task.isCancelled { throw .cancelled }
            let most = min(8 << 20, pace?.largestStep ?? .max)
            let step = cposix_copy_file_range(source.raw, target.raw, Int(min(count - done, Int64(most))))
            if step < 0, errno == EINTR { continue }
            if step <= 0 { break }
            done += Int64(step)
            try pace?.spend(step)
        }
        return done
    }

    private static func copyThroughBuffer(
        from source: borrowing FileDescriptor, to target: borrowing FileDescriptor, count: Int64, _ pace: FilePace?
    ) throws(Failure) {
        // One byte more than expected shows a source that is too long.
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 4096)
        defer { buffer.deallocate() }
        var left = count
        while true {
            if Task.isCancelled { throw .cancelled }
            let wanted = Int(min(left + 1, Int64(min(buffer.count, pace?.largestStep ?? .max))))
            let read = try from { () throws(SystemError) in
                try source.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<wanted]))
            }
            if read == 0 { break }
            guard Int64(read) <= left else { throw .wrongLength }
            try to { () throws(SystemError) in
                try target.write(all: UnsafeRawBufferPointer(rebasing: buffer[..<read]))
            }
            left -= Int64(read)
            try pace?.spend(read)
        }
        guard left == 0 else { throw .wrongLength }
    }

    /// Whether two files begin with the same `count` bytes; their positions stay as they are.
    static func isEqual(
        _ source: borrowing FileDescriptor, _ target: borrowing FileDescriptor, count: Int64
    ) throws(Failure) -> Bool {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 2 << 20, alignment: 4096)
        defer { buffer.deallocate() }
        let a = UnsafeMutableRawBufferPointer(rebasing: buffer[..<(1 << 20)])
        let b = UnsafeMutableRawBufferPointer(rebasing: buffer[(1 << 20)...])
        var offset: Int64 = 0
        while offset < count {
            if Task.isCancelled { throw .cancelled }
            let readA = try from { () throws(SystemError) in try source.read(into: a, at: offset) }
            let readB = try to { () throws(SystemError) in try target.read(into: b, at: offset) }
            guard readA == readB, readA > 0, let startA = a.baseAddress, let startB = b.baseAddress,
                memcmp(startA, startB, readA) == 0
            else { return false }
            offset += Int64(readA)
        }
        return true
    }

    private static func from<Value>(_ body: () throws(SystemError) -> Value) throws(Failure) -> Value {
        do throws(SystemError) { return try body() } catch { throw .source(error) }
    }

    private static func to<Value>(_ body: () throws(SystemError) -> Value) throws(Failure) -> Value {
        do throws(SystemError) { return try body() } catch { throw .target(error) }
    }
}
