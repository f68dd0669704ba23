internal import Cryptography
public import Support

/// The name of an object of a store: `duplicati-20261121T031826Z.dlist.zip.aes`.
public struct ObjectName: Sendable, Hashable, CustomStringConvertible {
    /// What an object holds.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// Blocks of content.
        case dblock

        /// The list of blocks of a dblock.
        case dindex

        /// The files of one version.
        case dlist
    }

    /// The prefix that a store has unless told otherwise.
    public static let defaultPrefix = "duplicati"

    /// What the object holds.
    public let kind: Kind

    /// The store's prefix, without a hyphen.
    public let prefix: String

    /// The hexadecimal identifier of a dblock or dindex, as written; empty for a dlist.
    public let id: String

    /// The version's time, whole seconds; nil for anything but a dlist.
    public let time: Timestamp?

    /// The archive format, `zip` but for experimental stores.
    public let compression: String

    /// How the object is encrypted.
    public let encryption: Encryption

    /// The whole name.
    public let text: String

    /// The whole name.
    public var description: String { text }

    /// A new name for a data volume.
    public static func dblock(prefix: String = defaultPrefix, encryption: Encryption) -> ObjectName {
        ObjectName(.dblock, prefix: prefix, encryption: encryption)
    }

    /// A new name for an index volume.
    public static func dindex(prefix: String = defaultPrefix, encryption: Encryption) -> ObjectName {
        ObjectName(.dindex, prefix: prefix, encryption: encryption)
    }

    /// The name of the version of a time; the fraction of the second is dropped.
    public static func dlist(
        prefix: String = defaultPrefix, time: Timestamp, encryption: Encryption
    ) -> ObjectName {
        let time = Timestamp(seconds: time.seconds)
        return ObjectName(
            .dlist, prefix: prefix, id: "", time: time, compression: "zip", encryption: encryption,
            stem: "\(prefix)-\(time.compact)")
    }

    private init(_ kind: Kind, prefix: String, encryption: Encryption) {
        let id = Hex.encode(RandomBytes.make(16))
        self.init(
            kind, prefix: prefix, id: id, time: nil, compression: "zip", encryption: encryption,
            stem: "\(prefix)-\(kind == .dblock ? "b" : "i")\(id)")
    }

    private init(
        _ kind: Kind, prefix: String, id: String, time: Timestamp?, compression: String, encryption: Encryption,
        stem: String
    ) {
        self.kind = kind
        self.prefix = prefix
        self.id = id
        self.time = time
        self.compression = compression
        self.encryption = encryption
        let suffix = encryption == .none ? "" : ".\(encryption.rawValue)"
        text = "\(stem).\(kind.rawValue).\(compression)\(suffix)"
    }

    /// Whether a text may be a store's prefix: not empty, no hyphen, no slash.
    public static func isValidPrefix(_ text: String) -> Bool {
        !text.isEmpty && !text.utf8.contains { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "/") }
    }

    /// Reads a name; nil when it is not the name of an object of the store.
    ///
    /// The kind comes from the extension and not from the letter before the identifier, as Duplicati reads it.
    /// Names of parity files are not accepted here. A nil `expected` prefix accepts any.
    public init?(parsing text: String, prefix expected: String? = nil) {
        let bytes = Array(text.utf8)
        guard let hyphen = bytes.firstIndex(of: UInt8(ascii: "-")), hyphen > 0 else { return nil }
        let prefix = String(decoding: bytes[..<hyphen], as: UTF8.self)
        guard expected == nil || expected == prefix else { return nil }
        guard let dot = bytes[hyphen...].firstIndex(of: UInt8(ascii: ".")) else { return nil }
        let stem = bytes[(hyphen + 1)..<dot]
        let parts = bytes[(dot + 1)...].split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 2 || parts.count == 3, !parts[1].isEmpty,
            let kind = Kind(rawValue: String(decoding: parts[0], as: UTF8.self))
        else { return nil }
        var encryption = Encryption.none
        if parts.count == 3 {
            guard let named = Encryption(rawValue: String(decoding: parts[2], as: UTF8.self)), named != .none else {
                return nil
            }
            encryption = named
        }
        if kind == .dlist {
            guard let time = Timestamp(compact: stem) else { return nil }
            self.time = time
            id = ""
        } else {
            guard let letter = stem.first, Self.isKindLetter(letter), stem.count > 1,
                stem.dropFirst().allSatisfy(Self.isHexadecimal)
            else { return nil }
            time = nil
            id = String(decoding: stem.dropFirst(), as: UTF8.self)
        }
        self.kind = kind
        self.prefix = prefix
        self.encryption = encryption
        compression = String(decoding: parts[1], as: UTF8.self)
        self.text = text
    }

    private static func isKindLetter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "b"), UInt8(ascii: "i"), UInt8(ascii: "B"), UInt8(ascii: "I"), UInt8(ascii: "|"): true
        default: false
        }
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x46, 0x61...0x66: true
        default: false
        }
    }
}

extension ObjectName: Comparable {
    /// Orders by the whole name, byte by byte.
    public static func < (left: ObjectName, right: ObjectName) -> Bool {
        left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
    }
}
