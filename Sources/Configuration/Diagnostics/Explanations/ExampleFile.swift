/// A part of a configuration that shows something; what a complete file needs besides is added at its end.
public struct ExampleFile: Sendable, Hashable, ExpressibleByStringLiteral {
    /// The part, without a line break at its end.
    public let text: String
    /// How it is saved, when that is the point.
    public let remark: String?
    private let isLatin: Bool

    /// A part of a file, saved as UTF-8.
    public init(stringLiteral text: String) {
        self.init(text, remark: nil, isLatin: false)
    }

    private init(_ text: String, remark: String?, isLatin: Bool) {
        self.text = text
        self.remark = remark
        self.isLatin = isLatin
    }

    /// A part of a file that is saved as ISO 8859-1.
    static func latin(_ text: String) -> ExampleFile {
        ExampleFile(text, remark: "saved as ISO 8859-1", isLatin: true)
    }

    /// The bytes of a complete file.
    public var bytes: [UInt8] {
        var complete = "\(text)\n"
        for (key, section) in Self.sections where !isThere(key) { complete += section }
        return isLatin
            ? complete.unicodeScalars.map { UInt8(exactly: $0.value) ?? UInt8(ascii: "?") } : Array(complete.utf8)
    }

    /// What the program says to the complete file about a code: the first problem of that kind as it is printed.
    func answer(to code: String) -> String? {
        do throws(InvalidConfiguration) {
            let loaded = try ConfigurationLoader.load(
                utf8: bytes, file: "dunnage.yaml", folder: "/etc/dunnage", environment: [:])
            return loaded.diagnostics.first { $0.code.rawValue == code }?.render()
        } catch {
            return error.diagnostics.first { $0.code.rawValue == code }?.render()
        }
    }

    private static let sections = [
        ("version", "version: 1\n"),
        ("destinations", "destinations:\n  disk:\n    url: file:///mnt/backup/{job}\n"),
        (
            "jobs",
            "jobs:\n  photos:\n    sources: [{ path: /srv/photos }]\n    encryption: none\n    destinations: [disk]\n"
        ),
    ]

    /// Whether the part has the key at the top level; a second document has all it needs.
    private func isThere(_ key: String) -> Bool {
        "\n\(text)".contains("\n\(key):") || "\n\(text)".contains("\n---\n")
    }
}
