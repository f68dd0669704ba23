internal import JSON
internal import Support

/// The form of metadata in the store: a byte order mark and one JSON object of strings.
///
/// The bytes are Duplicati's own on Linux, key by key: it compares metadata by the blob's hash, and another order or
/// escape would make it store all metadata anew.
public enum MetadataBlob {
    /// The blob without any key, stored when metadata is left out.
    public static let empty: [UInt8] = [0xEF, 0xBB, 0xBF, 0x7B, 0x7D]

    /// The start of the keys that hold extended attributes.
    private static let attributePrefix = "unix-ext:"

    /// The blob of an entry.
    public static func encode(_ metadata: Metadata) -> [UInt8] {
        var output: [UInt8] = []
        append(metadata, to: &output)
        return output
    }

    /// Appends the blob of an entry.
    public static func append(_ metadata: Metadata, to output: inout [UInt8]) {
        JSONWriter.append("\u{FEFF}{", to: &output)
        let start = output.count
        for attribute in metadata.extendedAttributes where !attribute.value.isEmpty {
            appendExtended(attribute, to: &output)
        }
        if let ownership = metadata.ownership {
            JSONWriter.append("\"unix:uid-gid-perm\":\"", to: &output)
            JSONWriter.appendInteger(Int64(ownership.uid), to: &output)
            output.append(UInt8(ascii: "-"))
            JSONWriter.appendInteger(Int64(ownership.gid), to: &output)
            output.append(UInt8(ascii: "-"))
            JSONWriter.appendInteger(Int64(ownership.permissions), to: &output)
            JSONWriter.append("\",", to: &output)
        }
        if !metadata.ownerName.isEmpty {
            JSONWriter.append("\"unix:owner-name\":", to: &output)
            appendText(metadata.ownerName, to: &output)
        }
        if !metadata.groupName.isEmpty {
            JSONWriter.append("\"unix:group-name\":", to: &output)
            appendText(metadata.groupName, to: &output)
        }
        if let attributes = metadata.attributes {
            JSONWriter.append("\"CoreAttributes\":\"", to: &output)
            attributes.appendNames(to: &output)
            JSONWriter.append("\",", to: &output)
        }
        if let ticks = metadata.modificationTicks {
            JSONWriter.append("\"CoreLastWritetime\":\"", to: &output)
            JSONWriter.appendInteger(ticks, to: &output)
            JSONWriter.append("\",", to: &output)
        }
        if let ticks = metadata.creationTicks {
            JSONWriter.append("\"CoreCreatetime\":\"", to: &output)
            JSONWriter.appendInteger(ticks, to: &output)
            JSONWriter.append("\",", to: &output)
        }
        for key in metadata.otherKeys {
            JSONWriter.appendString(key.name, to: &output)
            output.append(UInt8(ascii: ":"))
            JSONWriter.appendString(key.value, to: &output)
            output.append(UInt8(ascii: ","))
        }
        if let target = metadata.symlinkTarget {
            JSONWriter.append("\"CoreSymlinkTarget\":", to: &output)
            appendText(target, to: &output)
        }
        // Every key above ends with a comma.
        if output.count > start { output.removeLast() }
        output.append(UInt8(ascii: "}"))
    }

    private static func appendExtended(_ attribute: Metadata.ExtendedAttribute, to output: inout [UInt8]) {
        JSONWriter.append("\"unix-ext:", to: &output)
        attribute.name.withUnsafeBytes { JSONWriter.appendEscaped($0, to: &output) }
        JSONWriter.append("\":\"", to: &output)
        attribute.value.withUnsafeBytes { Base64.append($0, to: &output) }
        JSONWriter.append("\",", to: &output)
    }

    private static func appendText(_ text: [UInt8], to output: inout [UInt8]) {
        JSONWriter.appendString(text, to: &output)
        output.append(UInt8(ascii: ","))
    }

    /// Reads a blob, with or without byte order mark, of any platform.
    ///
    /// A value that is malformed is kept as an unknown key, so that one odd attribute does not hide the rest.
    /// `object` names what the blob belongs to, for messages.
    public static func decode(_ bytes: [UInt8], object: String = "metadata") throws(StoreFormatError) -> Metadata {
        let document: JSONValue
        do {
            document = try JSONValue(parsing: bytes)
        } catch {
            throw StoreFormatError(.damaged, object: object, detail: "\(error)")
        }
        guard let members = document.object else {
            throw StoreFormatError(.damaged, object: object, detail: "it is no JSON object")
        }
        var metadata = Metadata()
        for member in members {
            let text = member.value.string ?? (member.value == .null ? "" : "\(member.value)")
            if !set(member.name, text, in: &metadata) {
                metadata.otherKeys.append(Metadata.OtherKey(name: member.name, value: text))
            }
        }
        return metadata
    }

    private static func set(_ key: String, _ text: String, in metadata: inout Metadata) -> Bool {
        switch key {
        case "unix:uid-gid-perm":
            guard let ownership = ownership(text) else { return false }
            metadata.ownership = ownership
        case "unix:owner-name": metadata.ownerName = Array(text.utf8)
        case "unix:group-name": metadata.groupName = Array(text.utf8)
        case "CoreAttributes":
            guard let attributes = FileAttributes(names: text) else { return false }
            metadata.attributes = attributes
        case "CoreLastWritetime":
            guard let ticks = Int64(text) else { return false }
            metadata.modificationTicks = ticks
        case "CoreCreatetime":
            guard let ticks = Int64(text) else { return false }
            metadata.creationTicks = ticks
        case "CoreSymlinkTarget": metadata.symlinkTarget = Array(text.utf8)
        default:
            guard key.hasPrefix(attributePrefix), let value = Base64.decode(text) else { return false }
            let name = Array(key.utf8.dropFirst(attributePrefix.utf8.count))
            metadata.extendedAttributes.append(Metadata.ExtendedAttribute(name: name, value: value))
        }
        return true
    }

    private static func ownership(_ text: String) -> Metadata.Ownership? {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, let uid = UInt32(parts[0]), let gid = UInt32(parts[1]), let mode = UInt32(parts[2])
        else { return nil }
        return Metadata.Ownership(uid: uid, gid: gid, mode: mode)
    }
}
