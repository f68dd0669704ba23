internal import Glibc
internal import Support

/// The files `~/.aws/credentials` and `~/.aws/config`.
///
/// - SeeAlso: AWS SDKs and Tools Reference Guide, "Shared config and credentials files".
struct AWSProfiles {
    /// Names and values of a section; what is indented below a name has it in front, as in `s3.addressing_style`.
    typealias Section = [String: String]

    private var profiles: [String: Section] = [:]
    private var sessions: [String: Section] = [:]
    private var services: [String: Section] = [:]
    private let environment: [String: String]

    /// Reads the files that the environment names, or the usual ones; a missing file is an empty one.
    init(environment: [String: String]) throws(AWSError) {
        self.environment = environment
        let home = environment["HOME"].map { "\($0)/.aws" }
        if let path = environment["AWS_CONFIG_FILE"] ?? home.map({ "\($0)/config" }) {
            for (name, values) in try Self.sections(of: place(path)) {
                let words = name.split(maxSplits: 1, whereSeparator: \.isWhitespace)
                guard words.count == 2 else {
                    if name == "default" { profiles[name, default: [:]].merge(values) { $1 } }
                    continue
                }
                let rest = String(words[1]).trimmed.unquoted
                switch words[0] {
                case "profile": profiles[rest, default: [:]].merge(values) { $1 }
                case "sso-session": sessions[rest, default: [:]].merge(values) { $1 }
                case "services": services[rest, default: [:]].merge(values) { $1 }
                default: break
                }
            }
        }
        if let path = environment["AWS_SHARED_CREDENTIALS_FILE"] ?? home.map({ "\($0)/credentials" }) {
            for (name, values) in try Self.sections(of: place(path)) {
                profiles[name, default: [:]].merge(values) { $1 }
            }
        }
    }

    /// The settings of a profile; nil when it stands nowhere.
    subscript(name: String) -> Section? { profiles[name] }

    /// A section `[sso-session …]`.
    func session(_ name: String) -> Section? { sessions[name] }

    /// The address that a profile gives to a service, by its `services` or for all.
    func endpoint(_ service: String, profile: Section) -> String? {
        profile["services"].flatMap { services[$0] }?["\(service).endpoint_url"] ?? profile["endpoint_url"]
    }

    /// A path of a file, with `~` replaced.
    func place(_ path: String) -> String {
        guard path.hasPrefix("~/"), let home = environment["HOME"] else { return path }
        return home + path.dropFirst()
    }

    private static let limit = 1 << 20

    private static func sections(of path: String) throws(AWSError) -> [(String, Section)] {
        let text: String
        do throws(SystemError) {
            text = String(decoding: try SmallFile.read(path, limit: limit), as: UTF8.self)
        } catch {
            if error.code == ENOENT || error.code == ENOTDIR { return [] }
            throw .unreadable(path, error.message)
        }
        return parse(text)
    }

    /// Sections in brackets, `name = value` below them, comments from `#` or `;` on.
    ///
    /// Lines that are indented belong to the name above, when that has no value of its own.
    static func parse(_ text: String) -> [(String, Section)] {
        var sections: [(String, Section)] = []
        var parent: String?
        for line in text.split(whereSeparator: \.isNewline) {
            guard let first = line.first(where: { !$0.isWhitespace }), first != "#", first != ";" else { continue }
            let isIndented = line.first?.isWhitespace == true
            if first == "[", !isIndented, let end = line.firstIndex(of: "]") {
                sections.append((String(line[line.index(after: line.startIndex)..<end]).trimmed, [:]))
                parent = nil
            } else if let equals = line.firstIndex(of: "="), !sections.isEmpty {
                var value = String(line[line.index(after: equals)...])
                let comment = value.firstRange(of: " #") ?? value.firstRange(of: " ;")
                if let comment { value = String(value[..<comment.lowerBound]) }
                let name = String(line[..<equals]).trimmed.lowercased()
                value = value.trimmed
                if isIndented {
                    guard let parent else { continue }
                    sections[sections.count - 1].1["\(parent).\(name)"] = value
                } else {
                    parent = value.isEmpty ? name : nil
                    if !value.isEmpty { sections[sections.count - 1].1[name] = value }
                }
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

    fileprivate var unquoted: String {
        for quote in ["\"", "'"] where count > 1 && hasPrefix(quote) && hasSuffix(quote) {
            return String(dropFirst().dropLast())
        }
        return self
    }
}
