import Configuration
import Support
import Testing
import Transport

@testable import Jobs

@Suite("The bandwidth of all runs")
struct RunBandwidthTests {
    private func configuration(_ limits: String, job: String = "{ cpu: normal }") throws -> Configuration {
        let text = """
            version: 1
            runtime: { timezone: Europe/Berlin, limits: { \(limits) } }
            destinations: { disk: { url: "file:///backup" } }
            jobs:
              home: { sources: [{ path: /home }], encryption: none, destinations: [disk], limits: \(job) }

            """
        return try ConfigurationLoader.load(
            utf8: Array(text.utf8), file: "dunnage.yaml", folder: "/", environment: [:]
        ).configuration
    }

    /// Monday, 23 November 2026, at an hour of UTC: Berlin is an hour ahead.
    private func monday(_ hour: Int64) -> Timestamp { Timestamp(seconds: 1_795_392_000 + hour * 3600) }

    @Test("is that of the time of the day, by the clocks of the runtime's zone; of several times the first holds")
    func times() throws {
        let bandwidth = RunBandwidth()
        func rates(_ limits: String, _ hour: Int64) throws -> [Int64?] {
            bandwidth.follow(try configuration(limits), at: monday(hour))
            return [bandwidth.uploads.bytesPerSecond, bandwidth.downloads.bytesPerSecond]
        }
        let day = "{ days: [mon], from: \"08:00\", to: \"18:00\", upload: 4KiB/s }"
        let noon = "{ from: \"12:00\", to: \"13:00\", upload: unlimited, download: 1KiB/s }"
        let limits = "upload: 20KiB/s, download: 30KiB/s, blackout: [\(day), \(noon)]"
        #expect(try rates(limits, 6) == [20_480, 30_720])
        // 08:00 in Berlin.
        #expect(try rates(limits, 7) == [4096, 30_720])
        #expect(try rates(limits, 11) == [4096, 30_720])
        #expect(try rates(limits, 17) == [20_480, 30_720])
        #expect(try rates(limits, 24 + 11) == [nil, 1024])
        #expect(try rates("concurrent_jobs: 2", 7) == [nil, nil])
        #expect(try rates("upload: unlimited, download: 5KB/s", 7) == [nil, 5000])
    }

    @Test("has a share for each job, which follows the configuration while transfers are under way")
    func shares() throws {
        let bandwidth = RunBandwidth()
        let before = try configuration("upload: 1MiB/s", job: "{ upload: 10KiB/s }")
        let share = bandwidth.share(of: try before.findJob("home"))
        #expect(share.uploads.bytesPerSecond == 10_240 && share.downloads.bytesPerSecond == nil)
        #expect(bandwidth.share(of: try before.findJob("home")).uploads === share.uploads)
        #expect(bandwidth.share(of: nil).uploads === bandwidth.uploads)
        bandwidth.follow(
            try configuration("upload: 1MiB/s", job: "{ upload: 20KiB/s, download: 1KB/s }"), at: monday(9))
        #expect(share.uploads.bytesPerSecond == 20_480 && share.downloads.bytesPerSecond == 1000)
        bandwidth.follow(try configuration("upload: 1MiB/s"), at: monday(9))
        #expect(share.uploads.bytesPerSecond == nil && share.downloads.bytesPerSecond == nil)
    }

    @Test("of a run that somebody asks for is not zero in a time without uploads")
    func closed() throws {
        for closed in ["", ", upload: 0"] {
            let limits = "upload: 20KiB/s, blackout: [{ from: \"08:00\", to: \"18:00\"\(closed) }]"
            #expect(try configuration(limits).runtime.rates(at: monday(9)).upload == .perSecond(ByteCount(20_480)))
        }
    }
}
