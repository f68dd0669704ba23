import StoreFormat
import Support
import TestSupport
import Testing

@Suite("Names of objects")
struct ObjectNameTests {
    @Test(
        "names are read by the grammar",
        arguments: [
            ("duplicati-20261121T031826Z.dlist.zip.aes", ObjectName.Kind.dlist, Encryption.aes, "zip"),
            ("duplicati-b3d86b7a0fab34f5e832a7047f8ba8e12.dblock.zip", .dblock, .none, "zip"),
            ("duplicati-i75fcf236cc53498ca8879fd0d2311347.dindex.zip.gpg", .dindex, .gpg, "zip"),
            ("my_prefix-bAF.dblock.tzstd.aes", .dblock, .aes, "tzstd"),
            ("x-I0f.dblock.zip", .dblock, .none, "zip"),
            ("x-|0f.dindex.zip", .dindex, .none, "zip"),
            ("ü-b0.dindex.zip", .dindex, .none, "zip"),
        ])
    func accepted(text: String, kind: ObjectName.Kind, encryption: Encryption, compression: String) throws {
        let name = try #require(ObjectName(parsing: text))
        #expect(name.kind == kind && name.encryption == encryption && name.compression == compression)
        #expect(name.text == text && "\(name)" == text)
        #expect((name.time != nil) == (kind == .dlist) && name.id.isEmpty == (kind == .dlist))
        #expect(ObjectName(parsing: text, prefix: name.prefix) == name)
        #expect(ObjectName(parsing: text, prefix: name.prefix + "x") == nil)
    }

    @Test(
        "everything else is foreign",
        arguments: [
            "", "-", "duplicati", "duplicati-", "duplicati-verification.json", "-b00.dblock.zip",
            "duplicati-b.dblock.zip", "duplicati-bxyz.dblock.zip", "duplicati-c00.dblock.zip", "duplicati-b00.dblock.",
            "duplicati-b00.dblock", "duplicati-b00.block.zip", "duplicati-b00.dblock.zip.",
            "duplicati-b00.dblock.zip.rot",
            "duplicati-b00.dblock.zip.aes.part", "duplicati-b00.dblock.zip.aes.par2", "duplicati-b00.DBLOCK.zip",
            "duplicati-20261121T031826Z.dblock.zip", "duplicati-b00.dlist.zip", "duplicati-20261121T031826.dlist.zip",
            "duplicati-20261321T031826Z.dlist.zip", "duplicati-20261121T036026Z.dlist.zip", "a-b-b00.dblock.zip",
            "duplicati-20261121T031826Z.dlist.zip.AES", ".dunnage-0011.part", "folder/duplicati-b00.dblock.zip.aes/x",
        ])
    func refused(text: String) {
        #expect(ObjectName(parsing: text) == nil)
    }

    @Test("new names are unique, and read as what they were made as")
    func made() {
        var seen: Set<ObjectName> = []
        for encryption in Encryption.allCases {
            for _ in 0..<50 {
                for name in [
                    ObjectName.dblock(prefix: "p", encryption: encryption),
                    ObjectName.dindex(prefix: "p", encryption: encryption),
                ] {
                    #expect(seen.insert(name).inserted)
                    #expect(ObjectName(parsing: name.text, prefix: "p") == name)
                    #expect(name.id.utf8.count == 32)
                }
            }
        }
        let time = Timestamp(seconds: 1_795_231_106, nanoseconds: 999_999_999)
        let list = ObjectName.dlist(time: time, encryption: .aes)
        #expect(list.text == "duplicati-20261121T031826Z.dlist.zip.aes")
        #expect(ObjectName(parsing: list.text) == list)
    }

    @Test("a prefix has no hyphen and no slash")
    func prefixes() {
        #expect(ObjectName.isValidPrefix("duplicati") && ObjectName.isValidPrefix("a.b_c"))
        #expect(!ObjectName.isValidPrefix("") && !ObjectName.isValidPrefix("a-b") && !ObjectName.isValidPrefix("a/b"))
    }

    @Test("damaged names never do worse than being refused")
    func damage() {
        var random = SeededGenerator.printed("ObjectName damage")
        let originals = ["duplicati-20261121T031826Z.dlist.zip.aes", "d-b3d86b7a0.dblock.zip", "x-i75.dindex.zip.gpg"]
        for _ in 0..<5000 {
            var bytes = Array((originals.randomElement(using: &random) ?? "").utf8)
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let position = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0...2, using: &random) {
                case 0: bytes[position] = UInt8.random(in: 0...255, using: &random)
                case 1 where bytes.count > 1: bytes.remove(at: position)
                default: bytes.insert(bytes.randomElement(using: &random) ?? 0, at: position)
                }
            }
            let text = String(decoding: bytes, as: UTF8.self)
            if let name = ObjectName(parsing: text) { #expect(name.text == text) }
        }
    }
}
