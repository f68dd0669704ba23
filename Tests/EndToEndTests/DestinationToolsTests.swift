import Foundation
import Glibc
import JSON
import Support
import Testing

@Suite("Commands about destinations")
struct DestinationToolsTests {
    @Test("test tells of each destination what works, and leaves nothing behind")
    func works() throws {
        let home = try Household()
        try home.write(
            home.configuration().replacingOccurrences(
                of: "jobs:\n", with: "  other:\n    url: file://\(home.path)/other\njobs:\n"), to: "two.yaml")
        try home.shell("mkdir other")
        let text = try home.dunnage("destination", "test", "-c", "two.yaml")
        #expect(text.code == 0, "\(text.error)")
        #expect(text.output.contains("disk: file://\(home.path)/backup"))
        #expect(text.output.contains("Everything that a backup does works. Round trip:"))
        let document = try home.json("destination", "test", "disk", "-c", "two.yaml", "--json")
        #expect(document["schema"]?.string == "urn:dunnage:destination-test:v1")
        let destinations = try #require(document["destinations"]?.array)
        #expect(destinations.count == 1 && destinations[0]["judgement"]?.string == "good")
        #expect(destinations[0]["checks"]?.array?.first?["name"]?.string == "container")
        #expect(try home.shell("ls -A backup other").output == "backup:\n\nother:\n")
    }

    @Test("a missing folder is 1 and names the flag that makes it; with the flag it is made")
    func creation() throws {
        let home = try Household()
        let url = "file://\(home.path)/new"
        let missing = try home.dunnage("destination", "test", "--store", url)
        #expect(missing.code == 1)
        #expect(missing.output.contains("--create"))
        #expect(access("\(home.path)/new", F_OK) != 0)
        #expect(try home.dunnage("destination", "test", "--url", url, "--create").code == 0)
        #expect(access("\(home.path)/new", F_OK) == 0)
        #expect(try home.dunnage("destination", "test", url, "--read-only").code == 0)
    }

    @Test("a folder that may not be written to lacks the right to store, which is 77")
    func missingRight() throws {
        // Nothing is forbidden to root.
        guard geteuid() != 0 else { return }
        let home = try Household()
        try home.shell("chmod 555 backup")
        defer { _ = try? home.shell("chmod 755 backup") }
        let result = try home.dunnage("destination", "test", "--store", home.store, "--json")
        #expect(result.code == 77)
        let document = try JSONValue(parsing: result.output)
        #expect(document["exit_code"]?.integer == 77)
        #expect(document["destinations"]?.array?.first?["missing_rights"]?.array?.compactMap(\.string) == ["put"])
        #expect(try home.dunnage("destination", "doctor", "--store", home.store).code == 0)
    }

    @Test("wrong words are 2, a URL that cannot be used is 78")
    func wrong() throws {
        let home = try Household()
        for line in [
            "destination test", "destination test disk", "destination test dsik -c dunnage.yaml",
            "destination sync disk -c dunnage.yaml", "destination sync disk disk -c dunnage.yaml",
            "destination test disk -c dunnage.yaml --write --read-only", "destination doctor", "thaw home",
            "locks set home -c dunnage.yaml", "thaw home -c dunnage.yaml --days 0",
        ] {
            let result = try Binary.run(line.split(separator: " ").map(String.init), in: home.path)
            #expect(result.code == 2, "\(line): \(result.error)")
            #expect(!result.error.isEmpty)
        }
        let unusable = try home.dunnage("destination", "test", "gopher://somewhere/x")
        #expect(unusable.code == 78)
        #expect(unusable.output.contains("gopher"))
    }

    @Test("a store is copied, then only what is new; the copy is restored and equal")
    func sync() throws {
        let home = try Household()
        try home.backUp()
        let copy = "file://\(home.path)/copy"
        let first = try home.dunnage("destination", "sync", "disk", copy, "-c", "dunnage.yaml")
        #expect(first.code == 0, "\(first.error)")
        #expect(try home.shell("diff -r backup copy").code == 0)
        try home.shell("date >> tree/letters/first.txt")
        try home.backUp()
        let preview = try home.json(
            "destination", "sync", home.store, copy, "--passphrase-file", "passphrase", "--dry-run", "--json")
        #expect(preview["copied"]?.integer == 3)
        #expect(try home.shell("diff -r backup copy").code == 1)
        let second = try home.json("destination", "sync", "disk", copy, "-c", "dunnage.yaml", "--checksum", "--json")
        #expect(second["schema"]?.string == "urn:dunnage:destination-sync:v1")
        #expect(second["copied"]?.integer == 3 && second["compared"] == second["present"])
        #expect(try home.shell("diff -r backup copy").code == 0)
        let restored = try home.dunnage(
            "restore", "--store", copy, "--passphrase-file", "passphrase", "--target", "restored")
        #expect(restored.code == 0, "\(restored.error)")
        #expect(try home.manifest("restored") == home.manifest("tree"))
    }

    @Test("another store in the way is 4, and nothing is copied")
    func otherStore() throws {
        let home = try Household()
        try home.backUp()
        try home.shell("mkdir copy && echo x > copy/duplicati-b0123456789abcdef0123456789abcdef.dblock.zip.aes")
        let result = try home.dunnage("destination", "sync", "disk", "file://\(home.path)/copy", "-c", "dunnage.yaml")
        #expect(result.code == 4)
        #expect(result.error.contains("nothing in common"))
        #expect(try home.shell("ls copy | wc -l").output == "1\n")
    }

    @Test("doctor says that a folder can be emptied by the user of the backups, which is 3")
    func doctor() throws {
        let home = try Household()
        try home.backUp()
        let state = try home.storeState()
        let result = try home.dunnage("destination", "doctor", "disk", "-c", "dunnage.yaml")
        #expect(result.code == 3, "\(result.error)")
        #expect(result.output.contains("Whoever has these credentials can destroy"))
        let json = try home.dunnage("destination", "doctor", "disk", "-c", "dunnage.yaml", "--json")
        let document = try JSONValue(parsing: json.output)
        #expect(document["destinations"]?.array?.first?["judgement"]?.string == "bad")
        #expect(try home.storeState() == state)
        #expect(try home.dunnage("destination", "doctor", "--store", "file://\(home.path)/nowhere").code == 1)
    }

    @Test("a folder has no archive: everything can be read, and nothing is ordered")
    func thaw() throws {
        let home = try Household()
        try home.backUp()
        let text = try home.dunnage("thaw", "home", "photo.jpg", "-c", "dunnage.yaml")
        #expect(text.code == 0, "\(text.error)")
        #expect(text.output.hasPrefix("All of 1 object"))
        let document = try home.json("thaw", "--store", home.store, "--passphrase-file", "passphrase", "--json")
        #expect(document["all_readable"]?.bool == true && document["newly_ordered"]?.integer == 0)
        #expect(document["objects"]?.integer == document["volumes"]?.array.map { Int64($0.count) })
        #expect(try home.dunnage("thaw", "home", "nothing like this", "-c", "dunnage.yaml").code == 1)
    }

    @Test("a folder locks nothing, which is 78")
    func locks() throws {
        let home = try Household()
        try home.backUp()
        for line in [["locks", "show", "home"], ["locks", "set", "home", "--for", "30d"]] {
            let result = try Binary.run(line + ["-c", "dunnage.yaml"], in: home.path)
            #expect(result.code == 78)
            #expect(result.error.contains("locks no objects"))
        }
        #expect(try home.dunnage("locks", "set", "home", "--for", "soon", "-c", "dunnage.yaml").code == 2)
    }
}
