internal import Cryptography
internal import Foundation
internal import Support

/// One log-in by SCRAM: the password is proven without being said, and the server proves that it knows it too.
struct SCRAMClient {
    /// Why a server's challenge is not answered.
    enum Refusal: Error, Hashable {
        /// It is not what SCRAM says.
        case malformed
        /// It is for somebody else, or an old one.
        case foreign
        /// It asks for so much work that nobody would come to an end, or for none.
        case rounds(Int)
    }

    private let algorithm: HashAlgorithm
    private let password: [UInt8]
    private let nonce: String
    private let bare: String
    private var expected: [UInt8]?

    /// The most rounds that are worked; servers ask for some ten thousand.
    private static let maximumRounds = 10_000_000
    /// No channel is bound: `n,,` in base64 is what is said of that at the end.
    private static let header = "n,,"

    /// - Parameters:
    ///   - user: who logs in.
    ///   - password: with which password.
    ///   - algorithm: the hash of the mechanism's name.
    ///   - nonce: printable characters without a comma that were never used before.
    init(user: String, password: Secret, _ algorithm: HashAlgorithm, nonce: String) {
        self.algorithm = algorithm
        self.password = Array(Self.prepared(password.reveal()).utf8)
        self.nonce = nonce
        let name = Self.prepared(user).replacing("=", with: "=3D").replacing(",", with: "=2C")
        bare = "n=\(name),r=\(nonce)"
    }

    /// What is said first.
    var first: String { Self.header + bare }

    /// Answers the server's challenge.
    mutating func answer(_ challenge: String) throws(Refusal) -> String {
        let fields = Self.fields(of: challenge)
        guard let both = fields["r"], let salt = fields["s"].flatMap({ Base64.decode($0) }),
            let rounds = fields["i"].flatMap({ Int($0) }), fields["m"] == nil
        else { throw .malformed }
        guard both.hasPrefix(nonce), both.utf8.count > nonce.utf8.count else { throw .foreign }
        guard (1...Self.maximumRounds).contains(rounds) else { throw .rounds(rounds) }
        let last = "c=\(Base64.encode(Array(Self.header.utf8))),r=\(both)"
        let whole = Array("\(bare),\(challenge),\(last)".utf8)
        let salted = PasswordKeys.derive(password, salt: salt, rounds: rounds, algorithm)
        let clientKey = PasswordKeys.code(of: Array("Client Key".utf8), key: salted, algorithm)
        let storedKey = HashContext(algorithm).hash(clientKey).bytes
        let signature = PasswordKeys.code(of: whole, key: storedKey, algorithm)
        let proof = zip(clientKey, signature).map { $0 ^ $1 }
        let serverKey = PasswordKeys.code(of: Array("Server Key".utf8), key: salted, algorithm)
        expected = PasswordKeys.code(of: whole, key: serverKey, algorithm)
        return "\(last),p=\(Base64.encode(proof))"
    }

    /// Whether the server's last word proves that it knows the password.
    func isProven(by word: String) -> Bool {
        guard let expected, let proof = Self.fields(of: word)["v"].flatMap({ Base64.decode($0) }) else { return false }
        return proof == expected
    }

    private static func fields(of text: String) -> [String: String] {
        var fields: [String: String] = [:]
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let equals = part.firstIndex(of: "="), fields[String(part[..<equals])] == nil else { continue }
            fields[String(part[..<equals])] = String(part[part.index(after: equals)...])
        }
        return fields
    }

    /// Names and passwords as both sides have to write them: one form for what looks the same (SASLprep's mapping).
    static func prepared(_ text: String) -> String {
        guard !text.utf8.allSatisfy({ $0 < 0x80 }) else { return text }
        let kept = text.unicodeScalars.filter { !["\u{00AD}", "\u{200B}", "\u{2060}", "\u{FEFF}"].contains($0) }
        let spaced = kept.map { $0.properties.generalCategory == .spaceSeparator ? " " : $0 }
        return String(String.UnicodeScalarView(spaced)).precomposedStringWithCompatibilityMapping
    }
}
