import Cryptography
import StoreFormat
import Support
import TestSupport
import Testing

@Suite("Metadata blobs")
struct MetadataBlobTests {
    private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    private func file() -> Metadata {
        var metadata = Metadata()
        metadata.ownership = .init(uid: 1000, gid: 100, mode: 0o100644)
        metadata.ownerName = Array("ann".utf8)
        metadata.groupName = Array("users".utf8)
        metadata.attributes = .normal
        metadata.modified = Timestamp(seconds: 1_700_000_000, nanoseconds: 123_456_789)
        metadata.creationTicks = metadata.modificationTicks
        return metadata
    }

    @Test("the empty blob has the hash that the format names")
    func empty() {
        #expect(MetadataBlob.encode(Metadata()) == MetadataBlob.empty)
        #expect(MetadataBlob.empty.count == 5)
        let hash = HashContext(.sha256).hash(MetadataBlob.empty)
        #expect(hash.base64 == "qiXpeARtaA74dA2Dfm3lvB4qLcYInb2hASVEtTjVP2U=")
    }

    @Test("keys stand in Duplicati's order")
    func order() {
        var metadata = file()
        metadata.extendedAttributes = [
            .init(name: Array("user.comment".utf8), value: Array("an xattr".utf8)),
            .init(name: Array("user.empty".utf8), value: []),
            .init(name: Array("user.\"q\"".utf8), value: [0]),
        ]
        metadata.symlinkTarget = Array("../ä b".utf8)
        metadata.attributes = [.directory, .reparsePoint, .hidden, .readOnly]
        #expect(
            text(MetadataBlob.encode(metadata)) == "\u{FEFF}"
                + #"{"unix-ext:user.comment":"YW4geGF0dHI=","unix-ext:user.\"q\"":"AA==","#
                + #""unix:uid-gid-perm":"1000-100-420","unix:owner-name":"ann","unix:group-name":"users","#
                + #""CoreAttributes":"ReadOnly, Hidden, Directory, ReparsePoint","#
                + #""CoreLastWritetime":"638355968001234567","CoreCreatetime":"638355968001234567","#
                + #""CoreSymlinkTarget":"../ä b"}"#)
    }

    @Test("names that cannot be resolved are left out")
    func namesMissing() {
        var metadata = file()
        metadata.ownerName = []
        metadata.groupName = []
        metadata.attributes = nil
        #expect(
            text(MetadataBlob.encode(metadata)) == "\u{FEFF}"
                + #"{"unix:uid-gid-perm":"1000-100-420","CoreLastWritetime":"638355968001234567","#
                + #""CoreCreatetime":"638355968001234567"}"#)
    }

    @Test("a file counts as created at the earlier of mtime and ctime")
    func times() {
        let early = Timestamp(seconds: 1_700_000_000, nanoseconds: 199)
        let late = Timestamp(seconds: 1_700_000_001)
        var metadata = Metadata()
        metadata.setTimes(modified: early, changed: late)
        #expect(metadata.modificationTicks == 638_355_968_000_000_001 && metadata.creationTicks == early.ticks)
        metadata.setTimes(modified: late, changed: early)
        #expect(metadata.modificationTicks == late.ticks && metadata.creationTicks == early.ticks)
        #expect(metadata.modified == late)
    }

    @Test("special mode bits are not recorded")
    func modes() {
        #expect(Metadata.Ownership(uid: 0, gid: 0, mode: 0o104755).permissions == 0o755)
        #expect(Metadata.Ownership(uid: 0, gid: 0, mode: 0o120777).permissions == 511)
    }

    @Test("attributes follow the mode bits of who looks, as .NET has them")
    func attributes() {
        let viewer = FileAttributes.Viewer(uid: 1000, groups: [100, 27])
        func attributes(
            _ kind: FileEntry.Kind, _ mode: UInt32, uid: UInt32 = 1000, gid: UInt32 = 100, hidden: Bool = false,
            toFolder: Bool = false
        ) -> FileAttributes {
            .linux(
                kind: kind, leadsToFolder: toFolder, isHidden: hidden, mode: mode, uid: uid, gid: gid, viewer: viewer)
        }
        #expect(attributes(.file, 0o644) == .normal)
        #expect(attributes(.file, 0o444) == .readOnly)
        #expect(attributes(.file, 0o244) == .normal)
        #expect(attributes(.file, 0o644, uid: 0) == .readOnly)
        #expect(attributes(.file, 0o664, uid: 0) == .normal)
        #expect(attributes(.file, 0o646, uid: 0, gid: 0) == .normal)
        #expect(attributes(.file, 0o664, uid: 0, gid: 0) == .readOnly)
        #expect(attributes(.file, 0o600, hidden: true) == .hidden)
        #expect(attributes(.folder, 0o755) == .directory)
        #expect(attributes(.folder, 0o555, hidden: true) == [.directory, .readOnly, .hidden])
        #expect(attributes(.symlink, 0o777) == .reparsePoint)
        #expect(attributes(.symlink, 0o777, toFolder: true) == [.reparsePoint, .directory])
    }

