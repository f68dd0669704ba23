import Secrets
import Support
import Testing

@testable import Configuration

@Suite("Jobs that extend others, and sets of filters")
struct ReuseTests {
    private func load(_ jobs: String, _ more: String = "") throws(InvalidConfiguration) -> Configuration {
        let text = "version: 1\ndestinations: { disk: { url: \"/b/{job}\" } }\n\(more)jobs:\n\(jobs)"
        return try ConfigurationLoader.load(utf8: Array(text.utf8), file: "f", folder: "/", environment: [:])
            .configuration
    }

    @Test("mappings merge, single values and lists replace, and defaults lie below")
    func extends() throws {
        let configuration = try load(
            """
              base:
                sources: [{ path: /base }]
                encryption: none
                filters: [{ exclude: "*.tmp" }]
                retention: { keep_versions: 3, min_versions: 2 }
                selection: { exclude_if_present: [.no], exclude_caches: true }
              own:
                extends: base
                filters: [{ exclude: "*.bak" }]
                retention: { keep_versions: 5 }
                selection: { exclude_if_present: [.stop] }

            """,
            "defaults: { destinations: [disk], retention: { max_delete: 7, min_versions: 1, keep_within: 2d } }\n")
        let own = try #require(configuration.job(named: "own"))
        #expect(own.sources.map { $0.path } == ["/base"])
        #expect(own.filters.map { $0.expression } == ["*.bak"])
        #expect(own.retention?.keepVersions == 5 && own.retention?.minVersions == 2)
        #expect(own.retention?.maxDelete == 7 && own.retention?.keepWithin == CalendarDuration(seconds: 2 * 86_400))
        #expect(own.selection.excludeIfPresent == [".stop"] && own.selection.excludeCaches)
    }

    @Test("a chain of jobs is followed, whatever their order in the file")
    func chain() throws {
        let configuration = try load(
            """
              c: { extends: b, options: { compression: best } }
              a: { sources: [{ path: /a }], encryption: none, destinations: [disk], options: { block_size: 1KiB } }
              b: { extends: a, options: { block_size: 2KiB } }

            """)
        let c = try #require(configuration.job(named: "c"))
        #expect(c.options.blockSize == ByteCount(2048) && c.options.compression == Compression(level: 12))
        #expect(configuration.job(named: "a")?.options.blockSize == ByteCount(1024))
    }

    @Test("a choice between keys is replaced whole: a passphrase, tiers")
    func choices() throws {
        let configuration = try load(
            """
              a: { sources: [{ path: /a }], encryption: { passphrase: { env: A } }, destinations: [disk],
                   retention: { policy: "1W:1D", keep_versions: 1 } }
              b: { extends: a, encryption: { passphrase: { file: /b } }, retention: { tiers: "2d:1d" } }

            """)
        let b = try #require(configuration.job(named: "b"))
        #expect(b.passphrase.flatMap { configuration.secrets[$0.name] } == .file("/b"))
        #expect(b.retention?.tiers.count == 1 && b.retention?.keepVersions == 1)
    }

    @Test("a chain of jobs may be sixteen long, and no longer")
    func depth() throws {
        func chain(_ length: Int) -> String {
            (1..<length).map { "  j\($0): { extends: j\($0 + 1) }\n" }.joined()
                + "  j\(length): { sources: [{ path: /a }], encryption: none, destinations: [disk] }\n"
        }
        #expect(try load(chain(16)).jobs.count == 16)
        let error = #expect(throws: InvalidConfiguration.self) { try load(chain(17)) }
        #expect(error?.diagnostics.contains { $0.code == .limit } == true)
        // A chain as long as a file can hold must not end the program.
        #expect(throws: InvalidConfiguration.self) { try load(chain(20_000)) }
    }

    @Test("a set of filters stands where it is used")
    func filterSets() throws {
        let configuration = try load(
            """
              a:
                sources: [{ path: /a }]
                encryption: none
                destinations: [disk]
                filters: [{ include: "/a/keep/" }, { use: junk }, { exclude: "*.iso" }, { use: nothing }]

            """,
            "filter_sets: { junk: [{ exclude: \"*.tmp\" }, { include: \"/a/x\" }], nothing: [], x-old: 7 }\n")
        #expect(
            configuration.jobs[0].filters == [
                FilterRule(action: .include, expression: "/a/keep/"),
                FilterRule(action: .exclude, expression: "*.tmp"), FilterRule(action: .include, expression: "/a/x"),
                FilterRule(action: .exclude, expression: "*.iso"),
            ])
    }

    @Test("a short file cannot ask for more filters than a program can hold")
    func manyFilters() throws {
        let set = Array(repeating: "{ exclude: /x }", count: 1000).joined(separator: ", ")
        let uses = Array(repeating: "{ use: s }", count: 101).joined(separator: ", ")
        let error = #expect(throws: InvalidConfiguration.self) {
            try load(
                "  a: { sources: [{ path: /a }], encryption: none, destinations: [disk], filters: [\(uses)] }\n",
                "filter_sets: { s: [\(set)] }\n")
        }
        #expect(error?.diagnostics.map { $0.code } == [.limit])
    }
}
