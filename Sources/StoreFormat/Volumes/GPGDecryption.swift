internal import CPosix
internal import Glibc
internal import Support

/// Decryption of OpenPGP objects by the program `gpg`, in a home folder of its own.
///
/// The passphrase goes through a pipe, the plaintext to memory or a nameless file; nothing of it is named anywhere.
struct GPGDecryption {
    let name: ObjectName
    let passphrase: Secret
    let folder: String

    /// The plaintext of a file.
    func decrypt(_ path: String) throws(StoreFormatError) -> VolumeBytes {
        do {
            let input = try FileDescriptor.open(path)
            let output = try plaintextFile(for: try input.size())
            let status = try statusFile()
            // A message may unpack to anything; gpg itself has to stop at some size.
            let limit = max(256 << 20, try input.size() * 16)
            try run(input: input.raw, output: output.raw, status: status.raw, limit: limit)
            return try VolumeBytes.mapping(output, path: path)
        } catch let error as SystemError {
            throw StoreFormatError(from: error, object: name.text, folder: folder)
        } catch let error as StoreFormatError {
            throw error
        } catch {
            throw StoreFormatError(.gpgUnavailable, object: name.text, detail: "\(error)")
        }
    }

    private func plaintextFile(for size: Int64) throws(SystemError) -> FileDescriptor {
        size <= VolumeDecryption.memoryLimit
            ? try Self.memoryFile("plaintext") : try VolumeBytes.namelessFile(in: folder)
    }

    private func statusFile() throws(SystemError) -> FileDescriptor {
        try Self.memoryFile("status")
    }

    private static func memoryFile(_ label: String) throws(SystemError) -> FileDescriptor {
        let raw = cposix_memory_file(label)
        guard raw >= 0 else { throw SystemError("create a file in memory") }
        return FileDescriptor(owning: raw)
    }

    /// Runs gpg and judges its status lines.
    private func run(input: Int32, output: Int32, status: Int32, limit: Int64) throws {
        // Its agent is not started, so nothing survives the folder.
        let home = try TemporaryFolder(in: folder, prefix: "dunnage-gpg")
        let pipe = try passphrasePipe()
        let arguments = [
            "gpg", "--homedir", home.path, "--batch", "--no-tty", "--quiet", "--no-autostart", "--no-options",
            "--max-output", "\(limit)", "--pinentry-mode", "loopback", "--passphrase-fd", "3", "--status-fd", "4",
            "--decrypt",
        ]
        let code = try spawn(arguments, descriptors: [input, output, status, pipe.raw, status])
        let report = try text(of: status)
        try withExtendedLifetime(home) { try judge(report, exitCode: code) }
    }

    /// gpg's exit code alone says too little: it also "decrypts" what was never encrypted.
    private func judge(_ report: String, exitCode: Int32) throws(StoreFormatError) {
        if report.contains("BAD_PASSPHRASE") { throw StoreFormatError(.wrongPassphrase, object: name.text) }
        let isIntact = report.contains("[GNUPG:] DECRYPTION_OKAY") && report.contains("[GNUPG:] GOODMDC")
        guard exitCode == 0, isIntact else {
            if exitCode == 127 { throw StoreFormatError(.gpgUnavailable, object: name.text) }
            let words = report.split(separator: "\n").last { $0.hasPrefix("gpg: ") }?.dropFirst(5) ?? "gpg refused it"
            throw StoreFormatError(.damaged, object: name.text, detail: String(words))
        }
    }

    /// A pipe with the passphrase in it; it is far smaller than a pipe, so that no thread has to feed it.
    private func passphrasePipe() throws -> FileDescriptor {
        var ends: [Int32] = [-1, -1]
        guard cposix_pipe(&ends) == 0 else { throw SystemError("create a pipe") }
        let reader = FileDescriptor(owning: ends[0])
        let writer = FileDescriptor(owning: ends[1])
        try passphrase.withBytes { bytes in
            guard bytes.count < 4096 else {
                throw StoreFormatError(.unsupported, object: name.text, detail: "the passphrase is too long for gpg")
            }
            try writer.write(all: bytes)
        }
        try [UInt8(ascii: "\n")].withUnsafeBytes { try writer.write(all: $0) }
        return reader
    }

    /// Runs a program of the search path with the given descriptors as 0, 1, 2 and so on.
    private func spawn(_ arguments: [String], descriptors: [Int32]) throws -> Int32 {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        // Copies above all others first: a source may have the number of an earlier target.
        let base = max(Int32(descriptors.count), (descriptors.max() ?? 0) + 1)
        for (target, descriptor) in descriptors.enumerated() {
            posix_spawn_file_actions_adddup2(&actions, descriptor, base + Int32(target))
        }
        for target in descriptors.indices {
            posix_spawn_file_actions_adddup2(&actions, base + Int32(target), Int32(target))
            posix_spawn_file_actions_addclose(&actions, base + Int32(target))
        }
        let argv = CStrings(arguments)
        let path = getenv("PATH").map { String(cString: $0) } ?? "/usr/local/bin:/usr/bin:/bin"
        let environment = CStrings(["PATH=\(path)", "LC_ALL=C"])
        var process: pid_t = 0
        let code = posix_spawnp(&process, arguments[0], &actions, nil, argv.pointers, environment.pointers)
        guard code == 0 else {
            let error = SystemError("run", path: arguments[0], code: code)
            throw StoreFormatError(.gpgUnavailable, object: name.text, detail: error.message)
        }
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0 {
            guard errno == EINTR else { throw SystemError("wait for", path: arguments[0]) }
        }
        return status & 0x7F == 0 ? (status >> 8) & 0xFF : -1
    }

    private func text(of file: Int32) throws -> String {
        var bytes = [UInt8](repeating: 0, count: 64 << 10)
        let count = bytes.withUnsafeMutableBytes { pread(file, $0.baseAddress, $0.count, 0) }
        guard count >= 0 else { throw SystemError("read") }
        return String(decoding: bytes[..<count], as: UTF8.self)
    }
}

/// A null-terminated array of C strings.
private final class CStrings {
    let pointers: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
    private let count: Int

    init(_ strings: [String]) {
        count = strings.count
        pointers = .allocate(capacity: count + 1)
        for (index, string) in strings.enumerated() {
            (pointers + index).initialize(to: strdup(string))
        }
        (pointers + count).initialize(to: nil)
    }

    deinit {
        for index in 0..<count { free(pointers[index]) }
        pointers.deallocate()
    }
}
