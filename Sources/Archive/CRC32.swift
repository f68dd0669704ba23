internal import CDeflate

/// The checksum of zip entries.
public enum CRC32 {
    /// Computes the checksum of bytes, or continues one.
    ///
    /// - Parameters:
    ///   - bytes: the next bytes.
    ///   - seed: the checksum of all bytes before, zero at the start.
    /// - Returns: the checksum of all bytes so far.
    public static func checksum(_ bytes: UnsafeRawBufferPointer, seed: UInt32 = 0) -> UInt32 {
        // A null pointer would ask for the initial value instead of leaving the seed alone.
        bytes.isEmpty ? seed : libdeflate_crc32(seed, bytes.baseAddress, bytes.count)
    }
}
