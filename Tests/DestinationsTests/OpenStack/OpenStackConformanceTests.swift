import Destinations
import Support
import TestSupport
import Testing

@Suite(
    "OpenStack Swift keeps the promises of a destination",
    .enabled(if: OpenStackServers.areThere, "\(OpenStackServers.absence)"), .serialized)
struct OpenStackConformanceTests {
    @Test("each promise, with a login by version 1", arguments: Conformance.checks)
    func version1(_ check: ConformanceCheck) throws {
        let swift = try OpenStackServers.shared().swift
        try run(
            check,
            OpenStackSubject.make(
                "Swift with version 1", swift, OpenStackSubject.v1(swift),
                readers: OpenStackSubject.v1(swift, as: swift.reader), isScripted: true))
    }

    @Test("each promise, with a login by version 3", arguments: Conformance.checks)
    func version3(_ check: ConformanceCheck) throws {
        let servers = try OpenStackServers.shared()
        try run(
            check,
            OpenStackSubject.make(
                "Swift with version 3", servers.swift, OpenStackSubject.v3(servers.keystone),
                readers: OpenStackSubject.v3(servers.keystone, as: servers.keystone.reader), isScripted: false))
    }

    private func run(_ check: ConformanceCheck, _ subject: ConformanceSubject) throws {
        switch try check.run(on: subject) {
        case .kept: break
        case .skipped(let reason): try Skip.test(reason)
        }
    }
}
