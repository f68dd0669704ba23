import Foundation
import Support
import Testing

@Suite("Temporary folders of many at a time")
struct TemporaryFolderRaceTests {
    @Test("nobody's fresh folder is taken for one that was left")
    func race() throws {
        let parent = try TemporaryFolder()
        let lost = BoundedQueue<Int>(capacity: 8)
        let threads = try (0..<8).map { _ in
            try WorkerThread("folders") {
                var count = 0
                for _ in 0..<50 {
                    guard let folder = try? TemporaryFolder(in: parent.path) else {
                        count += 1
                        continue
                    }
                    if !FileManager.default.fileExists(atPath: folder.path) { count += 1 }
                }
                lost.push(count)
            }
        }
        for thread in threads { thread.join() }
        #expect((0..<8).compactMap { _ in lost.pop() }.reduce(0, +) == 0)
    }
}
