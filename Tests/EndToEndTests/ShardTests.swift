import Foundation
import Support
import Testing

@Suite("A job in parts")
struct ShardTests {
    /// A tree with many entries at its top, and a job that is divided.
    private func home(sources: String = "", job: String = "", url: String? = nil) throws -> Household {
        let home = try Household()
        try home.shell(
            """
            for i in $(seq 1 40); do mkdir -p "tree/folder $i/inner"; head -c $((i * 1000)) /dev/urandom \
            > "tree/folder $i/inner/data"; echo $i > "tree/file-$i"; done
            ln tree/file-1 tree/file-1-again
            echo single > single.txt
            """)
        try home.write(
            home.configuration(job: job)
                .replacing(
                    "url: file://\(home.path)/backup", with: "url: \(url ?? "file://\(home.path)/backup/{job}/{shard}")"
                )
                .replacing("      - path: \(home.path)/tree\n", with: "      - path: \(home.path)/tree\n\(sources)"),
            to: "dunnage.yaml")
        return home
    }

    private func backUp(_ home: Household, _ count: Int) throws {
        for index in 0..<count {
            let run = try home.dunnage(
                "run", "home", "-c", "dunnage.yaml", "--shard", "\(index)/\(count)", "--stateless")
            try #require(run.code == 0, "\(run.error)")
        }
    }

    /// The restored tree, which has its whole path below the target.
    private func same(_ home: Household, _ target: String) throws {
        #expect(try home.manifest("tree") == home.manifest("\(target)\(home.path)/tree"))
    }

    @Test("restored together, the parts are the identical tree", arguments: [1, 3, 8])
    func roundTrip(count: Int) throws {
        let home = try home()
        try backUp(home, count)
        let restore = try home.dunnage(
            "restore", "home", "-c", "dunnage.yaml", "--shards", "\(count)", "--target", "out")
        #expect(restore.code == 0, "\(restore.error)")
        try same(home, "out")
        // Each entry at the top is in exactly one part, and every part has its share of more than a few.
        var seen: [String: Int] = [:]
        for index in 0..<count {
            let files = try home.dunnage("files", "home", "-c", "dunnage.yaml", "--shard", "\(index)/\(count)")
            try #require(files.code == 0, "\(files.error)")
            let top = Set(
                files.output.split(separator: "\n").compactMap { line -> Substring? in
                    guard let range = line.firstRange(of: "\(home.path)/tree/") else { return nil }
                    return line[range.upperBound...].prefix { $0 != "/" }
                })
            for name in top where !name.isEmpty { seen[String(name), default: 0] += 1 }
            #expect(top.count > 88 / count / 3, "part \(index) has \(top.count)")
        }
        let names = try home.shell("ls -A tree").output.split(separator: "\n").map(String.init)
        #expect(Set(names) == Set(seen.keys) && seen.values.allSatisfy { $0 == 1 }, "\(seen)")
        // One part after the other gives the same.
        for index in 0..<count {
            let one = try home.dunnage(
                "restore", "home", "-c", "dunnage.yaml", "--shard", "\(index)/\(count)", "--target", "singly")
            #expect(one.code == 0, "\(one.error)")
        }
        try same(home, "singly")
    }

    @Test("changes go to the part that they belong to, and the others stay as they are")
    func changes() throws {
        let home = try home()
        try backUp(home, 4)
        let before = try home.shell("cd backup/home && find . -name '*.dlist.*' | sort").output
        try home.shell("echo more >> 'tree/file-7'; rm tree/file-9; echo new > tree/brand-new")
        try backUp(home, 4)
        let after = try home.shell("cd backup/home && find . -name '*.dlist.*' | sort").output
        #expect(after.count > before.count)
        let restore = try home.dunnage("restore", "home", "-c", "dunnage.yaml", "--shards", "4", "--target", "out")
        #expect(restore.code == 0, "\(restore.error)")
        try same(home, "out")
    }

