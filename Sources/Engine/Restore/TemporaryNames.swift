internal import CPosix
internal import Glibc
internal import Support

/// The names that files and links of a restore have until they are complete, in the folders that they are restored to.
///
/// They tell which process they belong to, so that a later restore can remove what one left that was killed.
struct TemporaryNames: Sendable {
    private let mark: String

    /// Names of this process that no other restore uses.
    init() {
        mark = "\(Self.start)\(getpid())-\(Self.processes)-\(Timestamp.now().unixNanoseconds)"
    }

    private static let start = ".dunnage-"
    private static let ends = [".part", ".link"]

    /// The name of an incomplete file.
    func part(_ file: Int32) -> String { "\(mark)-\(file).part" }

    /// The name of a link that is to replace something.
    func link(_ index: Int) -> String { "\(mark)-\(index).link" }

    /// The number of the name space that this process' number is of: containers have their own.
    private static var processes: UInt64 {
        var status = stat()
        return stat("/proc/self/ns/pid", &status) == 0 ? UInt64(status.st_ino) : 0
    }

    // MARK: What others left

    /// Removes what killed restores left in an open folder.
    static func sweep(_ folder: Int32) {
        let raw = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        // Without the right to read the folder there is nothing to be done, and it does no harm.
        guard raw >= 0 else { return }
        let listed = FileDescriptor(owning: raw)
        for name in names(in: listed.raw) where isLeftOver(name, in: listed.raw) { unlinkat(listed.raw, name, 0) }
    }

    /// The names in a folder that look like ours.
    private static func names(in folder: Int32) -> [String] {
        var found: [String] = []
        withUnsafeTemporaryAllocation(byteCount: 32 << 10, alignment: 8) { buffer in
            guard let base = buffer.baseAddress else { return }
            while true {
                let count = cposix_read_folder(folder, base, buffer.count)
                guard count > 0 else { return }
                var offset = 0
                while offset < count {
                    let entry = cposix_folder_entry_at(base, offset)
                    let name = UnsafeRawBufferPointer(start: base + entry.name_start, count: entry.name_count)
                    if name.starts(with: start.utf8) { found.append(String(decoding: name, as: UTF8.self)) }
                    offset = entry.next
                }
            }
        }
        return found
    }

    /// Whether a name is one of ours, and its process is gone.
    private static func isLeftOver(_ name: String, in folder: Int32) -> Bool {
        guard name.hasPrefix(start), let end = ends.first(where: name.hasSuffix) else { return false }
        let numbers = name.dropFirst(start.count).dropLast(end.count).split(separator: "-").map { UInt64($0) }
        guard numbers.count == 4, let process = numbers[0].flatMap({ pid_t(exactly: $0) }), process > 0,
            let space = numbers[1], numbers[2] != nil, numbers[3] != nil
        else { return false }
        guard space != processes else { return kill(process, 0) != 0 && errno == ESRCH }
        // Of a process in another container nothing can be known, except that it would have done something by now.
        var status = cposix_status()
        guard cposix_status_at(folder, name, &status) == 0 else { return false }
        return status.changed < Timestamp.now().unixNanoseconds - 86_400 * 1_000_000_000
    }
}
