import Destinations
import Glibc
import Support
import TestSupport
import Testing

@Suite("Trying a destination out")
struct DestinationProbeTests {
    private let able = AbleDestination()

    private func probe(
        _ destination: (any Destination)? = nil, _ level: DestinationProbe.Level = .writing, creates: Bool = false
    ) throws -> ProbeReport {
        try DestinationProbe(destination ?? able, level: level) { creates }.run()
    }

    private static let order = [
        "container", "list", "put", "stat", "get", "read", "create_only", "delete", "delete_again", "free_space",
    ]

    @Test("a destination that works is good at every step, is timed, and is left as it was")
    func works() throws {
        able["duplicati-20260101T000000Z.dlist.zip"] = [1, 2, 3]
        let report = try probe()
        #expect(report.findings.map(\.name) == Self.order)
        #expect(report.findings.allSatisfy { $0.judgement == .good && $0.duration != nil }, "\(report.findings)")
        #expect(report.judgement == .good)
        #expect(report.roundTrip != nil)
        #expect(report.missingRights.isEmpty)
        #expect(able.names == ["duplicati-20260101T000000Z.dlist.zip"])
        #expect(able.puts.count == 1 && able.puts[0].hasPrefix("dunnage-probe-"))
    }

    @Test("a folder works, and nothing is left in it")
    func folder() throws {
        let folder = try TemporaryFolder()
        let report = try probe(FileDestination(folder: folder.path))
        #expect(report.judgement == .good, "\(report.findings)")
        #expect(report.findings.map(\.name) == Self.order + ["file_system"])
        #expect(try FileDestination(folder: folder.path).list().isEmpty)
    }

    @Test("what it tells about itself stands at the end")
    func facts() throws {
        able.behaviour.facts = [
            DestinationFact("clock", .doubtful, "it is five minutes behind"),
            DestinationFact("versioning", .unknown, "it does not tell"),
        ]
        let report = try probe()
        #expect(report.findings.map(\.name) == Self.order + ["clock", "versioning"])
        #expect(report["clock"]?.judgement == .doubtful)
        #expect(report["versioning"]?.judgement == .unknown)
        #expect(report.judgement == .doubtful)
    }

    @Test("a right that is missing is named, and everything else is tried all the same", arguments: ProbeRight.allCases)
    func missingRight(_ right: ProbeRight) throws {
        if right == .create { able.behaviour.hasContainer = false }
        able.behaviour.rights.remove(right)
        let report = try probe(creates: true)
        #expect(report.missingRights == [right])
        #expect(report.judgement == .bad)
        let bad = report.findings.filter { $0.judgement == .bad }.map(\.name)
        let skipped = report.findings.filter { $0.judgement == .skipped }.map(\.name)
        switch right {
        case .create: #expect(bad == ["container"] && skipped == Array(Self.order.dropFirst()))
        case .list: #expect(bad == ["list"] && skipped.isEmpty)
        case .put: #expect(bad == ["put"] && skipped == Array(Self.order[3...8]))
        case .get: #expect(bad.contains("get") && bad.contains("read") && report["put"]?.judgement == .good)
        case .delete:
            #expect(bad == ["delete"] && skipped == ["delete_again"])
            #expect(report["cleanup"]?.advice == "Remove that object by hand.")
        }
        #expect(able.names.count == (right == .delete ? 1 : 0))
    }

    @Test("a container that is missing is made when that is allowed, and only then")
    func creation() throws {
        able.behaviour.hasContainer = false
        let refused = try probe()
        #expect(refused["container"]?.error?.kind == .missingContainer)
        #expect(refused["list"]?.judgement == .skipped)
        #expect(refused.missingRights.isEmpty)
        #expect(!able.behaviour.hasContainer)
        let report = try probe(creates: true)
        #expect(report["container"]?.detail == "it was missing, and has been made")
        #expect(report.judgement == .good)
    }

    @Test("nobody is asked about a container that is there, or that cannot be looked at")
    func noQuestion() throws {
        let probe = DestinationProbe(able, level: .reading) {
            Issue.record("asked")
            return true
        }
        _ = try probe.run()
        able.behaviour.failure = .authentication
        #expect(try probe.run()["container"]?.error?.kind == .authentication)
    }

    @Test("a destination that replaces objects is doubtful, and the object is removed")
    func replacing() throws {
        able.behaviour.replaces = true
        let report = try probe()
        #expect(report["create_only"]?.judgement == .doubtful)
        #expect(report.judgement == .doubtful)
        #expect(able.names.isEmpty)
    }

    @Test("a destination that only promises half of exclusive creation is doubtful")
    func halfExclusive() throws {
        able.behaviour.createsExclusively = false
        #expect(try probe()["create_only"]?.judgement == .doubtful)
    }

    @Test("content that comes back changed, cut off or not at all is bad, and the object is removed")
    func damage() throws {
        let folder = try TemporaryFolder()
        let real = FileDestination(folder: folder.path)
        let effects: [FaultyDestination.Fault.Effect] = [
            .flipBit(atByte: 7), .truncate(to: 100), .failBefore(.transient),
        ]
        for effect in effects {
            let report = try probe(FaultyDestination(real, faults: [.init(.get, effect)]))
            #expect(report["get"]?.judgement == .bad, "\(effect)")
            #expect(report["delete"]?.judgement == .good)
            #expect(try real.list().isEmpty)
        }
    }

    @Test("a put whose answer is lost leaves nothing behind")
    func lostAnswer() throws {
        let folder = try TemporaryFolder()
        let real = FileDestination(folder: folder.path)
        let report = try probe(FaultyDestination(real, faults: [.init(.put, .failAfter(.transient))]))
        #expect(report["put"]?.judgement == .bad)
        #expect(report["get"]?.judgement == .skipped)
        #expect(try real.list().isEmpty)
    }

    @Test("a stop in the middle removes the object and ends the probe")
    func cancellation() throws {
        let folder = try TemporaryFolder()
        let real = FileDestination(folder: folder.path)
        let stopped = FaultyDestination(real, faults: [.init(.get, .failBefore(.cancelled))])
        #expect(throws: DestinationError.self) { try probe(stopped) }
        #expect(try real.list().isEmpty)
    }

    @Test("reading alone stores nothing, and measures with an object that is there")
    func reading() throws {
        able["something"] = [1]
        able.behaviour.rights = [.list, .get]
        let report = try probe(nil, .reading)
        #expect(report.judgement == .good)
        #expect(report["put"]?.judgement == .skipped)
        #expect(report.roundTrip != nil)
        #expect(able.puts.isEmpty)
    }

    @Test("little space is doubtful, and a destination that does not tell is unknown")
    func space() throws {
        able.behaviour.freeSpace = 1 << 20
        #expect(try probe()["free_space"]?.judgement == .doubtful)
        able.behaviour.freeSpace = nil
        let report = try probe()
        #expect(report["free_space"]?.judgement == .unknown)
        #expect(report.judgement == .good)
    }

    @Test("a destination that only reads whole objects is no worse for it")
    func wholeObjects() throws {
        // It has no `read` of its own.
        let report = try probe(FaultyDestination(able))
        #expect(report["read"]?.judgement == .skipped)
        #expect(report.judgement == .good)
    }
}
