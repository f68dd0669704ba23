internal import Support

/// Makes requests of the bytes of one connection; knows nothing of sockets.
///
/// What could be read in two ways is refused, so that nobody in front of this server can be made to see other requests
/// than it does. After a fault nothing more can be read from the connection.
struct RequestParser {
    /// What the bytes so far come to.
    enum Step {
        /// More bytes are needed.
        case incomplete
        /// The client has to be told to go on.
        case waitsForContinue
        /// A request is complete; the next one may be behind it.
        case request(RequestHead, [UInt8])
    }

    /// How far the current request is.
    enum Phase {
        /// Nothing has come of it.
        case idle
        case head
        case body
    }

    private enum Stage {
        case line
        case fields(PartialHead)
        case length(RequestHead, Int)
        case chunks(RequestHead, ChunkedDecoder)
    }

    private let limits: ListenerLimits
    private var input = InputBuffer()
    private var stage = Stage.line
    private var body: [UInt8] = []
    private var headCount = 0
    private var hasSkippedLine = false
    private var mayContinue = false

    init(_ limits: ListenerLimits) { self.limits = limits }

    var phase: Phase {
        switch stage {
        case .line: input.isEmpty && !hasSkippedLine ? .idle : .head
        case .fields: .head
        case .length, .chunks: .body
        }
    }

    /// The method of the request that is coming in, as soon as it is known.
    var method: String? {
        switch stage {
        case .line: nil
        case .fields(let head): head.line.method
        case .length(let head, _), .chunks(let head, _): head.method
        }
    }

    /// How many bytes are held here.
    var heldBytes: Int { input.count + body.count }

    mutating func append(_ bytes: UnsafeRawBufferPointer) { input.append(bytes) }

    mutating func releaseIfEmpty() { input.releaseIfEmpty() }

    /// Reads on in what is there.
    mutating func next() throws(RequestFault) -> Step {
        while true {
            switch stage {
            case .line:
                guard try readLine() else { return .incomplete }
            case .fields(var head):
                guard let line = try takeHeadLine(limit: limits.head, tooLong: .headTooLarge) else {
                    return .incomplete
                }
                if line.isEmpty {
                    try begin(head.complete())
                } else {
                    try head.append(line, limit: limits.fields)
                    stage = .fields(head)
                }
            case .length(let head, let length):
                body.append(contentsOf: input.take(upTo: length - body.count))
                if body.count == length { return finish(head) }
                return try pause(head)
            case .chunks(let head, var decoder):
                let isComplete = try decoder.decode(&input, into: &body, limit: limits.body)
                if isComplete { return finish(head) }
                stage = .chunks(head, decoder)
                return try pause(head)
            }
        }
    }

    /// Reads the request line; one empty line before it is left out, as some clients send one too many after a body.
    private mutating func readLine() throws(RequestFault) -> Bool {
        if let first = input.first, !first.isTokenCharacter, first != .carriageReturn { throw .requestLine }
        guard let line = try takeHeadLine(limit: limits.requestLine, tooLong: .targetTooLong) else { return false }
        if line.isEmpty {
            guard !hasSkippedLine else { throw .requestLine }
            hasSkippedLine = true
        } else {
            stage = .fields(PartialHead(try RequestLine(line)))
        }
        return true
    }

    private mutating func takeHeadLine(limit: Int, tooLong: RequestFault) throws(RequestFault) -> ArraySlice<UInt8>? {
        let rest = limits.head - headCount
        guard let line = try input.takeLine(limit: min(limit, rest), tooLong: rest < limit ? .headTooLarge : tooLong)
        else { return nil }
        headCount += line.count + 2
        return line
    }

    private mutating func begin(_ head: RequestHead) throws(RequestFault) {
        mayContinue = head.expectsContinue
        switch head.framing {
        case .none: stage = .length(head, 0)
        case .length(let length):
            guard length <= limits.body else { throw .bodyTooLarge }
            stage = .length(head, length)
        case .chunked: stage = .chunks(head, ChunkedDecoder())
        }
    }

    /// A client that has begun with its body does not wait.
    private mutating func pause(_ head: RequestHead) throws(RequestFault) -> Step {
        guard mayContinue else { return .incomplete }
        mayContinue = false
        return body.isEmpty && input.isEmpty ? .waitsForContinue : .incomplete
    }

    private mutating func finish(_ head: RequestHead) -> Step {
        let complete = body
        stage = .line
        body = []
        headCount = 0
        hasSkippedLine = false
        mayContinue = false
        return .request(head, complete)
    }
}
