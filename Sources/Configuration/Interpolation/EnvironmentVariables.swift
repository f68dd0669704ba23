internal import Support
internal import Synchronization

/// The variables of the process, each of which may stand in a file instead: `NAME_FILE` names the file with the value
/// of `NAME`, as in many container images.
final class EnvironmentVariables: Sendable {
    /// What is known of a variable.
    enum Value: Sendable, Equatable {
        /// Neither it nor its counterpart is set.
        case unset
        /// Its value; that of a file is without one newline at its end.
        case text(String)
        /// It and its counterpart are both set.
        case twice
        /// Its counterpart names a file that cannot be used, for the given reason.
        case unusable(path: String, reason: String)
    }

    /// Enough for any value; more is a wrong path.
    static let limit = 64 << 10
    /// What the name of a counterpart ends with.
    static let suffix = "_FILE"

    let all: [String: String]
    private let files = Mutex<[String: Value]>([:])

    init(_ all: [String: String]) {
        self.all = all
    }

    /// The variable that names the file with the value, when it is set.
    func counterpart(of name: String) -> String? {
        let other = name + Self.suffix
        return all[other]?.isEmpty == false ? other : nil
    }

    /// Whether a variable and its counterpart are both set; looks into no file.
    func isSetTwice(_ name: String) -> Bool { all[name] != nil && counterpart(of: name) != nil }

    /// The value of a variable; a file is read once.
    subscript(name: String) -> Value {
        guard let path = counterpart(of: name).flatMap({ all[$0] }) else {
            return all[name].map { .text($0) } ?? .unset
        }
        guard all[name] == nil else { return .twice }
        return files.withLock { known in
            if let value = known[path] { return value }
            let value = Self.read(path)
            known[path] = value
            return value
        }
    }

    private static func read(_ path: String) -> Value {
        let bytes: [UInt8]
        do throws(SystemError) {
            bytes = try ConfigurationFile.read(path, limit: limit)
        } catch {
            return .unusable(path: path, reason: error.message)
        }
        guard bytes.count <= limit else {
            return .unusable(path: path, reason: "it is larger than \(ByteCount(Int64(limit)))")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            return .unusable(path: path, reason: "it is not UTF-8 text")
        }
        // In Swift `\r\n` is one character, so both kinds of line end go.
        return .text(text.last?.isNewline == true ? String(text.dropLast()) : text)
    }
}

extension EnvironmentVariables {
    /// Why a variable that is set cannot be used.
    func problem(with name: String) -> (code: DiagnosticCode, message: String, help: [String])? {
        let counterpart = name + Self.suffix
        switch self[name] {
        case .unset, .text: return nil
        case .twice:
            return (.variableTwice, "`\(name)` and `\(counterpart)` are both set", ["unset one of them"])
        case .unusable(let path, let reason):
            return (
                .variableFile, "the file of `\(counterpart)` cannot be read: \(reason)",
                ["\(counterpart) names \(path)"]
            )
        }
    }
}
