internal import Support

/// An entry of `pass`, the password store that GnuPG encrypts.
public struct PassEntry: Sendable, Hashable {
    /// What of an entry is the secret.
    public enum Part: Sendable, Hashable {
        /// The first line, which is the password by convention.
        case firstLine
        /// What stands behind `KEY:` in a further line.
        case field(String)
        /// All of it, without white space around it.
        case whole
    }

    /// The entry's name, such as `backup/passphrase`.
    public let entry: String
    /// What of it is the secret.
    public let part: Part
    /// The folder of the store; nil for `PASSWORD_STORE_DIR` or `~/.password-store`.
    public let store: String?
    /// The program.
    public let program: String

    /// An entry of a store.
    public init(_ entry: String, part: Part = .firstLine, store: String? = nil, program: String = "pass") {
        self.entry = entry
        self.part = part
        self.store = store
        self.program = program
    }
}

extension PassEntry: SecretProvider {
    var provenance: String {
        if case .field(let field) = part { "pass entry \(entry), field \(field)" } else { "pass entry \(entry)" }
    }

    func fetch(_ session: SecretSession) throws(SecretError) -> Secret {
        var environment: [String: String] = [:]
        if let store { environment["PASSWORD_STORE_DIR"] = store }
        let call = ProgramCall(
            session: session, provider: "pass", place: "entry \(entry)",
            arguments: [program, "show", "--", entry],
            inherited: ["GNUPGHOME", "GPG_TTY", "DISPLAY", "WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS"],
            inheritedPrefixes: ["PASSWORD_STORE_"], environment: environment)
        var output = try call.run()
        defer { output.withUnsafeMutableBytes { if let base = $0.baseAddress { wipe(base, $0.count) } } }
        let lines = output.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        switch part {
        case .whole:
            let isText: (UInt8) -> Bool = { $0 > 0x20 }
            let start = output.firstIndex(where: isText) ?? output.endIndex
            var text = Array(output[start..<max(start, (output.lastIndex(where: isText) ?? -1) + 1)])
            return try session.value(&text, call.provider, call.place)
        case .firstLine:
            var line = Array(lines.first ?? [])
            return try session.value(&line, call.provider, call.place)
        case .field(let field):
            let prefix = Array("\(field):".utf8)
            guard let line = lines.dropFirst().first(where: { $0.starts(with: prefix) }) else {
                throw call.session.failure(call.provider, call.place, .keyMissing(field, similar: nil))
            }
            var value = Array(line.dropFirst(prefix.count).drop { $0 == UInt8(ascii: " ") })
            return try session.value(&value, call.provider, call.place)
        }
    }
}
