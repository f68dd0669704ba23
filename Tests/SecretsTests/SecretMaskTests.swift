import Support
import Testing

@testable import Secrets

@Suite struct SecretMaskTests {
    @Test("a secret is hidden in every form it may appear in")
    func forms() {
        let value = "p@ss \"w\\ord\"\n2é"
        let mask = SecretMask()
        mask.add(Secret(value))
        let bytes = Array(value.utf8)
        let json = #"p@ss \"w\\ord\"\n2é"#
        for form in [value, PercentEncoding.encode(bytes), json, Base64.encode(bytes, urlSafe: false)] {
            let masked = mask.apply(to: "before \(form) after \(form)")
            #expect(masked.hasPrefix("before ••••") && !masked.contains(form), "\(masked)")
        }
    }

    @Test("the longest secret wins where one is part of another")
    func longest() {
        let mask = SecretMask()
        mask.add(Secret("hunter"))
        mask.add(Secret("hunter2000"))
        #expect(mask.apply(to: "a hunter2000 b hunter c") == "a •••• b •••• c")
    }

    @Test("the lines of a key are hidden one by one")
    func lines() {
        let mask = SecretMask()
        mask.add(Secret("-----BEGIN KEY-----\nabcdefghijkl\nshort\n"))
        #expect(mask.apply(to: "line abcdefghijkl, short") == "line ••••, short")
    }

    @Test("a text without secrets stays as it is, and very short secrets are left alone")
    func untouched() {
        let mask = SecretMask()
        #expect(mask.apply(to: "nothing") == "nothing")
        mask.add(Secret("abc"))
        mask.add(Secret(""))
        #expect(mask.apply(to: "abc") == "abc")
    }

    @Test("a store's mask knows what the store has handed out, and literals from the start")
    func storeMask() throws {
        let store = SecretStore(
            sources: ["a": .literal(Secret("hunter2")), "b": .environment("B")], environment: ["B": "swordfish"])
        #expect(store.mask.apply(to: "hunter2 swordfish") == "•••• swordfish")
        _ = try store.secret(SecretReference("b"))
        #expect(store.mask.apply(to: "hunter2 swordfish") == "•••• ••••")
    }

    @Test("nothing that describes a secret or its store shows it")
    func descriptions() {
        let source = SecretSource.literal(Secret("hunter2"))
        let template = Template([
            .text("sftp://u:hunter2@h/"), .secret(SecretReference("a")), .text("?token=hunter2&x=1"),
        ])
        var dumped = ""
        dump(source, to: &dumped)
        #expect(!dumped.contains("hunter2") && !"\(source)".contains("hunter2"))
        #expect(template.description == "sftp://u:••••@h/${secret:a}?token=••••&x=1")
    }
}
