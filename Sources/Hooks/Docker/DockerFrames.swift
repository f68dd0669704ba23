/// Takes apart the stream in which an engine sends both outputs of a command.
///
/// Each frame has eight bytes before it: the output's number (1 standard output, 2 standard error), three zeros, and the
/// length in network order. A frame and its header may come in any number of pieces.
struct DockerFrames {
    /// Whose bytes they are.
    enum Channel: UInt8 {
        case input = 0
        case output = 1
        case error = 2
    }

    /// What is no such stream.
    struct Malformed: Error {}

    private var header: [UInt8] = []
    private var channel = Channel.output
    private var left = 0

    /// Whether a frame is not complete.
    var isInside: Bool { left > 0 || !header.isEmpty }

    /// Takes the next bytes of the stream.
    /// - Parameters:
    ///   - bytes: the bytes, of which a frame or its header may be a part.
    ///   - deliver: gets the content, as it comes.
    /// - Throws: `Malformed`, or what `deliver` throws.
    mutating func take(
        _ bytes: UnsafeRawBufferPointer, deliver: (UnsafeRawBufferPointer, Channel) throws -> Void
    ) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            if left == 0 {
                let wanted = min(8 - header.count, rest.count)
                header += rest.prefix(wanted)
                rest = rest.dropFirst(wanted)
                guard header.count == 8 else { return }
                guard let channel = Channel(rawValue: header[0]), header[1] == 0, header[2] == 0, header[3] == 0 else {
                    throw Malformed()
                }
                self.channel = channel
                left = header[4...].reduce(0) { $0 << 8 | Int($1) }
                header.removeAll(keepingCapacity: true)
            } else {
                let part = rest.prefix(left)
                try deliver(UnsafeRawBufferPointer(rebasing: part), channel)
                left -= part.count
                rest = rest.dropFirst(part.count)
            }
        }
    }
}
