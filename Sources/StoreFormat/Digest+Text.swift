internal import Cryptography
internal import Support

extension Digest {
    /// Reads Base64 given as bytes, without a detour over strings.
    /// - Returns: nil if it is not padded Base64 of 1 to 64 bytes.
    init?(base64 text: UnsafeRawBufferPointer, urlSafe: Bool = false) {
        guard text.count > 0, let count = Base64.decodedCount(text), count > 0, count <= Digest.maximumCount else {
            return nil
        }
        let digest = withUnsafeTemporaryAllocation(byteCount: count, alignment: 1) { bytes -> Digest? in
            Base64.decode(text, into: bytes, urlSafe: urlSafe) ? Digest(UnsafeRawBufferPointer(bytes)) : nil
        }
        guard let digest else { return nil }
        self = digest
    }

    /// Appends the Base64 form.
    func appendBase64(to output: inout [UInt8], urlSafe: Bool = false) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 88) { text in
            let length = withUnsafeBytes { bytes in
                Base64.encode(bytes, into: UnsafeMutableRawBufferPointer(text), urlSafe: urlSafe)
            }
            output.append(contentsOf: UnsafeBufferPointer(rebasing: text[..<length]))
        }
    }
}
