public import Support

/// How fast something may be transferred.
public enum TransferRate: Sendable, Hashable, CustomStringConvertible {
    /// As fast as it goes.
    case unlimited
    /// Bytes a second; none at all when it is 0.
    case perSecond(ByteCount)

    /// Reads `20MiB/s`, `500KB/s`, `0` and `unlimited`.
    public init?(parsing text: String) {
        if text == "unlimited" {
            self = .unlimited
        } else if text == "0" {
            self = .perSecond(ByteCount(0))
        } else if text.hasSuffix("/s"), let size = Scalars.size(String(text.dropLast(2))) {
            self = .perSecond(size)
        } else {
            return nil
        }
    }

    /// The rate as people read it: `20 MiB/s`.
    public var description: String {
        switch self {
        case .unlimited: "unlimited"
        case .perSecond(let size): "\(size)/s"
        }
    }
}
