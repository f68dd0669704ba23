internal import StoreFormat
internal import Support

/// The header of a member of a tar archive: POSIX pax, with what the classic header has no room for before it.
struct TarHeader {
    /// What a member is.
    enum Kind: UInt8 {
        case file = 0x30
        case symlink = 0x32
        case folder = 0x35
        case extended = 0x78
    }

    static let blockSize = 512

    var kind: Kind
    /// Without a slash at the start; folders end with one.
    var path: [UInt8]
    var size: Int64 = 0
    var metadata = Metadata()
    /// When the metadata does not say it.
    var modified: Timestamp?

    /// The bytes, a multiple of 512.
    func encode() -> [UInt8] {
        let records = extendedRecords()
        var output: [UInt8] = []
        if !records.isEmpty {
            var leader = TarHeader(
                kind: .extended, path: Array("./PaxHeaders/".utf8) + path.suffix(80).filter { $0 != 0x2F })
            leader.size = Int64(records.count)
            output += leader.block()
            output += records
            output += [UInt8](repeating: 0, count: Self.padding(Int64(records.count)))
        }
        return output + block()
    }

    /// How many bytes follow a content, to the end of its last block.
    static func padding(_ size: Int64) -> Int {
        Int((Int64(blockSize) - size % Int64(blockSize)) % Int64(blockSize))
    }

    private var time: Timestamp { metadata.modified ?? modified ?? Timestamp(seconds: 0) }

    private var mode: UInt32 {
        let usual: UInt32 = kind == .folder ? 0o755 : kind == .symlink ? 0o777 : 0o644
        return (metadata.ownership?.permissions ?? usual) | metadata.specialBits << 9
    }

    private func extendedRecords() -> [UInt8] {
        guard kind != .extended else { return [] }
        var output: [UInt8] = []
        func add(_ key: [UInt8], _ value: [UInt8]) {
            // The length counts itself.
            let rest = key.count + value.count + 3
            var length = rest + 1
            while rest + String(length).utf8.count != length { length = rest + String(length).utf8.count }
            output += Array("\(length) ".utf8) + key + [0x3D] + value + [0x0A]
        }
        func add(_ key: String, _ value: [UInt8]) { add(Array(key.utf8), value) }
        func add(_ key: String, _ value: String) { add(Array(key.utf8), Array(value.utf8)) }
        func isPlain(_ text: [UInt8], _ room: Int) -> Bool { text.count <= room && text.allSatisfy { $0 < 0x80 } }
        if !isPlain(path, 100) { add("path", path) }
        if let target = metadata.symlinkTarget, !isPlain(target, 100) { add("linkpath", target) }
        if size > 0o77777777777 { add("size", "\(size)") }
        if time.nanoseconds != 0 || time.seconds < 0 || time.seconds > 0o77777777777 { add("mtime", decimal(time)) }
        if let owner = metadata.ownership {
            if owner.uid > 0o7777777 { add("uid", "\(owner.uid)") }
            if owner.gid > 0o7777777 { add("gid", "\(owner.gid)") }
        }
        if !isPlain(metadata.ownerName, 31) { add("uname", metadata.ownerName) }
        if !isPlain(metadata.groupName, 31) { add("gname", metadata.groupName) }
        for attribute in metadata.extendedAttributes {
            add(Array("SCHILY.xattr.".utf8) + attribute.name, attribute.value)
        }
        return output
    }

    /// Seconds with a fraction, also before 1970.
    private func decimal(_ time: Timestamp) -> String {
        var seconds = time.seconds
        var nanoseconds = Int64(time.nanoseconds)
        var sign = ""
        if seconds < 0 {
            sign = "-"
            seconds = -seconds
            if nanoseconds > 0 {
                seconds -= 1
                nanoseconds = 1_000_000_000 - nanoseconds
            }
        }
        guard nanoseconds > 0 else { return "\(sign)\(seconds)" }
        let digits = String(nanoseconds)
        return "\(sign)\(seconds).\(String(repeating: "0", count: 9 - digits.utf8.count))\(digits)"
    }

    private func block() -> [UInt8] {
        var block = [UInt8](repeating: 0, count: Self.blockSize)
        func put(_ bytes: some Sequence<UInt8>, _ offset: Int, _ room: Int) {
            for (index, byte) in bytes.prefix(room).enumerated() { block[offset + index] = byte }
        }
        func put(octal value: Int64, _ offset: Int, _ digits: Int) {
            let text = String(max(0, value), radix: 8)
            let fitting = text.utf8.count <= digits ? text : String(repeating: "7", count: digits)
            put((String(repeating: "0", count: digits - fitting.utf8.count) + fitting).utf8, offset, digits)
        }
        put(path, 0, 100)
        put(octal: kind == .extended ? 0o644 : Int64(mode), 100, 7)
        put(octal: Int64(metadata.ownership?.uid ?? 0), 108, 7)
        put(octal: Int64(metadata.ownership?.gid ?? 0), 116, 7)
        put(octal: size, 124, 11)
        put(octal: time.seconds, 136, 11)
        put([UInt8](repeating: 0x20, count: 8), 148, 8)
        block[156] = kind.rawValue
        put(metadata.symlinkTarget ?? [], 157, 100)
        put("ustar\u{0}00".utf8, 257, 8)
        put(metadata.ownerName, 265, 31)
        put(metadata.groupName, 297, 31)
        let sum = block.reduce(0) { $0 + Int64($1) }
        put(octal: sum, 148, 6)
        block[154] = 0
        block[155] = 0x20
        return block
    }
}
