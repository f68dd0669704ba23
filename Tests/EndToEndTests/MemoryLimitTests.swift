import Foundation
import Support
import Testing

@Suite("The memory of a run, measured")
struct MemoryLimitTests {
    /// A household whose job may take so much, and tells at its end what it took at most.
    private func household(_ memory: String, volume: String, destinations: Int = 1) throws -> Household {
        let home = try Household()
        // Many small files, and large ones that compress and that do not.
        try home.shell(
            """
            mkdir -p tree/small
            seq 1 400000 > numbers && split -a 4 -l 100 numbers tree/small/part
            cat numbers numbers numbers numbers numbers numbers numbers numbers > tree/large
            head -c 40000000 /dev/urandom > tree/noise
            """)
        let names = (0..<destinations).map { "store\($0)" }
        let stores = names.map { "  \($0): { url: \"file://\(home.path)/\($0)\" }\n" }.joined()
        try home.write(
            """
            version: 1
            runtime: { state_dir: \(home.path)/state }
            secrets: { passphrase: { file: \(home.path)/passphrase } }
            destinations:
            \(stores)
            jobs:
              home:
                sources: [{ path: \(home.path)/tree }]
                encryption: { passphrase: { secret: passphrase } }
                destinations: [\(names.joined(separator: ", "))]
                retention: { keep_versions: 1 }
                options: { volume_size: \(volume) }
                limits: { memory: \(memory) }
                hooks: { after: [{ command: [sh, -c, "grep VmHWM /proc/$$PPID/status > \(home.path)/peak"] }] }

            """, to: "limited.yaml")
        return home
    }

    private func peak(_ home: Household) throws -> Int {
        let run = try home.dunnage("run", "-c", "limited.yaml")
        #expect(run.code == 0, "\(run.error)")
        let digits = try String(contentsOfFile: "\(home.path)/peak", encoding: .utf8).filter(\.isNumber)
        return try #require(Int(digits)) >> 10
    }

    @Test(
        "is within `limits.memory`, in a first backup and in one after which the store is compacted and read back",
        arguments: [(96, "10MiB", 1), (129, "50MiB", 1), (164, "50MiB", 2)])
    func peaks(_ memory: Int, _ volume: String, _ destinations: Int) throws {
        let home = try household("\(memory)MiB", volume: volume, destinations: destinations)
        #expect(try peak(home) <= memory)
        try home.shell("rm -r tree/small/part??a? && head -c 30000000 /dev/urandom > tree/noise && date > tree/new")
        #expect(try peak(home) <= memory)
    }
}
