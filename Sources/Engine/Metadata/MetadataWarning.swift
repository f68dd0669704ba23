internal import Support

/// A part of an entry's metadata that could not be given back to it.
public struct MetadataWarning: Sendable, Hashable, CustomStringConvertible {
    /// Which part.
    public enum Kind: Sendable, Hashable {
        /// All of it: the entry cannot be looked at.
        case everything
        /// Owner or group, by their numbers on this machine.
        case ownership(user: UInt32, group: UInt32)
        /// An extended attribute, by its name.
        case extendedAttribute([UInt8])
        /// The permission bits.
        case permissions
        /// The time of the last change.
        case modified
    }

    /// Which part.
    public let kind: Kind
    /// The entry's path.
    public let path: [UInt8]
    /// The system's error number.
    public let code: Int32

    /// One sentence of cause and, where there is one, a remedy.
    public var description: String {
        let path = String(decoding: path, as: UTF8.self)
        let reason = SystemError("", code: code).message
        return switch kind {
        case .everything:
            "The metadata of \(path) cannot be restored: \(reason)."
        case .ownership(let user, let group):
            "The owner \(user):\(group) of \(path) cannot be restored: \(reason). "
                + "Restore as root, or without ownership; further such cases are only counted."
        case .extendedAttribute(let name):
            "The extended attribute \(String(decoding: name, as: UTF8.self)) of \(path) cannot be restored: \(reason)."
        case .permissions:
            "The permissions of \(path) cannot be restored: \(reason)."
        case .modified:
            "The modification time of \(path) cannot be restored: \(reason)."
        }
    }
}
