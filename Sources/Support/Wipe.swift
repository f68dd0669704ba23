internal import Glibc

/// Overwrites memory with zeros in a way that the compiler may not leave out.
public func wipe(_ address: UnsafeMutableRawPointer, _ count: Int) {
    explicit_bzero(address, count)
}
