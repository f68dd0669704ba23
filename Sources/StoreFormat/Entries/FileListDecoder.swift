internal import Cryptography
internal import JSON
internal import Support

/// The state of reading a file list between two chunks.
struct FileListDecoder: ~Copyable {
    /// The members that are read.
    private enum Member {
        case type
        case path
        case hash
        case size
        case time
        case metaHash
        case metaSize
        case metaBlocklists
        case metaBlockHash
        case blocklists
        case blockHash
        case blockSize
        case other
    }

    private let object: String
    private var parser = JSONPullParser()
    private var summary = FileListReader.Summary()

    private var entry = FileEntry(kind: .file, path: [])
    private var hasSize = false
    private var unusable: String?
    private var member = Member.other
    private var skipDepth: Int?
    private var lastTime: (text: [UInt8], value: Timestamp)?

    init(object: String) {
        self.object = object
    }

    /// Takes the next chunk and hands out the entries that it completes.
    mutating func consume(_ bytes: UnsafeRawBufferPointer, deliver: (FileEntry) throws -> Void) throws {
        parser.feed(bytes)
        try drain(deliver)
    }

    /// Ends the list.
    mutating func finish(deliver: (FileEntry) throws -> Void) throws -> FileListReader.Summary {
        parser.finish()
        try drain(deliver)
        return summary
    }

    private mutating func drain(_ deliver: (FileEntry) throws -> Void) throws {
        while let token = try nextToken() {
            if let depth = skipDepth {
                if parser.depth <= depth { skipDepth = nil }
                continue
            }
            switch parser.depth {
            case 0: try topLevel(token)
            case 1: try element(token, deliver)
            case 2: try value(token)
            default: try nested(token)
            }
        }
    }

    private mutating func nextToken() throws(StoreFormatError) -> JSONToken? {
        do {
            return try parser.next()
        } catch {
            throw damaged("\(error)")
        }
    }

    private func damaged(_ detail: String) -> StoreFormatError {
        StoreFormatError(.damaged, object: object, detail: "its file list is not readable: \(detail)")
    }

    private func topLevel(_ token: JSONToken) throws {
        guard token == .arrayEnd else { throw damaged("it is no list") }
    }

    private mutating func element(_ token: JSONToken, _ deliver: (FileEntry) throws -> Void) throws {
        switch token {
        case .arrayStart: break
        case .objectEnd: try endEntry(deliver)
        default: throw damaged("an element is no object, near byte \(parser.offset)")
        }
    }

    private mutating func value(_ token: JSONToken) throws {
        switch token {
        case .objectStart: startEntry()
        case .key: member = parser.withText { Self.member(UnsafeRawBufferPointer($0)) }
        case .string: try string()
        case .number: number()
        case .arrayEnd, .null, .bool, .objectEnd: break
        case .arrayStart: throw damaged("an element is no object, near byte \(parser.offset)")
        }
    }

    private mutating func nested(_ token: JSONToken) throws {
        switch token {
        case .arrayStart where member == .blocklists || member == .metaBlocklists: break
        case .string where member == .blocklists: entry.blocklists.append(try digest())
        case .string where member == .metaBlocklists: entry.metaBlocklists.append(try digest())
        default: skipDepth = 2
        }
    }

    private mutating func startEntry() {
        entry.reset()
        hasSize = false
        unusable = "it has no type"
    }

    private mutating func string() throws {
        switch member {
        case .type: setType()
        case .path: parser.appendText(to: &entry.path)
        case .hash: entry.hash = try digest()
        case .metaHash: entry.metaHash = try digest()
        case .metaBlockHash: entry.metaBlockHash = try digest()
        case .blockHash: entry.blockHash = try digest()
        case .time: entry.time = time()
        default: break
        }
    }

    private mutating func number() {
        switch member {
        case .size:
            entry.size = parser.integer ?? -1
            hasSize = entry.size >= 0
        case .metaSize:
            entry.metaSize = parser.integer.flatMap { Int(exactly: $0) } ?? 0
        case .blockSize:
            entry.blockSize = parser.integer.flatMap { Int(exactly: $0) }
        default: break
        }
    }

    private mutating func setType() {
        func matches(_ name: StaticString) -> Bool {
            parser.withText { text in
                text.count == name.utf8CodeUnitCount
                    && zip(text, UnsafeBufferPointer(start: name.utf8Start, count: text.count))
                        .allSatisfy { $0 | 0x20 == $1 }
            }
        }
        unusable = nil
        if matches("file") {
            entry.kind = .file
        } else if matches("folder") {
            entry.kind = .folder
        } else if matches("symlink") {
            entry.kind = .symlink
        } else if matches("alternatestream") {
            unusable = "alternate data streams are not restored"
        } else {
            unusable = "its type '\(parser.text)' is unknown"
        }
    }

    private func digest() throws(StoreFormatError) -> Digest {
        let digest = parser.withText { Digest(base64: UnsafeRawBufferPointer($0)) }
        guard let digest else { throw damaged("'\(parser.text)' is no hash, near byte \(parser.offset)") }
        return digest
    }

    /// Many files share a time: unpacked trees, checkouts.
    private mutating func time() -> Timestamp? {
        if let lastTime, parser.withText({ lastTime.text.elementsEqual($0) }) { return lastTime.value }
        let text = parser.withText { Array($0) }
        guard let value = Timestamp(compact: text) else { return nil }
        lastTime = (text, value)
        return value
    }

    private mutating func endEntry(_ deliver: (FileEntry) throws -> Void) throws {
        if unusable == nil {
            if entry.path.isEmpty {
                unusable = "it has no path"
            } else if entry.kind == .file, entry.hash == nil || !hasSize {
                unusable = "it has no content hash or size"
            }
        }
        if let unusable {
            summary.skippedCount += 1
            if summary.skipped.count < 100 {
                let path = String(decoding: entry.path, as: UTF8.self)
                summary.skipped.append(FileListReader.Skipped(path: path, reason: unusable))
            }
            return
        }
        summary.entries += 1
        try deliver(entry)
    }

    /// Finds a member by its length first: no two of one length start alike.
    private static func member(_ name: UnsafeRawBufferPointer) -> Member {
        func matches(_ text: StaticString) -> Bool {
            UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount).elementsEqual(name)
        }
        switch name.count {
        case 4:
            switch name[0] {
            case UInt8(ascii: "p"): return matches("path") ? .path : .other
            case UInt8(ascii: "h"): return matches("hash") ? .hash : .other
            case UInt8(ascii: "s"): return matches("size") ? .size : .other
            default: return matches("type") ? .type : matches("time") ? .time : .other
            }
        case 8: return matches("metahash") ? .metaHash : matches("metasize") ? .metaSize : .other
        case 9: return matches("blockhash") ? .blockHash : matches("blocksize") ? .blockSize : .other
        case 10: return matches("blocklists") ? .blocklists : .other
        case 13: return matches("metablockhash") ? .metaBlockHash : .other
        case 14: return matches("metablocklists") ? .metaBlocklists : .other
        default: return .other
        }
    }
}
