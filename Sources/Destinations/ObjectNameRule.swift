/// The rule for object names that every destination shares.
enum ObjectNameRule {
    /// Says what is wrong with a name, or nil when every destination can store it.
    static func objection(to name: String) -> String? {
        if name.isEmpty { return "the name is empty" }
        if name == "." || name == ".." { return "'\(name)' is not a name" }
        if name.utf8.contains(0) { return "the name contains a NUL" }
        if name.utf8.contains(UInt8(ascii: "/")) { return "the name contains a '/'" }
        if name.utf8.count > 255 { return "the name is longer than 255 bytes" }
        return nil
    }
}
