/// A number that is the same on every machine and for ever (FNV-1a).
public enum StableHash {
    /// The number of a text.
    public static func of(_ text: String) -> UInt64 { of(bytes: text.utf8) }

    /// The number of bytes.
    public static func of(bytes: some Sequence<UInt8>) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in bytes {
            hash ^= UInt64(byte)
            hash &*= 0x100_0000_01B3
        }
        // The low bits of short texts are too alike to be divided.
        hash ^= hash >> 33
        hash &*= 0xFF51_AFD7_ED55_8CCD
        return hash ^ (hash >> 33)
    }
}
