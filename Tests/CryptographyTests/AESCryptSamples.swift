import Support

@testable import Cryptography

/// Published streams with fixed keys, and short forms for reading and writing.
enum AESCryptSamples {
    static let passphrase = Secret("passæword")

    private static let head = """
        41455302000000000102030405060708090a0b0c0d0e0f4c79aeb995e0e075a87808cb65a26585a17208dd258f03a35c6617a9eb3f1c71\
        f825f5b2c5c489848c6dd5497dbc24a836a8e0e687f81c4b0bdd3112c5d4c528c6a4561533b0be7f0c9bdcec50d25774
        """
    private static let head3 = """
        414553030000000000000a000102030405060708090a0b0c0d0e0fc5492e0cc56f0c0a5ab533dc1cdc5d9fdf581b37625069b1fc6c3900\
        469c380dc3482d0a91702e42827f83a50e89d878713b6501c4e75f21dfe95a61310663f8f4b1fb22fd7218b0cab09661a94dc842
        """

    struct Sample: CustomStringConvertible {
        let version: Int
        let plaintext: String
        let stream: [UInt8]
        var description: String { "version \(version), \(plaintext.debugDescription)" }

        init(_ version: Int, _ plaintext: String, _ hex: String) {
            self.version = version
            self.plaintext = plaintext
            stream = Hex.decode(hex) ?? []
        }
    }

    static let version2 = [
        Sample(2, "", head + "00f49240b78aa90e53f46106c3481e377e19696e777328b1cd6ec6061a0bd868a9"),
        Sample(
            2, "hello world\n",
            head
                + "203b9251861e528253d25a21a69c675a0c4b0444caadbc07a64905f130ad7ae6914fae61ec6c27562283d050a8a3fd1f81"),
        Sample(
            2, "0123456789abcdef",
            head
                + "d16529e40336e27aaffca620b6603bc600eaaf1066349b37c6de82b4131e97cfb6cfbd446ef17f08ca0f3364747132e266"),
    ]

    static let version3 = [
        Sample(
            3, "",
            head3 + "a00f1ede67c6f803526f2e3c4ea929bcd3b6dc771a3390f51967449bea3a0365ca2e59cfd31e9c9a74884a002c983944"),
        Sample(
            3, "hello world\n",
            head3 + "203b9251861e528253d25a21a69c675a4b0444caadbc07a64905f130ad7ae6914fae61ec6c27562283d050a8a3fd1f81"),
    ]

    /// Version 1 is version 2 without the section of extensions, which the samples have empty.
    static let version1 = version2.map { sample in
        Sample(1, sample.plaintext, "4145530100" + String(Hex.encode(sample.stream).dropFirst(14)))
    }

    static let all = version1 + version2 + version3

    static func decrypt(
        _ stream: [UInt8], passphrase: Secret = passphrase, checksPadding: Bool = true
    ) throws(CryptError) -> [UInt8] {
        let source = UnsafeMutableRawBufferPointer.allocate(byteCount: stream.count, alignment: 1)
        defer { source.deallocate() }
        source.copyBytes(from: stream)
        let input = UnsafeRawBufferPointer(source)
        let output = UnsafeMutableRawBufferPointer.allocate(
            byteCount: try AESCryptReader.plaintextCapacity(of: input), alignment: 1)
        defer { output.deallocate() }
        let count = try AESCryptReader.decrypt(
            input, passphrase: passphrase, into: output, checksPadding: checksPadding)
        return Array(output.prefix(count))
    }

    static func encrypt(_ plaintext: [UInt8], createdBy: String? = nil, pieces: [Int] = []) throws -> [UInt8] {
        let sink = MemorySink()
        let writer = try AESCryptWriter(to: sink, passphrase: passphrase, createdBy: createdBy)
        var rest = plaintext[...]
        for piece in pieces {
            try rest.prefix(piece).withUnsafeBytes { try writer.write($0) }
            rest = rest.dropFirst(piece)
        }
        try rest.withUnsafeBytes { try writer.write($0) }
        try writer.finish()
        return sink.bytes
    }
}
