internal import Glibc
internal import Programs
internal import Support

/// A program that a provider runs, and what its failures mean.
struct ProgramCall {
    let session: SecretSession
    /// The provider, as people call it.
    let provider: String
    /// Where the value is, for errors.
    let place: String
    let arguments: [String]
    var timeout = Duration.seconds(30)
    /// The variables of our environment that the program gets, beside those that every program gets.
    var inherited: [String] = []
    /// The beginnings of names of further variables that it gets.
    var inheritedPrefixes: [String] = []
    /// What else it has in its environment.
    var environment: [String: String] = [:]

    private static let usual = ["HOME", "USER", "LOGNAME", "LANG", "TMPDIR", "XDG_RUNTIME_DIR"]

    /// The output without one newline at its end.
    func secret() throws(SecretError) -> Secret {
        var output = try run()
        return try session.value(&output, provider, place)
    }

    /// The output, for the caller to wipe.
    func run() throws(SecretError) -> [UInt8] {
        let child = ChildOutput(
            arguments: arguments, environment: variables, timeout: timeout, limit: SecretFile.limit + 2,
            words: Self.words)
        do throws(ChildOutput.Failure) {
            return try child.run(session.surroundings.cancellation)
        } catch {
            throw session.failure(provider, place, cause(error))
        }
    }

    /// The program's last line, without what stands in its output as well.
    private static func words(_ said: [UInt8], without output: [UInt8]) -> String {
        let mask = SecretMask()
        for line in output.split(separator: UInt8(ascii: "\n")) {
            mask.add(Secret(String(decoding: line, as: UTF8.self)))
        }
        let lines = String(decoding: said, as: UTF8.self).split(whereSeparator: \.isNewline)
        return ServiceCall.shortened(mask.apply(to: String(lines.last ?? "")))
    }

    private var variables: [String: String] {
        let all = session.surroundings.environment
        var variables = all.filter { entry in
            Self.usual.contains(entry.key) || inherited.contains(entry.key)
                || inheritedPrefixes.contains { entry.key.hasPrefix($0) }
        }
        variables["PATH"] = all["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"
        return variables.merging(environment) { $1 }
    }

    private func cause(_ failure: ChildOutput.Failure) -> SecretProviderFailure.Cause {
        switch failure {
        case .notFound: .programMissing
        case .notStarted(let error): .notStarted(error)
        case .exit(let status, let messages): .failed(status: status, messages)
        case .signal(let signal): .killed(signal: signal)
        case .timeout: .timeout(timeout)
        case .tooLarge: .tooLarge(limit: ByteCount(Int64(SecretFile.limit)))
        case .cancelled: .cancelled
        }
    }
}
