internal import CLibCurl
internal import Support

/// What libcurl's callbacks know of the one message that is under way, and what the server has answered.
final class MailExchange {
    /// One answer, of as many lines as it has.
    struct Answer {
        var code: Int
        var text: String
    }

    private(set) var answers: [Answer] = []
    private let request: MailRequest
    private let cancellation: CancellationFlag?
    private var position = 0
    private var isInside = false

    /// A server that talks without end is cut off.
    private static let maximumAnswers = 10_000

    init(_ request: MailRequest, _ cancellation: CancellationFlag?) {
        self.request = request
        self.cancellation = cancellation
    }

    /// Registers the callbacks; the exchange has to outlive the request.
    func attach(to handle: EasyHandle) {
        let context = Unmanaged.passUnretained(self).toOpaque()
        _ = clibcurl_set_data_callback(handle.raw, CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
            MailExchange.from(context).take(UnsafeRawBufferPointer(start: bytes, count: size * count))
        }
        _ = clibcurl_set_pointer(handle.raw, CURLOPT_HEADERDATA, context)
        _ = clibcurl_set_data_callback(handle.raw, CURLOPT_WRITEFUNCTION) { _, size, count, _ in size * count }
        _ = clibcurl_set_data_callback(handle.raw, CURLOPT_READFUNCTION) { bytes, size, count, context in
            MailExchange.from(context).give(UnsafeMutableRawBufferPointer(start: bytes, count: size * count))
        }
        _ = clibcurl_set_pointer(handle.raw, CURLOPT_READDATA, context)
        _ = clibcurl_set_seek_callback(handle.raw) { context, offset, origin in
            guard origin == 0, offset >= 0 else { return CURL_SEEKFUNC_FAIL }
            MailExchange.from(context).position = Int(offset)
            return CURL_SEEKFUNC_OK
        }
        _ = clibcurl_set_pointer(handle.raw, CURLOPT_SEEKDATA, context)
    }

    private static func from(_ context: UnsafeMutableRawPointer?) -> MailExchange {
        guard let context else { preconditionFailure("libcurl lost the context of its callbacks") }
        return Unmanaged<MailExchange>.fromOpaque(context).takeUnretainedValue()
    }

    /// Whether nobody has asked to stop.
    var mayContinue: Bool { cancellation?.isCancelled != true && !Task.isCancelled }

    private func give(_ buffer: UnsafeMutableRawBufferPointer) -> Int {
        let count = min(buffer.count, request.content.count - position)
        guard count > 0 else { return 0 }
        buffer.copyBytes(from: request.content[position..<position + count])
        position += count
        return count
    }

    /// One line: `250-SIZE 1000`, with a blank in place of the hyphen in the last line of an answer.
    private func take(_ line: UnsafeRawBufferPointer) -> Int {
        guard answers.count < Self.maximumAnswers else { return 0 }
        let text = String(decoding: line, as: UTF8.self).filter { !$0.isNewline }
        guard let code = Int(text.prefix(3)), text.utf8.count >= 3 else { return line.count }
        let words = text.dropFirst(4)
        if isInside, !answers.isEmpty {
            answers[answers.count - 1].text += " \(words)"
        } else {
            answers.append(Answer(code: code, text: String(words)))
        }
        isInside = text.dropFirst(3).first == "-"
        return line.count
    }

    /// The recipients that were refused: their answers come right before that to DATA.
    var refused: [String: String] {
        guard let data = answers.lastIndex(where: { $0.code == 354 }), data >= request.recipients.count else {
            return [:]
        }
        var refused: [String: String] = [:]
        for (recipient, answer) in zip(request.recipients, answers[(data - request.recipients.count)..<data])
        where answer.code >= 400 {
            refused[recipient] = "\(answer.code) \(answer.text)"
        }
        return refused
    }
}