    @Test("outputs, single files and sources below others belong to one part each")
    func otherSources() throws {
        let home = try home(
            sources: """
                      - path: /dumps/numbers.txt
                        command: [seq, "1", "1000"]
                      - path: PATH/single.txt
                      - path: PATH/tree/folder 3/inner

                """)
        let text = try String(contentsOfFile: "\(home.path)/dunnage.yaml", encoding: .utf8)
        try home.write(
            text.replacing("PATH", with: home.path) + "    filters: [{ exclude: \"\(home.path)/tree/folder 3/\" }]\n",
            to: "dunnage.yaml")
        try backUp(home, 3)
        let restore = try home.dunnage("restore", "home", "-c", "dunnage.yaml", "--shards", "3", "--target", "out")
        #expect(restore.code == 0, "\(restore.error)")
        try home.shell("seq 1 1000 > numbers.txt")
        let root = "out\(home.path)"
        let compared = try home.shell(
            """
            cmp numbers.txt out/dumps/numbers.txt && cmp single.txt \(root)/single.txt \
            && diff -r --no-dereference 'tree/folder 3/inner' '\(root)/tree/folder 3/inner' && test ! -e '\(root)/tree/folder 3/x'
            """)
        #expect(compared.code == 0, "\(compared.output)\(compared.error)")
        for name in ["numbers.txt", "single.txt", "folder 3/inner/data"] {
            let places = try (0..<3).count { index in
                let files = try home.dunnage("files", "home", "-c", "dunnage.yaml", "--shard", "\(index)/3")
                return files.output.contains("/\(name)\n")
            }
            #expect(places == 1, "\(name) is in \(places) parts")
        }
    }

    @Test("a part that has nothing makes a version all the same")
    func nothing() throws {
        let home = try home()
        let text = try String(contentsOfFile: "\(home.path)/dunnage.yaml", encoding: .utf8)
        try home.write(
            text.replacing("      - path: \(home.path)/tree\n", with: "      - path: \(home.path)/single.txt\n"),
            to: "dunnage.yaml")
        try backUp(home, 4)
        let restore = try home.dunnage("restore", "home", "-c", "dunnage.yaml", "--shards", "4", "--target", "out")
        #expect(restore.code == 0, "\(restore.error)")
        #expect(try home.shell("cmp single.txt out\(home.path)/single.txt").code == 0)
    }

    @Test("what is asked for may be in one part alone")
    func patterns() throws {
        let home = try home()
        try backUp(home, 4)
        let found = try home.dunnage(
            "restore", "home", "\(home.path)/tree/file-5", "-c", "dunnage.yaml", "--shards", "4", "--target", "out")
        #expect(found.code == 0, "\(found.error)")
        #expect(
            try home.shell("cmp tree/file-5 out\(home.path)/tree/file-5 && find out -type f | wc -l").output == "1\n")
        let none = try home.dunnage(
            "restore", "home", "/nowhere", "-c", "dunnage.yaml", "--shards", "4", "--target", "out2")
        #expect(none.code != 0)
    }

    @Test("parts and whole are not taken for each other")
    func refusals() throws {
        let home = try home()
        try backUp(home, 2)
        let whole = try home.dunnage("run", "home", "-c", "dunnage.yaml")
        #expect(whole.code == 78 && whole.error.contains("--shard 0/4"), "\(whole.error)")
        let other = try home.dunnage("restore", "home", "-c", "dunnage.yaml", "--shards", "3", "--target", "out")
        #expect(other.code != 0, "another number of parts is another set of stores")
        #expect(try home.shell("find out -type f 2>/dev/null | wc -l").output == "0\n")
        for shard in ["2/2", "-1/2", "a/b", "1", "0/0", "0/1001"] {
            #expect(try home.dunnage("run", "home", "-c", "dunnage.yaml", "--shard", shard).code == 2, "\(shard)")
        }
        #expect(try home.dunnage("run", "-c", "dunnage.yaml", "--shard", "0/2").code == 2)
        let plain = try self.home(url: "file://\(home.path)/plain")
        let run = try plain.dunnage("run", "home", "-c", "dunnage.yaml", "--shard", "0/2")
        #expect(run.code == 78 && run.error.contains("{shard}"), "\(run.error)")
        let expecting = try self.home(job: "    expect: [{ source: PATH, min_files: 5 }]\n")
        let text = try String(contentsOfFile: "\(expecting.path)/dunnage.yaml", encoding: .utf8)
        try expecting.write(text.replacing("source: PATH", with: "source: \(expecting.path)/tree"), to: "dunnage.yaml")
        let refused = try expecting.dunnage("run", "home", "-c", "dunnage.yaml", "--shard", "0/2")
        #expect(refused.code == 78 && refused.error.contains("must_exist"), "\(refused.error)")
    }
}
