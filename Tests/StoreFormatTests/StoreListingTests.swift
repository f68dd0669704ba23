import StoreFormat
import Support
import Testing

@Suite("Listings of a destination")
struct StoreListingTests {
    private func listing(_ names: [String], prefix: String? = nil) -> StoreListing {
        StoreListing(names.map { ListedObject(name: $0, size: 10) }, prefix: prefix)
    }

    @Test("objects are sorted by kind, versions newest first, and the rest stays apart")
    func kinds() {
        let listing = listing([
            "duplicati-20261121T031826Z.dlist.zip.aes", "duplicati-b02.dblock.zip.aes", "duplicati-i03.dindex.zip.aes",
            "duplicati-20261122T031826Z.dlist.zip.aes", "duplicati-b01.dblock.zip.aes", "readme.txt",
            "duplicati-b01.dblock.zip.aes.par2", "duplicati-verification.json", "other-b01.dblock.zip",
            "x.par2", "duplicati-b01.dblock.zip.aes.part",
        ])
        #expect(listing.prefix == "duplicati")
        #expect(listing.dlists.map(\.name.text).first == "duplicati-20261122T031826Z.dlist.zip.aes")
        #expect(listing.dlists.count == 2)
        #expect(listing.dblocks.map(\.name.id) == ["01", "02"])
        #expect(listing.dindexes.count == 1)
        #expect(listing.parity.map(\.name) == ["duplicati-b01.dblock.zip.aes.par2"])
        #expect(listing.verificationFile?.name == "duplicati-verification.json")
        #expect(listing.otherPrefixes == ["other": 1])
        #expect(listing.foreign.map(\.name) == ["duplicati-b01.dblock.zip.aes.part", "readme.txt", "x.par2"])
        #expect(listing.encryption == .aes && listing.encryptions == [.aes])
        #expect(listing.totalSize == 50 && !listing.isEmpty)
    }

    @Test("the prefix is the default one where it occurs, else the only one")
    func prefix() {
        #expect(listing([]).prefix == "duplicati")
        #expect(listing(["mine-b01.dblock.zip"]).prefix == "mine")
        #expect(listing(["mine-b01.dblock.zip", "duplicati-b01.dblock.zip"]).prefix == "duplicati")
        let ambiguous = listing(["mine-b01.dblock.zip", "yours-b01.dblock.zip"])
        #expect(ambiguous.prefix == "duplicati" && ambiguous.isEmpty)
        #expect(ambiguous.otherPrefixes == ["mine": 1, "yours": 1])
        #expect(listing(["mine-b01.dblock.zip", "yours-b01.dblock.zip"], prefix: "yours").dblocks.count == 1)
    }

    @Test("of two lists of one time the encrypted one counts")
    func shadowed() {
        let listing = listing([
            "duplicati-20261121T031826Z.dlist.zip", "duplicati-20261121T031826Z.dlist.zip.aes",
            "duplicati-20261120T031826Z.dlist.zip",
        ])
        #expect(listing.dlists.map(\.name.encryption) == [.aes, .none])
        #expect(listing.shadowedLists.map(\.name.text) == ["duplicati-20261121T031826Z.dlist.zip"])
    }

    @Test("a name listed twice counts once and is reported")
    func repeated() {
        let listing = listing(["duplicati-b01.dblock.zip", "duplicati-b01.dblock.zip"])
        #expect(listing.dblocks.count == 1 && listing.repeatedNames == ["duplicati-b01.dblock.zip"])
    }

    @Test("a new version is later than every other one")
    func nextTime() throws {
        let listing = listing(["duplicati-20261121T031826Z.dlist.zip", "duplicati-20261121T031827Z.dlist.zip"])
        func next(_ now: String) throws -> String {
            listing.nextVersionTime(at: try #require(Timestamp(compact: now))).compact
        }
        #expect(try next("20261121T031830Z") == "20261121T031830Z")
        #expect(try next("20261121T031827Z") == "20261121T031828Z")
        #expect(try next("20261121T031826Z") == "20261121T031828Z")
        let empty = self.listing([])
        #expect(empty.nextVersionTime(at: Timestamp(seconds: 5, nanoseconds: 7)) == Timestamp(seconds: 5))
    }
}
