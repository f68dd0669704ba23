/// Keys that belong to the user.
enum Extension {
    /// Whether a key and everything below it is left alone.
    static func isExtension(_ key: String) -> Bool { key.hasPrefix("x-") }
}
