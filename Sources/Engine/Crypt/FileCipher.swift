internal import Cryptography
internal import Glibc
public import Support

/// Encrypts and decrypts single files in the form that objects of a store have: AES Crypt.
///
/// Memory does not grow with the file. Plaintext is only written once all of it is known to be authentic, and a file
/// gets its name when it is complete.
public struct FileCipher: Sendable {
    /// Where bytes come from.
    public enum Input: Sendable, Hashable {
        /// A file.
        case file(String)
        /// An open descriptor that may be a pipe.
        case descriptor(Int32)
    }

    /// Where bytes go.
    public enum Output: Sendable, Hashable {
        /// A file; one that is there already is only replaced when told to.
        case file(String, replaces: Bool)
        /// An open descriptor.
        case descriptor(Int32)
    }

    /// How often version 3 repeats its key derivation, unless told otherwise.
    public static var usualIterations: Int { AESCryptFormat.usualIterations }

    private let passphrase: Secret
    private let temporaryFolder: String?

    /// A cipher; `temporaryFolder` takes what is read from a pipe to be decrypted, the system's unless told.
    public init(passphrase: Secret, temporaryFolder: String? = nil) {
        self.passphrase = passphrase
        self.temporaryFolder = temporaryFolder
    }

    /// Encrypts.
    /// - Parameters:
    ///   - input: the plaintext.
    ///   - output: gets the stream; a descriptor gets it as it is made.
    ///   - iterations: makes the stream one of version 3, whose key derivation is repeated that often; nil makes it one
    ///     of version 2.
    /// - Throws: `CryptError` or `SystemError`.
    public func encrypt(_ input: Input, to output: Output, iterations: Int? = nil) throws {
        let format = iterations.map { AESCryptFormat.version3(iterations: $0) } ?? .version2
        let source = try Self.open(input)
        try Self.write(to: output) { sink in
            let writer = try AESCryptWriter(to: sink, passphrase: passphrase, createdBy: "dunnage", format: format)
            try Self.copy(source, to: writer)
            try writer.finish()
        }
    }

    /// Decrypts a stream of version 1, 2 or 3.
    /// - Parameters:
    ///   - input: the stream; from a pipe it is kept in a nameless temporary file, still encrypted, until its end.
    ///   - output: gets the plaintext, and nothing of it unless all is authentic.
    ///   - checksPadding: false accepts padding of other programs, whose bytes differ.
    /// - Throws: `CryptError` or `SystemError`.
    public func decrypt(_ input: Input, to output: Output, checksPadding: Bool = true) throws {
        let folder = try TemporaryFolder(in: temporaryFolder)
        let mapping = try Mapping(Self.seekable(try Self.open(input), folder: folder.path))
        try Self.write(to: output) { sink in
            try AESCryptReader.decrypt(
                mapping.bytes, passphrase: passphrase, checksPadding: checksPadding, to: sink, passed: mapping.release)
        }
        withExtendedLifetime(folder) {}
    }

    // MARK: Files

    private static func open(_ input: Input) throws(SystemError) -> FileDescriptor {
        switch input {
        case .file(let path): return try FileDescriptor.open(path)
        case .descriptor(let descriptor):
            let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
            guard copy >= 0 else { throw SystemError("read", path: "standard input") }
            return FileDescriptor(owning: copy, path: "standard input")
        }
    }

    private static func write(to output: Output, _ body: (any ByteSink) throws -> Void) throws {
        switch output {
        case .file(let path, let replaces):
            if !replaces, access(path, F_OK) == 0 { throw SystemError("create", path: path, code: EEXIST) }
            let file = try PendingFile(path)
            try body(file)
            try file.publish(replacing: replaces)
        case .descriptor(let descriptor): try body(FileSink(descriptor: descriptor, path: "standard output"))
        }
    }

    private static func copy(_ source: borrowing FileDescriptor, to sink: any ByteSink) throws {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
        defer { buffer.deallocate() }
        while true {
            let count = try source.read(into: buffer)
            if count > 0 { try sink.write(UnsafeRawBufferPointer(rebasing: buffer[..<count])) }
            if count < buffer.count { return }
        }
    }

    /// The file itself when it is one, else a copy of what comes through the pipe.
    private static func seekable(
        _ source: consuming FileDescriptor, folder: String
    ) throws -> FileDescriptor {
        var status = stat()
        if fstat(source.raw, &status) == 0, status.st_mode & S_IFMT == S_IFREG, lseek(source.raw, 0, SEEK_CUR) == 0 {
            return source
        }
        let path = "\(folder)/stream"
        let spool = try FileDescriptor.open(path, flags: O_RDWR | O_CREAT | O_EXCL)
        unlink(path)
        try copy(source, to: FileSink(descriptor: spool.raw, path: folder))
        return spool
    }
}

/// A file mapped for reading.
final class Mapping {
    let bytes: UnsafeRawBufferPointer

    init(_ file: borrowing FileDescriptor) throws(SystemError) {
        let size = Int(try file.size())
        guard size > 0 else {
            bytes = UnsafeRawBufferPointer(start: nil, count: 0)
            return
        }
        guard let base = mmap(nil, size, PROT_READ, MAP_PRIVATE, file.raw, 0), base != MAP_FAILED else {
            throw SystemError("map", path: file.path)
        }
        bytes = UnsafeRawBufferPointer(start: base, count: size)
    }

    deinit {
        if let base = bytes.baseAddress { munmap(UnsafeMutableRawPointer(mutating: base), bytes.count) }
    }

    /// Gives up the memory of a piece; when it is needed again, it comes from the file.
    func release(_ piece: UnsafeRawBufferPointer) {
        MappedPages.release(piece, of: bytes)
    }
}
