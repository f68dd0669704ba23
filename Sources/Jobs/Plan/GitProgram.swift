internal import Glibc
internal import Support

/// The program git, asked about one repository.
///
/// It changes nothing there, and no shell reads its arguments.
struct GitProgram {
    /// Any folder of the repository.
    let folder: String
    /// The variables of this process.
    let environment: [String: String]
    /// Where its output is kept for a moment.
    let scratch: String

    /// Variables that say where a repository is would mean another one than that of the folder.
    private static let passed: Set<String> = ["HOME", "USER", "LOGNAME", "XDG_CONFIG_HOME", "TMPDIR", "PATH"]
    /// More than any list of files.
    private static let limit = 256 << 20

    /// Runs a command of git to its end.
    /// - Parameters:
    ///   - arguments: without `git`.
    ///   - input: what it reads from standard input.
    ///   - variables: what else it has in its environment.
    /// - Returns: its output.
    /// - Throws: `Failure` when git is missing, or with what it says when it fails.
    @discardableResult
    func run(
        _ arguments: [String], input: [UInt8] = [], variables: [String: String] = [:]
    ) throws(Failure) -> [UInt8] {
        do {
            try write(input, to: "\(scratch)/input")
            try write([], to: "\(scratch)/output")
            try write([], to: "\(scratch)/messages")
            let status = try wait(for: start(arguments, variables))
            guard status == 0 else { throw try failure(arguments, status) }
            return try SmallFile.read("\(scratch)/output", limit: Self.limit)
        } catch let error as Failure {
            throw error
        } catch {
            throw Failure(error)
        }
    }

    /// The first line of a command's output.
    func line(_ arguments: [String]) throws(Failure) -> String {
        let output = try run(arguments)
        return String(decoding: output.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    }

    private func write(_ bytes: [UInt8], to path: String) throws(SystemError) {
        let file = try FileDescriptor.open(path, flags: O_WRONLY | O_CREAT | O_TRUNC, mode: 0o600)
        var result: Result<Void, SystemError> = .success(())
        bytes.withUnsafeBytes { buffer in
            do throws(SystemError) {
                try file.write(all: buffer)
            } catch {
                result = .failure(error)
            }
        }
        try result.get()
    }

    private func start(_ arguments: [String], _ variables: [String: String]) throws -> pid_t {
        var all = environment.filter { Self.passed.contains($0.key) }
        all.merge(
            [
                "LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0", "GIT_LFS_SKIP_SMUDGE": "1",
                "PATH": environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin",
            ]
        ) { $1 }
        all.merge(variables) { $1 }
        // Neither hooks nor watchers of the repository have a part in a question.
        let words = ["-C", folder, "-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false"] + arguments
        do throws(SystemError) {
            return try launch(words, all)
        } catch {
            guard error.code == ENOENT else { throw error }
            throw Failure(
                .local, .failure,
                "The program git is not installed, or not in the search path. A revision cannot be compared without it; "
                    + "compare with a file or folder.")
        }
    }

    private func launch(_ words: [String], _ variables: [String: String]) throws(SystemError) -> pid_t {
        let input = try FileDescriptor.open("\(scratch)/input")
        let output = try FileDescriptor.open("\(scratch)/output", flags: O_WRONLY)
        let messages = try FileDescriptor.open("\(scratch)/messages", flags: O_WRONLY)
        return try ProcessStart(
            "git", arguments: words, environment: variables, descriptors: [input.raw, output.raw, messages.raw]
        ).start()
    }

    private func wait(for process: pid_t) throws(SystemError) -> Int32 {
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0 {
            guard errno == EINTR else { throw SystemError("wait for", path: "git") }
        }
        return status
    }

    private func failure(_ arguments: [String], _ status: Int32) throws -> Failure {
        let said = try SmallFile.read("\(scratch)/messages", limit: 1 << 20)
        let lines = String(decoding: said, as: UTF8.self).split(separator: "\n")
        let cause = (lines.first { $0.hasPrefix("fatal: ") } ?? lines.last).map { ": \($0)" } ?? ""
        return Failure(.local, .failure, "`git \(arguments[0])` in \(folder) failed\(cause.prefix(500)).")
    }
}
