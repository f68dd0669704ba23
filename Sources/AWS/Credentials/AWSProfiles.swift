internal import Glibc
internal import Support

/// The profiles of `~/.aws/credentials` and `~/.aws/config`.
struct AWSProfiles {
    private var sections: [String: [String: String]] = [:]

    /// Reads the files that the environment names, or the usual ones; a missing file is an empty one.
    init(environment: [String: String]) throws(AWSError) {
        let home = environment["HOME"].map { "\($0)/.aws" }
        if let path = environment["AWS_CONFIG_FILE"] ?? home.map({ "\($0)/config" }) {
            for (name, values) in try Self.sections(of: path) {
                let profile = name.hasPrefix("profile ") ? String(name.dropFirst(8)) : name
                guard name == "default" || name.hasPrefix("profile ") else { continue }
                sections[profile.trimmed, default: [:]].merge(values) { $1 }
            }
        }
        if let path = environment["AWS_SHARED_CREDENTIALS_FILE"] ?? home.map({ "\($0)/credentials" }) {
            for (name, values) in try Self.sections(of: path) { sections[name, default: [:]].merge(values) { $1 } }
        }
    }

    /// The settings of a profile; nil when it stands nowhere.
    subscript(name: String) -> [String: String]? { sections[name] }

    private static let limit = 1 << 20

    private static func sections(of path: String) throws(AWSError) -> [(String, [String: String])] {
        let text: String
        do throws(SystemError) {
            text = String(
                decoding: try SmallFile.read(path, limit: limit), as: UTF8.self)
        } catch {
            if error.code == ENOENT || error.code == ENOTDIR { return [] }
            throw .unreadable(path, error.message)
        }
        return parse(text)
    }

    /// Sections in brackets, `name = value` below them, comments from `#` or `;` on; indented lines belong to the
    /// setting above and are none of ours.
    static func parse(_ text: String) -> [(String, [String: String])] {
        var sections: [(String, [String: String])] = []
        for line in text.split(whereSeparator: \.isNewline) {
            guard let first = line.first, first != "#", first != ";", !first.isWhitespace else { continue }
            if first == "[", let end = line.firstIndex(of: "]") {
                sections.append((String(line[line.index(after: line.startIndex)..<end]).trimmed, [:]))
            } else if let equals = line.firstIndex(of: "="), !sections.isEmpty {
                let value = String(line[line.index(after: equals)...])
                let comment = value.firstRange(of: " #") ?? value.firstRange(of: " ;")
                sections[sections.count - 1].1[String(line[..<equals]).trimmed.lowercased()] =
                    String(value[..<(comment?.lowerBound ?? value.endIndex)]).trimmed
            }
        }
        return sections
    }
}

extension String {
    fileprivate var trimmed: String {
        var text = self[...].drop { $0.isWhitespace }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
