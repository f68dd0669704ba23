import ConfigurationFuzzing
import Glibc

/// Reads mutated configurations, a seed each, until the count or the time is used up.
///
///     FuzzConfiguration [--seed N] [--count N] [--seconds N] [--trace]
@main
struct FuzzConfiguration {
    private static let slowest = 5.0

    static func main() {
        let first = number("--seed") ?? 1
        let count = number("--count") ?? 100_000
        let seconds = number("--seconds").map { Double($0) } ?? .infinity
        let isTraced = CommandLine.arguments.contains("--trace")
        var accepted = 0
        var refused = 0
        var longest = (seconds: 0.0, seed: first)
        let start = now()
        for seed in first..<first + count {
            if isTraced { say("seed \(seed)") }
            if now() - start > seconds { break }
            // Of the processor: others may be at work on this machine.
            let before = now(CLOCK_THREAD_CPUTIME_ID)
            var mutator = Mutator(seed: seed)
            let bytes = mutator.mutated()
            switch Judge().verdict(on: bytes, rendersAll: seed % 16 == 0) {
            case .accepted: accepted += 1
            case .refused: refused += 1
            case .wrong(let reason): fail(seed, reason, bytes)
            }
            let spent = now(CLOCK_THREAD_CPUTIME_ID) - before
            if spent > slowest { fail(seed, "it took \(spent) seconds", bytes) }
            if spent > longest.seconds { longest = (spent, seed) }
            if (accepted + refused) % 50_000 == 0 { say("\(accepted + refused) files by seed \(seed)") }
        }
        let total = accepted + refused
        say(
            "seeds \(first)..<\(first + UInt64(total)): \(total) files, \(accepted) accepted, \(refused) refused, "
                + "\(Int(now() - start)) s; the slowest took \(Int(longest.seconds * 1000)) ms (seed \(longest.seed))")
    }

    private static func fail(_ seed: UInt64, _ reason: String, _ bytes: [UInt8]) -> Never {
        say("seed \(seed): \(reason)\n--- the file\n\(String(decoding: bytes, as: UTF8.self))\n---")
        exit(1)
    }

    /// At once: what waits in a buffer is lost in a crash.
    private static func say(_ text: String) {
        print(text)
        fflush(nil)
    }

    private static func number(_ option: String) -> UInt64? {
        let arguments = CommandLine.arguments
        guard let index = arguments.firstIndex(of: option), index + 1 < arguments.count else { return nil }
        return UInt64(arguments[index + 1])
    }

    private static func now(_ clock: clockid_t = CLOCK_MONOTONIC) -> Double {
        var time = timespec()
        clock_gettime(clock, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
