import Destinations
import Foundation
import Support
import TestSupport
import Testing

@Suite("A chaotic destination")
struct ChaosDestinationTests {
    /// What somebody saw of a call: how it ended, and what is there now.
    private struct Sight: Hashable {
        let isError: Bool
        let answer: String
        let isThere: Bool
    }

    @Test("goes wrong in each of its ways, and in no other, and is the same for the same seed")
    func allWays() throws {
        let (first, happened) = try play(seed: 5)
        #expect(Set(happened.keys) == Set(ChaosWay.allCases))
        #expect(try play(seed: 5).sights == first)
        // Before and after the commit, with and without a word.
        let puts = Set(first.filter { $0.answer.hasPrefix("put") })
        for isError in [true, false] {
            #expect(puts.contains { $0.isError == isError && $0.answer == "put whole" } || isError)
            #expect(puts.contains { $0.isError == isError && $0.answer == "put half" })
        }
        #expect(puts.contains(Sight(isError: true, answer: "put whole", isThere: true)))
        #expect(puts.contains(Sight(isError: true, answer: "put nothing", isThere: false)))
        let deletes = Set(first.filter { $0.answer == "delete" })
        #expect(deletes.count == 4)
        let gets = Set(first.lazy.filter { $0.answer.hasPrefix("get") }.map { "\($0.isError) \($0.answer)" })
        #expect(
            gets.isSuperset(of: [
                "true get", "false get whole", "false get shorter", "false get other", "false get stale",
            ]))
        let lists = Set(first.lazy.filter { $0.answer.hasPrefix("list") }.map { "\($0.isError) \($0.answer)" })
        #expect(
            lists.isSuperset(of: ["true list", "false list all", "false list fewer", "false list with what is gone"]))
    }

    /// Many calls of every kind.
    private func play(seed: UInt64) throws -> (sights: [Sight], happened: [ChaosWay: Int]) {
        let folder = try TemporaryFolder()
        let inner = FileDestination(folder: "\(folder.path)/store")
        try inner.prepare(create: true)
        let memory = ChaosMemory()
        let chaos = ChaosDestination(inner, seed: seed, rate: 0.7, memory: memory)
        let path = "\(folder.path)/file"
        var sights: [Sight] = []
        for number in 0..<120 {
            if (try? chaos.prepare(create: true)) == nil {
                sights.append(Sight(isError: true, answer: "prepare", isThere: true))
            }
            // A name that is taken again with other content, as a version's time may be.
            let name = "object \(number % 20)"
            let bytes = Data("content \(number) of \(name)".utf8)
            try? inner.delete(name)
            try bytes.write(to: URL(filePath: path))
            var isError = (try? chaos.put(name, from: LocalFile(path: path, size: Int64(bytes.count)))) == nil
            let stored = FileManager.default.contents(atPath: "\(folder.path)/store/\(name)")
            let part = stored == nil ? "nothing" : stored == bytes ? "whole" : "half"
            sights.append(Sight(isError: isError, answer: "put \(part)", isThere: stored != nil))
            if stored != nil {
                let target = "\(folder.path)/target"
                try? FileManager.default.removeItem(atPath: target)
                isError = (try? chaos.get(name, to: target)) == nil
                let came = isError ? nil : FileManager.default.contents(atPath: target)
                let kind =
                    came == nil
                    ? "" : came == stored ? " whole" : (came?.count ?? 0) < (stored?.count ?? 0) ? " shorter" : " other"
                let isOld =
                    came != stored && came.map { String(decoding: $0, as: UTF8.self).hasSuffix(" of \(name)") } ?? false
                sights.append(Sight(isError: isError, answer: isOld ? "get stale" : "get\(kind)", isThere: true))
            }
            let real = Set(try inner.list().map(\.name))
            let listed = try? Set(chaos.list().map(\.name))
            let kind =
                listed.map { $0 == real ? " all" : $0.isSubset(of: real) ? " fewer" : " with what is gone" } ?? ""
            sights.append(Sight(isError: listed == nil, answer: "list\(kind)", isThere: true))
            isError = (try? chaos.delete(name)) == nil
            let isThere = FileManager.default.fileExists(atPath: "\(folder.path)/store/\(name)")
            sights.append(Sight(isError: isError, answer: "delete", isThere: isThere))
        }
        return (sights, memory.happened)
    }
}
