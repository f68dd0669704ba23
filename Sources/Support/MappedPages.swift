internal import Glibc

/// Memory of mapped files.
public enum MappedPages {
    private static let mask = Int(sysconf(Int32(_SC_PAGESIZE))) - 1

    /// Gives up the memory of a piece of a file that is mapped for reading; needed again, it comes from the file.
    ///
    /// `mapping` is the whole mapping that `piece` lies in.
    public static func release(_ piece: UnsafeRawBufferPointer, of mapping: UnsafeRawBufferPointer) {
        guard let start = piece.baseAddress, let base = mapping.baseAddress else { return }
        // Whole pages; their edges are needed by the neighbours, which only costs reading them again.
        let first = (start - base) & ~mask
        let count = min(mapping.count, start - base + piece.count) - first
        if count > 0 { madvise(UnsafeMutableRawPointer(mutating: base + first), count, MADV_DONTNEED) }
    }
}
