import Glibc
import StoreFormat
import Support
import Testing

@Suite("OpenPGP objects", .enabled(if: system("gpg --version > /dev/null 2>&1") == 0))
struct GPGTests {
    private let name = ObjectName(parsing: "duplicati-b00.dblock.zip.gpg")

    private func open(_ bytes: [UInt8], passphrase: String) throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/object"
        try SharedFixtures.write(bytes, to: path)
        _ = try VolumeReader(path: path, name: try #require(name), passphrase: Secret(passphrase), folder: folder.path)
    }

    @Test("a message that was never encrypted is refused, though gpg is content with it")
    func literal() {
        let content = Array("PK".utf8)
        let packet: [UInt8] = [0xCB, UInt8(6 + content.count), UInt8(ascii: "b"), 0, 0, 0, 0, 0] + content
        let error = #expect(throws: StoreFormatError.self) { try open(packet, passphrase: "x") }
        #expect(error?.kind == .damaged)
    }

    @Test("what is no OpenPGP is damage", arguments: [[], Array("PK\u{3}\u{4} some archive".utf8)])
    func other(bytes: [UInt8]) {
        let error = #expect(throws: StoreFormatError.self) { try open(bytes, passphrase: "x") }
        #expect(error?.kind == .damaged && error?.object == "duplicati-b00.dblock.zip.gpg")
    }

    @Test("damage of a real object is told apart from a wrong passphrase, and no folder is left behind")
    func damaged() throws {
        for store in SharedFixtures.stores {
            let listing = try store.listing()
            guard listing.encryption == .gpg, let passphrase = store.passphrase, let item = listing.dlists.first else {
                continue
            }
            let bytes = try SharedFixtures.read("\(store.folder)/\(item.name)")
            let folder = try TemporaryFolder()
            for position in [200, bytes.count / 2, bytes.count - 3] {
                var damaged = bytes
                damaged[position] ^= 4
                try SharedFixtures.write(damaged, to: "\(folder.path)/object")
                let error = #expect(throws: StoreFormatError.self) {
                    try VolumeReader(
                        path: "\(folder.path)/object", name: item.name, passphrase: passphrase, folder: folder.path)
                }
                #expect(error?.kind == .damaged, "byte \(position)")
            }
            try SharedFixtures.write(Array(bytes[..<(bytes.count / 2)]), to: "\(folder.path)/object")
            let error = #expect(throws: StoreFormatError.self) {
                try VolumeReader(
                    path: "\(folder.path)/object", name: item.name, passphrase: passphrase, folder: folder.path)
            }
            #expect(error?.kind == .damaged)
            #expect(try SharedFixtures.names(in: folder.path) == ["object"])
        }
    }
}
