internal import Cryptography
internal import Support
internal import XML

/// Logging in at an XMPP server by SASL.
struct XMPPLogin {
    /// The ways, the best first.
    private enum Mechanism: String, CaseIterable {
        case scram256 = "SCRAM-SHA-256"
        case scram1 = "SCRAM-SHA-1"
        /// Says the password itself.
        case plain = "PLAIN"
    }

    let user: String
    let password: Secret

    /// Logs in by the best way that the server offers; nothing is said that could be overheard.
    func perform(_ stream: XMPPStream, _ features: XMLElement) throws(XMPPFailure) {
        let offered = features.first("mechanisms")?.all("mechanism").map { $0.text.uppercased() } ?? []
        let known = Mechanism.allCases.filter { offered.contains($0.rawValue) }
        guard let mechanism = known.first(where: { $0 != .plain || stream.isEncrypted }) else {
            if known.contains(.plain) {
                throw .never(
                    "The XMPP server wants the password in clear over a connection that is not encrypted. "
                        + "Write `starttls: required`, or use a port with TLS.")
            }
            let list = offered.isEmpty ? "none" : offered.joined(separator: ", ")
            throw .never(
                "The XMPP server offers no way to log in that is known here (it offers: \(list)). "
                    + "Allow SCRAM-SHA-256 or SCRAM-SHA-1 there.")
        }
        switch mechanism {
        case .plain: try plain(stream)
        case .scram1: try scram(stream, mechanism, .sha1)
        case .scram256: try scram(stream, mechanism, .sha256)
        }
    }

    private func plain(_ stream: XMPPStream) throws(XMPPFailure) {
        let words = "\0\(SCRAMClient.prepared(user))\0\(SCRAMClient.prepared(password.reveal()))"
        try stream.send(Self.auth(.plain, words))
        let answer = try stream.next(["success", "failure", "challenge"])
        guard answer.name == "success" else { throw Self.failure(answer) }
    }

    private func scram(
        _ stream: XMPPStream, _ mechanism: Mechanism, _ algorithm: HashAlgorithm
    ) throws(XMPPFailure) {
        let nonce = Base64.encode(RandomBytes.make(18))
        var client = SCRAMClient(user: user, password: password, algorithm, nonce: nonce)
        try stream.send(Self.auth(mechanism, client.first))
        var answer = try stream.next(["challenge", "failure", "success"])
        guard answer.name == "challenge" else { throw Self.failure(answer) }
        let proof: String
        do throws(SCRAMClient.Refusal) {
            proof = try client.answer(Self.decoded(answer))
        } catch {
            throw .never("The XMPP server's challenge cannot be answered (\(error)). Check the server.")
        }
        try stream.send("<response xmlns='\(Self.namespace)'>\(Base64.encode(Array(proof.utf8)))</response>")
        answer = try stream.next(["challenge", "failure", "success"])
        var word = Self.decoded(answer)
        if answer.name == "challenge" {
            // Some send their proof before they say that all is well.
            try stream.send("<response xmlns='\(Self.namespace)'/>")
            answer = try stream.next(["failure", "success"])
            if answer.name == "success", !answer.text.isEmpty { word = Self.decoded(answer) }
        }
        guard answer.name == "success" else { throw Self.failure(answer) }
        guard client.isProven(by: word) else {
            throw .never("The XMPP server did not prove that it knows the password. Somebody may be in between.")
        }
    }

    private static let namespace = "urn:ietf:params:xml:ns:xmpp-sasl"

    private static func auth(_ mechanism: Mechanism, _ words: String) -> String {
        "<auth xmlns='\(namespace)' mechanism='\(mechanism.rawValue)'>\(Base64.encode(Array(words.utf8)))</auth>"
    }

    private static func decoded(_ element: XMLElement) -> String {
        Base64.decode(element.text).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    private static func failure(_ answer: XMLElement) -> XMPPFailure {
        let (condition, words) = XMPPStream.words(of: answer)
        if condition == "temporary-auth-failure" {
            return .later(
                "The XMPP server cannot check the password now (\(condition)). It is tried again.", answer: words)
        }
        return .never(
            "The XMPP server refused the log-in (\(condition)). Check `from` and the password.", answer: words)
    }
}
