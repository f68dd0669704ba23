import Testing

@testable import Kubernetes

@Suite("Names of objects")
struct ObjectNamesTests {
    @Test("a name that Kubernetes accepts stays as it is")
    func kept() {
        var names = ObjectNames()
        #expect(names.name("dunnage-photos") == "dunnage-photos")
    }

    @Test("what had to be changed is told from what had not", arguments: ["a_b", "a.b", "A-b", "a-b-", "ä-b", "-a-b"])
    func changed(_ wish: String) {
        var names = ObjectNames()
        let plain = names.name("a-b")
        let other = names.name(wish)
        #expect(other != plain)
        #expect(ObjectNames.isName(other), "\(other)")
        var again = ObjectNames()
        #expect(again.name(wish) == other, "the name must not depend on what else is there")
    }

    @Test("a CronJob's name has 52 characters at most, and long names that begin alike differ")
    func long() {
        var names = ObjectNames()
        let start = "dunnage-" + String(repeating: "a", count: 60)
        let (one, two) = (names.name("\(start)1", longest: 52), names.name("\(start)2", longest: 52))
        #expect(one != two)
        #expect(one.count <= 52 && two.count <= 52)
        #expect(ObjectNames.isName(one) && ObjectNames.isName(two))
        #expect(names.name(String(repeating: "b", count: 52), longest: 52).count == 52)
    }

    @Test("the same wish twice gives two names")
    func twice() {
        var names = ObjectNames()
        #expect(names.name("dunnage-a-2") != names.name("dunnage-a-2"))
    }

    @Test("labels and keys are judged as the API server judges them")
    func labels() {
        #expect(ObjectNames.isLabelValue("") && ObjectNames.isLabelValue("a.b_c-D1"))
        #expect(!ObjectNames.isLabelValue("-a") && !ObjectNames.isLabelValue("a b"))
        #expect(!ObjectNames.isLabelValue(String(repeating: "a", count: 64)))
        #expect(ObjectNames.isLabelKey("team") && ObjectNames.isLabelKey("example.org/team"))
        #expect(!ObjectNames.isLabelKey("a/b/c") && !ObjectNames.isLabelKey("/b") && !ObjectNames.isLabelKey(""))
        #expect(ObjectNames.isKey("dunnage.yaml") && ObjectNames.isKey("_a") && !ObjectNames.isKey("a/b"))
        #expect(!ObjectNames.isKey("..data") && !ObjectNames.isKey(""))
    }

    @Test("quantities", arguments: ["1", "1.5Gi", "500m", "100Ki"])
    func quantities(_ text: String) { #expect(Quantity.isValid(text)) }

    @Test("what is no quantity", arguments: ["", "Gi", "-1", "1 Gi", "1GiB", "0", "1.", "a"])
    func noQuantities(_ text: String) { #expect(!Quantity.isValid(text)) }

    @Test("a claim has a path and a name, and perhaps a folder")
    func claims() throws {
        let claim = try #require(RenderRequest.Claim(parsing: "/source/../source/photos/=nas:people/photos"))
        #expect(claim.path == "/source/photos" && claim.name == "nas" && claim.subPath == "people/photos")
        for wrong in ["", "x", "source=a", "/a=", "/a=B", "/a=b:", "/a=b:/c", "/a=b:../c"] {
            #expect(RenderRequest.Claim(parsing: wrong) == nil, "\(wrong)")
        }
    }
}