    @Test("a blob without byte order mark, with blanks and another order is read")
    func tolerance() throws {
        let blob = Array(#" { "CoreLastWritetime" : "5", "unix:uid-gid-perm": "1-2-511", "x": 7, "n": null } "#.utf8)
        let metadata = try MetadataBlob.decode(blob)
        #expect(metadata.modificationTicks == 5)
        #expect(metadata.ownership == .init(uid: 1, gid: 2, mode: 0o777))
        #expect(metadata.otherKeys.map(\.name) == ["x", "n"] && metadata.otherKeys.map(\.value) == ["7", ""])
    }

    @Test("Windows' keys and malformed values are kept and do not hide the rest")
    func windows() throws {
        let blob =
            #"{"win-ext:accessrules":"[{\"Rights\":1}]","win-ext:accessrulesprotected":"True","#
            + #""CoreAttributes":"Archive, NotContentIndexed","CoreLastWritetime":"soon","unix:uid-gid-perm":"1-2","#
            + #""unix-ext:user.a":"not base64!","CoreCreatetime":"638355968001234567"}"#
        let metadata = try MetadataBlob.decode(Array(blob.utf8))
        #expect(metadata.attributes == FileAttributes(rawValue: 8224))
        #expect(metadata.creationTicks == 638_355_968_001_234_567)
        #expect(metadata.modificationTicks == nil && metadata.ownership == nil && metadata.extendedAttributes.isEmpty)
        #expect(
            metadata.otherKeys.map(\.name) == [
                "win-ext:accessrules", "win-ext:accessrulesprotected", "CoreLastWritetime", "unix:uid-gid-perm",
                "unix-ext:user.a",
            ])
        #expect(try MetadataBlob.decode(MetadataBlob.encode(metadata)) == metadata)
    }

    @Test("a blob that is no JSON object is refused", arguments: ["", "[]", "{", "7", "{}x"])
    func refused(text: String) {
        let error = #expect(throws: StoreFormatError.self) {
            try MetadataBlob.decode(Array(text.utf8), object: "/srv/x")
        }
        #expect(error?.kind == .damaged && error?.object == "/srv/x")
    }

    @Test("what is not UTF-8 is told beforehand and never written")
    func notUTF8() {
        var metadata = file()
        #expect(metadata.isRepresentable)
        metadata.symlinkTarget = [0x61, 0xFF]
        #expect(!metadata.isRepresentable)
        #expect(text(MetadataBlob.encode(metadata)).hasSuffix("\"CoreSymlinkTarget\":\"a\u{FFFD}\"}"))
    }

    @Test("random metadata survives writing and reading")
    func roundTrip() throws {
        var random = SeededGenerator.printed("metadata roundTrip")
        let palette: [Character] = ["a", "\"", "\\", "\n", "\u{1}", "ä", "漢", "🎒", "\u{2028}", "\u{85}", "/", " ", "-"]
        func text(_ random: inout SeededGenerator) -> [UInt8] {
            let count = Int.random(in: 1...12, using: &random)
            return (0..<count).flatMap { _ in Array((palette.randomElement(using: &random) ?? "x").utf8) }
        }
        for _ in 0..<1000 {
            var metadata = Metadata()
            for _ in 0..<Int.random(in: 0...3, using: &random) {
                let count = Int.random(in: 1...40, using: &random)
                let value = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
                metadata.extendedAttributes.append(.init(name: text(&random), value: value))
            }
            if Bool.random(using: &random) {
                metadata.ownership = .init(
                    uid: .random(in: 0 ... .max, using: &random), gid: .random(in: 0 ... .max, using: &random),
                    mode: .random(in: 0...0o777, using: &random))
                metadata.ownerName = text(&random)
                metadata.groupName = text(&random)
            }
            let known = FileAttributes(rawValue: UInt32.random(in: 1...0xFFFF, using: &random) & 0xFFF7)
            metadata.attributes = known.rawValue == 0 ? nil : known
            metadata.modificationTicks = .random(in: 0 ... .max, using: &random)
            metadata.creationTicks = .random(in: 0 ... .max, using: &random)
            if Bool.random(using: &random) { metadata.symlinkTarget = text(&random) }
            #expect(try MetadataBlob.decode(MetadataBlob.encode(metadata)) == metadata)
        }
    }
}
