internal import JSON
internal import Programs
internal import Support

/// A profile's `credential_process`: a program that writes keys to its standard output.
/// - SeeAlso: AWS SDKs and Tools Reference Guide, "Process credential provider".
struct CredentialProgram {
    let surroundings: CredentialSurroundings
    /// The command line of the profile.
    let command: String
    /// The profile, for errors.
    let place: String

    private static let timeout = Duration.seconds(60)
    private static let limit = 64 << 10

    func run() throws(AWSError) -> AWSCredentials {
        guard let words = CommandWords.split(command), !words.isEmpty else {
            throw .program(place, "its command line is none")
        }
        // It gets all of the environment: what it needs to log in somewhere is not known here.
        let child = ChildOutput(
            arguments: words, environment: surroundings.environment, timeout: Self.timeout, limit: Self.limit,
            words: { said, _ in CredentialSurroundings.shortened(String(decoding: said, as: UTF8.self)) })
        var output: [UInt8]
        do throws(ChildOutput.Failure) {
            output = try child.run(surroundings.cancellation)
        } catch {
            if case .cancelled = error { throw .cancelled }
            throw .program(place, Self.words(error))
        }
        defer { output.withUnsafeMutableBytes { if let base = $0.baseAddress { wipe(base, $0.count) } } }
        guard let answer = try? JSONValue(parsing: output) else { throw .program(place, "its output is not JSON") }
        guard answer["Version"]?.integer == 1 else { throw .program(place, "its output has no `Version` 1") }
        guard let keys = AWSKeyDocument.read(output, token: "SessionToken", origin: "the program of \(place)") else {
            throw .program(place, "its output has no complete keys")
        }
        return keys
    }

    private static func words(_ failure: ChildOutput.Failure) -> String {
        switch failure {
        case .notFound: "there is no such program"
        case .notStarted(let error): "it could not be started: \(error.message)"
        case .exit(let status, ""): "it ended with status \(status)"
        case .exit(let status, let messages): "it ended with status \(status): \(messages)"
        case .signal(let signal): "signal \(signal) ended it"
        case .timeout: "it took longer than 60 seconds"
        case .tooLarge: "it wrote more than \(limit) bytes"
        case .cancelled: "it was stopped with the run"
        }
    }
}
