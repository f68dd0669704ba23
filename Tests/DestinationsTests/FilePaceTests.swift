import Glibc
import Support
import Testing
import Transport

@testable import Destinations

@Suite("The pace of a folder")
struct FilePaceTests {
    private let folder: TemporaryFolder
    private let size = 100_000

    init() throws {
        folder = try TemporaryFolder()
        try FileTree.createFolder("\(folder.path)/store")
    }

    private func open(_ environment: DestinationEnvironment) throws -> any Destination {
        try DestinationRegistry.open(url: "file://\(folder.path)/store", environment: environment)
    }

    /// A file of noise, which a link cannot stand for.
    private func file(_ path: String) throws -> LocalFile {
        let noise = (0..<size).map { _ in UInt8.random(in: 0...255) }
        try noise.withUnsafeBytes {
            try FileDescriptor.open(path, flags: O_WRONLY | O_CREAT | O_TRUNC).write(all: $0)
        }
        return LocalFile(path: path, size: Int64(size))
    }

    private func duration(_ body: () throws -> Void) rethrows -> Duration {
        let began = ContinuousClock.now
        try body()
        return ContinuousClock.now - began
    }

    @Test("is that of the destination's limits, whether a file is copied or is there already, and both ways")
    func rates() throws {
        // A tenth of a second is free.
        var environment = DestinationEnvironment()
        environment.uploads = BandwidthLimit(bytesPerSecond: 200_000)
        environment.downloads = BandwidthLimit(bytesPerSecond: 200_000)
        let destination = try open(environment)
        let copied = try file("\(folder.path)/copied")
        #expect(try duration { try destination.put("copied", from: copied) } >= .milliseconds(350))
        let staged = try file(try #require(destination as? any Staging).stagingPath())
        #expect(try duration { try destination.put("staged", from: staged) } >= .milliseconds(350))
        let back = "\(folder.path)/back"
        #expect(try duration { _ = try destination.get("copied", to: back) } >= .milliseconds(350))
        #expect(try FileDescriptor.open(back).size() == Int64(size))
    }

    @Test("does not hold up a stop, which leaves nothing behind")
    func stop() throws {
        let flag = CancellationFlag()
        let environment = DestinationEnvironment(
            cancellation: flag, uploads: BandwidthLimit(bytesPerSecond: 1000))
        let destination = try open(environment)
        let copied = try file("\(folder.path)/copied")
        let stopper = try WorkerThread("stopper") {
            usleep(50_000)
            flag.cancel()
        }
        let taken = duration {
            #expect { try destination.put("copied", from: copied) } throws: { error in
                (error as? DestinationError)?.kind == .cancelled
            }
        }
        stopper.join()
        #expect(taken < .seconds(30))
        #expect(try destination.list().isEmpty)
    }
}
