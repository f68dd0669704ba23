/// A piece of text that must never be seen: a passphrase, a token, a signing key.
///
/// Its descriptions, and mirrors of values that hold it, show dots. The bytes are wiped when the last owner lets go;
/// that cannot cover copies made through ``reveal()``, so reveal late and keep nothing.
public struct Secret: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    private let storage: Storage

    /// Keeps `text` as a secret.
    public init(_ text: String) {
        storage = Storage(Array(text.utf8))
    }

    /// Keeps a copy of bytes, which are UTF-8.
    public init(_ bytes: UnsafeRawBufferPointer) {
        storage = Storage(bytes)
    }

    /// Moves bytes, which are UTF-8, to memory that will be wiped, and wipes where they were.
    public init(moving bytes: inout [UInt8]) {
        storage = Storage(bytes)
        bytes.withUnsafeMutableBytes { if let base = $0.baseAddress { wipe(base, $0.count) } }
        bytes = []
    }

    /// The text itself, for the one call that needs it.
    public func reveal() -> String {
        storage.withBytes { String(decoding: $0, as: UTF8.self) }
    }

    /// Calls `body` with the UTF-8 bytes, without making a copy.
    public func withBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try storage.withBytes(body)
    }

    /// Whether the secret has no characters at all.
    public var isEmpty: Bool { storage.count == 0 }

    /// The number of bytes.
    public var count: Int { storage.count }

    /// Dots, whatever the secret is.
    public var description: String { "••••" }
    /// Dots, whatever the secret is.
    public var debugDescription: String { "••••" }
    /// A mirror without children, so that `dump` shows dots as well.
    public var customMirror: Mirror { Mirror(self, children: []) }

    /// Compares the texts, byte by byte.
    public static func == (a: Secret, b: Secret) -> Bool {
        a.storage.withBytes { x in b.storage.withBytes { y in x.count == y.count && x.elementsEqual(y) } }
    }

    /// Hashes the text.
    public func hash(into hasher: inout Hasher) {
        storage.withBytes { hasher.combine(bytes: $0) }
    }

    // Immutable after init, and freed only by its last owner: safe to share between threads.
    private final class Storage: @unchecked Sendable {
        private let bytes: UnsafeMutableRawBufferPointer
        var count: Int { bytes.count }

        init(_ text: some Collection<UInt8>) {
            bytes = .allocate(byteCount: text.count, alignment: 1)
            bytes.copyBytes(from: text)
        }

        func withBytes<Result, Failure: Error>(
            _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
        ) throws(Failure) -> Result {
            try body(UnsafeRawBufferPointer(bytes))
        }

        deinit {
            // A volatile-like wipe: explicit_bzero is never optimised away.
            if let base = bytes.baseAddress { wipe(base, bytes.count) }
            bytes.deallocate()
        }
    }
}
