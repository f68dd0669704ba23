/// Unpredictable bytes for keys, initialisation vectors and names.
public enum RandomBytes {
    /// Makes `count` bytes with the kernel's generator.
    public static func make(_ count: Int) -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count + 7)
        while bytes.count < count {
            withUnsafeBytes(of: generator.next() as UInt64) { bytes.append(contentsOf: $0) }
        }
        bytes.removeLast(bytes.count - max(count, 0))
        return bytes
    }
}
