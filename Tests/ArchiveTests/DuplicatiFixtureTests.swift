import Archive
import Cryptography
import Glibc
import Support
import Testing

@Suite("Stores that Duplicati wrote", .enabled(if: SharedFixtures.exist))
struct DuplicatiFixtureTests {
    @Test("every encrypted volume opens, and each of its entries is as recorded")
    func encrypted() throws {
        var volumes = 0
        for store in try SharedFixtures.stores() {
            for path in try SharedFixtures.files(in: store, suffix: ".aes") {
                let stream = try SharedFixtures.read(path)
                let passphrase = try #require(try SharedFixtures.passphrase(of: store))
                var plaintext = [UInt8](repeating: 0, count: stream.count)
                let count = try stream.withUnsafeBytes { input in
                    try plaintext.withUnsafeMutableBytes {
                        try AESCryptReader.decrypt(input, passphrase: passphrase, into: $0)
                    }
                }
                try check(Array(plaintext.prefix(count)), path)
                #expect(throws: CryptError.wrongPassphrase) {
                    try stream.withUnsafeBytes { input in
                        try plaintext.withUnsafeMutableBytes {
                            try AESCryptReader.decrypt(input, passphrase: Secret("another"), into: $0)
                        }
                    }
                }
                volumes += 1
            }
        }
        #expect(volumes > 0)
    }

    @Test("every plain volume opens, and each of its entries is as recorded")
    func plain() throws {
        var volumes = 0
        for store in try SharedFixtures.stores() {
            for path in try SharedFixtures.files(in: store, suffix: ".zip") {
                try check(SharedFixtures.read(path), path)
                volumes += 1
            }
        }
        #expect(volumes > 0)
    }

    /// Extracts all entries, with and without the help of the directory; blocks must hash to their names.
    private func check(_ archive: [UInt8], _ path: String) throws {
        let listed = try SampleArchive.read(archive) { reader throws in
            #expect(!reader.directoryWasDamaged, "\(path)")
            #expect(reader.entry(named: "manifest") != nil, "\(path)")
            for entry in reader.entries { try check(entry, reader, path) }
            return reader.entries
        }
        try SampleArchive.read(Array(archive.dropLast(22))) { reader throws in
            #expect(reader.directoryWasDamaged)
            #expect(reader.entries == listed, "\(path)")
        }
    }

    private func check(_ entry: ZipEntry, _ reader: ZipReader, _ path: String) throws {
        let content = try SampleArchive.extract(entry, from: reader)
        let name = entry.name.hasPrefix("list/") ? String(entry.name.dropFirst(5)) : entry.name
        guard let digest = Digest(base64URL: name), digest.count >= 32 else { return }
        let algorithm = try #require(HashAlgorithm.allCases.first { $0.digestLength == digest.count })
        #expect(HashContext(algorithm).hash(content) == digest, "\(path): \(entry.name)")
    }
}

/// Files shared between checkouts, outside the package.
private enum SharedFixtures {
    static let folder: String = {
        if let folder = getenv("DUNNAGE_SHARED") { return String(cString: folder) + "/fixtures/duplicati" }
        let package = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
        return package.joined(separator: "/") + "/../shared/fixtures/duplicati"
    }()

    static var exist: Bool { access(folder, R_OK) == 0 }

    static func stores() throws -> [String] { try names(in: folder).map { "\(folder)/\($0)" } }

    static func files(in store: String, suffix: String) throws -> [String] {
        try names(in: store).filter { $0.hasPrefix("remote") }.flatMap { remote in
            try names(in: "\(store)/\(remote)").filter { $0.hasSuffix(suffix) }.map { "\(store)/\(remote)/\($0)" }
        }
    }

    static func passphrase(of store: String) throws -> Secret? {
        let text = String(decoding: try read("\(store)/fixture.json"), as: UTF8.self)
        let parts = text.split(separator: "\"passphrase\": \"")
        return parts.count == 2 ? parts[1].split(separator: "\"").first.map { Secret(String($0)) } : nil
    }

    static func read(_ path: String) throws -> [UInt8] {
        let file = try FileDescriptor.open(path)
        var bytes = [UInt8](repeating: 0, count: Int(try file.size()))
        let count = try bytes.withUnsafeMutableBytes { try file.read(into: $0) }
        return Array(bytes.prefix(count))
    }

    private static func names(in folder: String) throws -> [String] {
        guard let stream = opendir(folder) else { throw SystemError("list", path: folder) }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = Glibc.readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names.sorted()
    }
}
