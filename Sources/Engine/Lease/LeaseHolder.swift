public import Support

/// Who has, or had, the right to change a store.
public struct LeaseHolder: Sendable, Hashable, CustomStringConvertible {
    /// The object that says so.
    public var object: String
    /// The instance of the configuration, when there is one.
    public var instance: String
    /// The machine's name.
    public var host: String
    /// The process's number there.
    public var process: Int64
    /// What it does: `run home`.
    public var activity: String
    /// When it began.
    public var started: Timestamp
    /// When the lease ends unless it is renewed, by the holder's clock.
    public var expires: Timestamp
    /// Whether it may still be at work, as far as can be told from here.
    public var isLive: Bool

    /// Instance, process and times in one phrase.
    public var description: String {
        if host.isEmpty { return "somebody unknown (\(object) cannot be read)" }
        let name = instance.isEmpty ? "" : " of “\(instance)”"
        return "`\(activity)`\(name) on \(host), process \(process), since \(started); "
            + "its lease ends at \(expires) unless it is renewed"
    }
}
