internal import CLibCurl
internal import Support

/// The certificate that a server showed to one handle, and the list that it has to be on, if there is one.
final class SeenCertificate {
    let raw = UnsafeMutablePointer<clibcurl_certificate>.allocate(capacity: 1)
    private var pins: UnsafeMutableBufferPointer<UInt8>?

    init() { raw.initialize(to: clibcurl_certificate()) }

    deinit {
        pins?.deallocate()
        raw.deallocate()
    }

    /// Says which certificates are accepted.
    func expect(pinned digests: [[UInt8]], acceptsAny: Bool) {
        pins?.deallocate()
        let list = digests.flatMap { [UInt8($0.count)] + $0 }
        let copy = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: list.count)
        _ = copy.initialize(from: list)
        pins = copy
        raw.pointee = clibcurl_certificate()
        raw.pointee.pins = UnsafePointer(copy.baseAddress)
        raw.pointee.pins_length = list.count
        raw.pointee.accepts_any = acceptsAny ? 1 : 0
    }

    /// What is wrong with the certificate, and which one it is; nil when none was seen.
    var complaint: String? {
        let seen = raw.pointee
        let subject = Self.text(seen.subject)
        guard !subject.isEmpty else { return nil }
        let digest = withUnsafeBytes(of: seen.sha256) { Hex.encode(Array($0)) }
        let why =
            switch (seen.error, seen.pins_length) {
            case (0, _): "it does not suit this server"
            case (_, 1...): "it is none of those that the options accept"
            case (let error, _): String(cString: clibcurl_certificate_words(error))
            }
        return "\(why) (subject \(subject), issuer \(Self.text(seen.issuer)), valid from "
            + "\(Self.text(seen.not_before)) to \(Self.text(seen.not_after)), SHA-256 \(digest))"
    }

    private static func text<Tuple>(_ characters: Tuple) -> String {
        withUnsafeBytes(of: characters) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
}
