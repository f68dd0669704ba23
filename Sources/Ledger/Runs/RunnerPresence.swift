internal import Glibc
internal import Support
internal import Synchronization

/// How one process knows of another's runs whether they are still at work.
///
/// Each process that runs jobs has a file with a lock of its own beside the ledger, and its name is in the rows of its
/// runs. The system frees the lock when the process ends, however that happens. A process number would not do: another
/// process may have it by then, and a container has numbers of its own.
final class RunnerPresence: Sendable {
    private let folder: String?
    private let held = Mutex<(name: String, lock: FileLock?)?>(nil)

    /// - Parameter ledger: the path of the ledger; nil for one in memory, which nobody else sees.
    init(ledger: String?) {
        folder = ledger.map { path in
            let name = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
            return "\(name)/runners"
        }
    }

    /// The name of this process, whose lock is held from now on.
    func name() throws(LedgerError) -> String {
        try held.withLock { held throws(LedgerError) in
            if let held { return held.name }
            let name = String((UInt64.random(in: 1 ... .max) | 1 << 60), radix: 36)
            guard let folder else {
                held = (name, nil)
                return name
            }
            do {
                try FileTree.createFolder(folder, mode: 0o700)
                held = (name, try FileLock.taken("\(folder)/\(name).lock"))
            } catch {
                throw LedgerError.database(path: folder, detail: "\(error)")
            }
            return name
        }
    }

    /// Whether the process of that name lives.
    func isAlive(_ name: String) -> Bool {
        if held.withLock({ $0?.name == name }) { return true }
        guard let folder else { return false }
        return FileLock.isTaken("\(folder)/\(name).lock")
    }

    /// Removes the files of processes that are gone.
    func sweep() {
        guard let folder, let listing = opendir(folder) else { return }
        defer { closedir(listing) }
        while let entry = readdir(listing) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name.hasSuffix(".lock") { _ = FileLock.isTaken("\(folder)/\(name)") }
        }
    }

    deinit {
        held.withLock { $0?.lock?.remove() }
    }
}
