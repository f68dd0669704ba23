import Cryptography
import Engine
import Foundation
import Support
import Testing

@Suite("Files encrypted by themselves")
struct FileCipherTests {
    private let cipher = FileCipher(passphrase: Secret("file"))

    @Test("what was encrypted comes back, in both versions", arguments: [nil, 5])
    func roundTrip(iterations: Int?) throws {
        let folder = try TemporaryFolder()
        let content = Data(RandomBytes.make(3_000_001))
        try content.write(to: URL(filePath: folder.path + "/plain"))
        try cipher.encrypt(
            .file(folder.path + "/plain"), to: .file(folder.path + "/sealed", replaces: false), iterations: iterations)
        try cipher.decrypt(.file(folder.path + "/sealed"), to: .file(folder.path + "/back", replaces: false))
        #expect(try Data(contentsOf: URL(filePath: folder.path + "/back")) == content)
    }

    @Test("of a damaged file nothing appears, not even beside")
    func damaged() throws {
        let folder = try TemporaryFolder()
        try Data(RandomBytes.make(100_000)).write(to: URL(filePath: folder.path + "/plain"))
        try cipher.encrypt(.file(folder.path + "/plain"), to: .file(folder.path + "/sealed", replaces: false))
        var bytes = try Data(contentsOf: URL(filePath: folder.path + "/sealed"))
        bytes[50_000] ^= 1
        try bytes.write(to: URL(filePath: folder.path + "/sealed"))
        #expect(throws: CryptError.self) {
            try cipher.decrypt(.file(folder.path + "/sealed"), to: .file(folder.path + "/back", replaces: false))
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == ["plain", "sealed"])
    }

    @Test("a file that is there is only replaced when told to")
    func replacing() throws {
        let folder = try TemporaryFolder()
        for name in ["plain", "taken"] { try Data(name.utf8).write(to: URL(filePath: "\(folder.path)/\(name)")) }
        let target = folder.path + "/taken"
        #expect(throws: SystemError.self) {
            try cipher.encrypt(.file(folder.path + "/plain"), to: .file(target, replaces: false))
        }
        #expect(try String(contentsOfFile: target, encoding: .utf8) == "taken")
        try cipher.encrypt(.file(folder.path + "/plain"), to: .file(target, replaces: true))
        #expect(try Data(contentsOf: URL(filePath: target)).starts(with: Data("AES".utf8)))
    }
}
