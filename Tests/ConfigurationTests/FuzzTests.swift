import ConfigurationFuzzing
import Glibc
import Testing

/// A few thousand mutated files; `scripts/fuzz-configuration.sh` reads a million under the address sanitizer.
@Suite("Mutated configurations")
struct FuzzTests {
    @Test("every good file is accepted, and its plain form means the same", arguments: GoodFiles.all)
    func good(_ bytes: [UInt8]) {
        #expect(Judge().verdict(on: bytes) == .accepted)
    }

    @Test(
        "no mutation leads to a crash, to nonsense that is accepted, or to a refusal without a reason", arguments: 0..<8
    )
    func mutations(_ part: UInt64) {
        let start = UInt64.random(in: 0..<1 << 40)
        for seed in start..<start + 400 {
            var mutator = Mutator(seed: seed)
            let bytes = mutator.mutated()
            if case .wrong(let reason) = Judge().verdict(on: bytes, rendersAll: seed % 16 == 0) {
                Issue.record("seed \(seed): \(reason)\n\(String(decoding: bytes, as: UTF8.self))")
            }
        }
    }
}
