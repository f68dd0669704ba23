/// What the names of buckets allow.
public enum S3BucketName {
    /// Whether a bucket's name can be a part of a host's name.
    ///
    /// 3 to 63 small letters, digits, hyphens and dots; parts between dots begin and end with a letter or digit; no
    /// address of IPv4.
    /// - SeeAlso: Amazon S3 User Guide, "General purpose bucket naming rules".
    public static func isHostName(_ name: String) -> Bool {
        let bytes = Array(name.utf8)
        guard (3...63).contains(bytes.count) else { return false }
        let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        let isFine = parts.allSatisfy { part in
            guard let first = part.first, let last = part.last else { return false }
            return isPlain(first) && isPlain(last) && part.allSatisfy { isPlain($0) || $0 == UInt8(ascii: "-") }
        }
        return isFine && !isAddress(name)
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    /// Whether a text is four numbers with dots between them.
    static func isAddress(_ name: String) -> Bool {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts.allSatisfy { Int($0) != nil }
    }
}
