internal import Support

/// The file whose slice is the body of a request, and how far it has been read.
final class UploadSource {
    /// Why there are no more bytes.
    enum Failure: Error {
        case file(SystemError)
        case tooShort
    }

    private let descriptor: FileDescriptor
    private let slice: FileSlice

    /// How many bytes of the slice have been given away.
    var position: Int64 = 0

    init(_ slice: FileSlice) throws(SystemError) {
        self.slice = slice
        descriptor = try FileDescriptor.open(slice.path)
    }

    /// The next bytes; none at the end of the slice.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(Failure) -> Int {
        let wanted = Int(min(Int64(buffer.count), slice.count - position))
        guard wanted > 0 else { return 0 }
        let part = UnsafeMutableRawBufferPointer(rebasing: buffer[..<wanted])
        let count: Int
        do throws(SystemError) {
            count = try descriptor.read(into: part, at: slice.offset + position)
        } catch {
            throw .file(error)
        }
        guard count == wanted else { throw .tooShort }
        position += Int64(count)
        return count
    }
}
