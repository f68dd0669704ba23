internal import JSON

/// The attributes of a file as .NET names them.
public struct FileAttributes: OptionSet, Sendable, Hashable {
    /// The bits, as in .NET's enumeration.
    public let rawValue: UInt32

    /// Creates a set from .NET's bits.
    public init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// May be read but not written by the reader.
    public static let readOnly = FileAttributes(rawValue: 1)

    /// Its name starts with a dot.
    public static let hidden = FileAttributes(rawValue: 2)

    /// A folder, or a link to one.
    public static let directory = FileAttributes(rawValue: 16)

    /// None of the others.
    public static let normal = FileAttributes(rawValue: 128)

    /// A symbolic link.
    public static let reparsePoint = FileAttributes(rawValue: 1024)

    private static let names: [(StaticString, UInt32)] = [
        ("ReadOnly", 1), ("Hidden", 2), ("System", 4), ("Directory", 16), ("Archive", 32), ("Device", 64),
        ("Normal", 128), ("Temporary", 256), ("SparseFile", 512), ("ReparsePoint", 1024), ("Compressed", 2048),
        ("Offline", 4096), ("NotContentIndexed", 8192), ("Encrypted", 16384), ("IntegrityStream", 32768),
        ("NoScrubData", 131_072),
    ]

    /// Who looks at files: .NET judges "read only" by the mode bits that apply to the effective user.
    public struct Viewer: Sendable, Hashable {
        /// The effective user.
        public var uid: UInt32

        /// The effective group and the supplementary ones.
        public var groups: Set<UInt32>

        /// Creates a viewer.
        public init(uid: UInt32, groups: Set<UInt32>) {
            self.uid = uid
            self.groups = groups
        }
    }

    /// The attributes that .NET reports for a file on Linux.
    ///
    /// - Parameters:
    ///   - kind: what the entry is.
    ///   - leadsToFolder: for a link, whether its target is a folder.
    ///   - isHidden: whether the name starts with a dot.
    ///   - mode: the permission bits of the entry itself.
    ///   - uid: its owner.
    ///   - gid: its group.
    ///   - viewer: who looks; the mode bits count even for root.
    /// - Returns: at least one attribute.
    public static func linux(
        kind: FileEntry.Kind, leadsToFolder: Bool, isHidden: Bool, mode: UInt32, uid: UInt32, gid: UInt32,
        viewer: Viewer
    ) -> FileAttributes {
        var attributes: FileAttributes = []
        let shift: UInt32 = uid == viewer.uid ? 6 : viewer.groups.contains(gid) ? 3 : 0
        let access = mode >> shift
        if access & 4 != 0, access & 2 == 0 { attributes.insert(.readOnly) }
        if isHidden { attributes.insert(.hidden) }
        if kind == .folder || leadsToFolder { attributes.insert(.directory) }
        if kind == .symlink { attributes.insert(.reparsePoint) }
        return attributes.isEmpty ? .normal : attributes
    }

    /// Appends the names in ascending order of the bits, joined by a comma and a blank.
    func appendNames(to output: inout [UInt8]) {
        switch rawValue {
        case 128: JSONWriter.append("Normal", to: &output)
        case 16: JSONWriter.append("Directory", to: &output)
        default:
            var isFirst = true
            for (name, bit) in Self.names where rawValue & bit != 0 {
                if !isFirst { JSONWriter.append(", ", to: &output) }
                isFirst = false
                JSONWriter.append(name, to: &output)
            }
            // .NET writes a set without names as its number.
            if isFirst { JSONWriter.appendInteger(Int64(rawValue), to: &output) }
        }
    }

    /// Reads names joined by commas, or a number; nil when a name is unknown.
    init?(names text: String) {
        if let number = UInt32(text) {
            self.init(rawValue: number)
            return
        }
        var bits: UInt32 = 0
        for part in text.split(separator: ",") {
            let name = part.drop { $0 == " " }
            guard let bit = Self.names.first(where: { "\($0.0)" == name })?.1 else { return nil }
            bits |= bit
        }
        guard bits != 0 else { return nil }
        self.init(rawValue: bits)
    }
}
