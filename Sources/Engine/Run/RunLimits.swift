/// What one run may take of the machine, for all of its stores together.
public struct RunLimits: Sendable {
    /// The places for objects that are sent; nil for as many as a store likes.
    public var uploads: Places?
    /// Bytes of memory; nil for as much as is of use.
    public var memory: Int64?
    /// How many stores there are.
    public var stores = 1
    /// Has one store after the other do what takes the memory of a volume; nil where that need not be.
    public var maintenance: Places?

    /// No limits, for one store.
    public init() {}

    /// What a connection to a catalog keeps of it in memory.
    var catalogCache: Int64 {
        let usual: Int64 = 16 << 20
        return memory.map { max(1 << 20, min(usual, $0 / 64)) } ?? usual
    }
}
