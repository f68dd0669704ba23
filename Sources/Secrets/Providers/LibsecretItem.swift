internal import Support

/// An item of the Secret Service (GNOME Keyring, KWallet), through `secret-tool`.
public struct LibsecretItem: Sendable, Hashable {
    /// The attributes that find the item.
    public let attributes: [String: String]

    /// The item with these attributes, of which there is at least one.
    public init(_ attributes: [String: String]) {
        self.attributes = attributes
    }
}

extension LibsecretItem: SecretProvider {
    var provenance: String { "libsecret \(words)" }

    private var words: String {
        attributes.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
    }

    func fetch(_ session: SecretSession) throws(SecretError) -> Secret {
        let call = ProgramCall(
            session: session, provider: "libsecret", place: words,
            arguments: ["secret-tool", "lookup"]
                + attributes.sorted { $0.key < $1.key }.flatMap { [$0.key, $0.value] },
            inherited: ["DBUS_SESSION_BUS_ADDRESS", "DISPLAY", "WAYLAND_DISPLAY"])
        do throws(SecretError) {
            return try call.secret()
        } catch {
            // Without a word, the tool means that there is no such item.
            guard case .provider(let failure) = error.reason, failure.cause == .failed(status: 1, "") else {
                throw error
            }
            throw session.failure(call.provider, call.place, .missing)
        }
    }
}
