internal import COpenSSL

/// Bytes of a key or passphrase that are wiped when their owner goes.
struct KeyMaterial: ~Copyable {
    private let storage: UnsafeMutableRawBufferPointer

    var count: Int { storage.count }

    /// Makes `count` zero bytes.
    init(count: Int) {
        storage = .allocate(byteCount: count, alignment: 16)
        storage.initializeMemory(as: UInt8.self, repeating: 0)
    }

    init(copying bytes: some Collection<UInt8>) {
        self.init(count: bytes.count)
        storage.copyBytes(from: bytes)
    }

    /// Makes `count` unpredictable bytes with the kernel's generator, without a copy elsewhere.
    init(randomCount count: Int) {
        self.init(count: count)
        var generator = SystemRandomNumberGenerator()
        for index in storage.indices { storage[index] = generator.next() }
    }

    deinit {
        OPENSSL_cleanse(storage.baseAddress, storage.count)
        storage.deallocate()
    }

    borrowing func withBytes<R: ~Copyable, E: Error>(
        _ body: (UnsafeMutableRawBufferPointer) throws(E) -> R
    ) throws(E) -> R {
        try body(storage)
    }
}
