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
        let end: ChildProcess.End
        do throws(SystemError) {
            end = try ChildProcess.run(arguments, descriptors: [input, output, status, pipe.raw, status])
        } catch {
            throw StoreFormatError(.gpgUnavailable, object: name.text, detail: error.message)
        }
        let report = try text(of: status)
        try withExtendedLifetime(home) { try judge(report, end) }
    }

    /// gpg's exit code alone says too little: it also "decrypts" what was never encrypted.
    private func judge(_ report: String, _ end: ChildProcess.End) throws(StoreFormatError) {
        // Somebody stopped it, which says nothing about the object.
        if case .signal(let number) = end {
            throw StoreFormatError(.gpgStopped, object: name.text, detail: "signal \(number)")
        }
        if report.contains("BAD_PASSPHRASE") { throw StoreFormatError(.wrongPassphrase, object: name.text) }
        let isIntact = report.contains("[GNUPG:] DECRYPTION_OKAY") && report.contains("[GNUPG:] GOODMDC")
        guard end == .exit(0), isIntact else {
            if end == .exit(127) { throw StoreFormatError(.gpgUnavailable, object: name.text) }
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

    private func text(of file: Int32) throws -> String {
        var bytes = [UInt8](repeating: 0, count: 64 << 10)
        let count = bytes.withUnsafeMutableBytes { pread(file, $0.baseAddress, $0.count, 0) }
        guard count >= 0 else { throw SystemError("read") }
        return String(decoding: bytes[..<count], as: UTF8.self)
    }
}
