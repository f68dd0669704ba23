/// The sources of a walk, cleaned up: absolute, without `.` and `..`, each once, and told apart by whether one
/// lies below another.
struct SourceRoots: Sendable {
    /// Sources that no other source contains.
    private(set) var outer: [[UInt8]] = []
    /// Sources below another one, in order.
    ///
    /// The walk meets them on its way, unless a rule keeps it from there.
    private(set) var nested: [[UInt8]] = []
    /// What is no absolute path.
    private(set) var relative: [[UInt8]] = []

    init(_ paths: [[UInt8]]) {
        var clean: Set<[UInt8]> = []
        for path in paths {
            if let path = Self.normalized(path) { clean.insert(path) } else { relative.append(path) }
        }
        for path in clean.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
            if clean.contains(where: { Self.contains($0, path) }) { nested.append(path) } else { outer.append(path) }
        }
    }

    /// The path without needless slashes, `.` and `..`, and without a slash at its end; `nil` for a relative path.
    static func normalized(_ path: [UInt8]) -> [UInt8]? {
        guard path.first == UInt8(ascii: "/") else { return nil }
        var parts: [ArraySlice<UInt8>] = []
        for part in path.split(separator: UInt8(ascii: "/")) {
            if part.elementsEqual(".".utf8) { continue }
            if part.elementsEqual("..".utf8) { _ = parts.popLast() } else { parts.append(part) }
        }
        let slash = [UInt8(ascii: "/")]
        return parts.isEmpty ? slash : slash + Array(parts.joined(separator: slash))
    }

    private static func contains(_ folder: [UInt8], _ path: [UInt8]) -> Bool {
        guard folder.count < path.count, path.starts(with: folder) else { return false }
        return folder.count == 1 || path[folder.count] == UInt8(ascii: "/")
    }
}
