internal import Synchronization

/// A number that several threads add to.
struct Counter: ~Copyable, Sendable {
    private let count = Atomic<Int>(0)

    func add(_ amount: Int = 1) { count.wrappingAdd(amount, ordering: .relaxed) }

    var value: Int { count.load(ordering: .relaxed) }
}

/// Counts and numbering, from all threads of a backup.
final class BackupCounters: Sendable {
    let added = Counter()
    let modified = Counter()
    let removed = Counter()
    let opened = Counter()
    let bytesRead = Counter()
    let unreadable = Counter()
    let streams = Counter()
    let streamBytes = Counter()
    let uploadedBytes = Counter()
    let uploadedObjects = Counter()
    private let admittedBytes = Atomic<Int64>(0)
    private let uploads = Mutex<[String: Int64]>([:])
    private let nextContent: Atomic<Int64>
    private let nextVolume: Atomic<Int64>

    /// - Parameters:
    ///   - nextContent: the number that the next new content gets in the catalog.
    ///   - nextVolume: the number that the next new volume gets.
    init(nextContent: Int64, nextVolume: Int64) {
        self.nextContent = Atomic(nextContent)
        self.nextVolume = Atomic(nextVolume)
    }

    /// Names and sizes of the objects that were sent.
    var uploaded: [String: Int64] { uploads.withLock { $0 } }

    func countUpload(_ name: String, size: Int64) {
        uploads.withLock { $0[name] = size }
        uploadedBytes.add(Int(size))
        uploadedObjects.add()
    }

    /// Counts bytes that are going to be sent.
    /// - Returns: how many that are with all before them.
    func admit(_ bytes: Int64) -> Int64 { admittedBytes.add(bytes, ordering: .relaxed).newValue }

    func newContentID() -> Int64 { nextContent.add(1, ordering: .relaxed).oldValue }
    func newVolumeID() -> Int64 { nextVolume.add(1, ordering: .relaxed).oldValue }
}
