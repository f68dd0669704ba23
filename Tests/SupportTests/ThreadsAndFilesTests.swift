import Glibc
import Support
import Synchronization
import Testing

@Suite("Queues, threads and files")
struct ThreadsAndFilesTests {
    @Test("a queue delivers everything in order and then ends")
    func order() throws {
        let queue = BoundedQueue<Int>(capacity: 3)
        let producer = try WorkerThread("producer") {
            for number in 0..<1000 { queue.push(number) }
            queue.close()
        }
        var received: [Int] = []
        while let number = queue.pop() { received.append(number) }
        producer.join()
        #expect(received == Array(0..<1000))
        #expect(queue.push(1) == false)
    }

    @Test("cancelling frees a producer that waits")
    func cancel() throws {
        let queue = BoundedQueue<Int>(capacity: 1)
        let producer = try WorkerThread("producer") { while queue.push(1) {} }
        queue.cancel()
        producer.join()
        #expect(queue.pop() == nil)
    }

    @Test("several consumers share the work without losing any")
    func manyConsumers() throws {
        let queue = BoundedQueue<Int>(capacity: 8)
        let sum = Sum()
        var threads: [WorkerThread] = []
        for _ in 0..<4 {
            threads.append(
                try WorkerThread("consumer") {
                    while let number = queue.pop() { sum.add(number) }
                })
        }
        for number in 1...10_000 { queue.push(number) }
        queue.close()
        for thread in threads { thread.join() }
        #expect(sum.total == 50_005_000)
    }

    @Test("a temporary folder takes everything in it along, links unfollowed")
    func temporaryFolder() throws {
        let outside = try TemporaryFolder()
        let kept = outside.path + "/kept"
        try FileDescriptor.open(kept, flags: O_WRONLY | O_CREAT).write(
            all: UnsafeRawBufferPointer(start: nil, count: 0))
        var path = ""
        do {
            let folder = try TemporaryFolder()
            path = folder.path
            try FileTree.createFolder(path + "/a/b/c")
            _ = try FileDescriptor.open(path + "/a/b/file", flags: O_WRONLY | O_CREAT)
            #expect(symlink(outside.path, path + "/a/link") == 0)
        }
        #expect(access(path, F_OK) != 0)
        #expect(access(kept, F_OK) == 0)
    }

    @Test("a temporary folder of a process that was killed is removed by the next, one in use is not")
    func leftovers() throws {
        let parent = try TemporaryFolder()
        let left = parent.path + "/dunnage-ABCDEF"
        let foreign = parent.path + "/dunnage-without"
        for path in [left, foreign] { try FileTree.createFolder(path) }
        for path in ["\(left).lock", "\(left)/volume"] {
            _ = try FileDescriptor.open(path, flags: O_WRONLY | O_CREAT)
        }
        let inUse = try TemporaryFolder(in: parent.path)
        let another = try TemporaryFolder(in: parent.path)
        #expect(access(left, F_OK) != 0)
        #expect(access(left + ".lock", F_OK) != 0)
        #expect(access(foreign, F_OK) == 0)
        #expect(access(inUse.path, F_OK) == 0)
        #expect(access(another.path, F_OK) == 0)
    }

    @Test("a failed call names the operation, the path and the reason")
    func errors() {
        do {
            _ = try FileDescriptor.open("/nonexistent/file")
            Issue.record("opened a file that is not there")
        } catch {
            #expect(error.code == ENOENT)
            #expect(error.description == "open /nonexistent/file: No such file or directory")
        }
    }
}

private final class Sum: Sendable {
    private let value = Mutex(0)
    func add(_ number: Int) { value.withLock { $0 += number } }
    var total: Int { value.withLock { $0 } }
}
