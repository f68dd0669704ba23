import JSON
import Support
import TestSupport
import Testing
import Transport

@testable import Destinations

@Suite("What Swift says") struct SwiftAnswerTests {
    /// An answer as it comes over the wire.
    private func answer(_ status: Int, _ headers: [(String, String)] = [], _ body: String = "") throws -> HTTPResponse {
        let server = try LoopbackHTTPServer([.response(status: status, headers: headers, body: Array(body.utf8))])
        defer { server.stop() }
        return try Transport(version: "test", usesProxies: false).send(
            HTTPRequest(.get, server.url, followsRedirects: false))
    }

    @Test("has a row for each status, also for those that nobody has thought of", arguments: 200..<600)
    func everyStatus(_ status: Int) {
        for operation in DestinationError.Operation.allCases {
            let fitting = SwiftAnswer.table.filter {
                $0.statuses.contains(status) && $0.operations?.contains(operation) != false && $0.sign == .none
            }
            #expect(!fitting.isEmpty, "\(status) in \(operation)")
        }
    }

    struct Row: Sendable, CustomStringConvertible {
        let operation: DestinationError.Operation
        let status: Int
        let headers: [(String, String)]
        let body: String
        let first: DestinationError.Kind
        let later: DestinationError.Kind
        var description: String { "\(operation) \(status) \(headers) \(body)" }

        init(
            _ operation: DestinationError.Operation, _ status: Int, _ first: DestinationError.Kind,
            then later: DestinationError.Kind? = nil, _ headers: [(String, String)] = [], _ body: String = ""
        ) {
            self.operation = operation
            self.status = status
            self.headers = headers
            self.body = body
            self.first = first
            self.later = later ?? first
        }
    }

    static let rows: [Row] = [
        Row(.put, 408, .transient), Row(.put, 499, .transient), Row(.get, 500, .transient), Row(.list, 502, .transient),
        Row(.put, 503, .transient), Row(.put, 504, .transient), Row(.put, 507, .transient, then: .quota),
        Row(.put, 429, .throttled), Row(.put, 498, .throttled), Row(.put, 503, .throttled, [("Retry-After", "4")]),
        Row(.get, 503, .throttled, [("Retry-After", "4")]), Row(.put, 497, .permission),
        Row(.list, 401, .authentication),
        Row(.list, 403, .permission), Row(.prepare, 403, .permission), Row(.get, 404, .missingObject),
        Row(.put, 404, .missingObject), Row(.list, 404, .missingContainer), Row(.prepare, 404, .missingContainer),
        Row(.put, 409, .exists), Row(.delete, 409, .changed), Row(.prepare, 409, .configuration),
        Row(.put, 412, .exists), Row(.get, 412, .changed), Row(.list, 412, .configuration),
        Row(.put, 413, .quota, [], "<html><h1>Request Entity Too Large</h1><p>Upload exceeds quota.</p></html>"),
        Row(.put, 413, .quota, [], "Upload exceeds quota."),
        Row(.put, 413, .unsupported, [], "Your request is too large."),
        Row(.put, 413, .unsupported), Row(.put, 413, .throttled, [("Retry-After", "9")]), Row(.get, 416, .corrupt),
        Row(.put, 422, .corrupt), Row(.put, 411, .internalFault), Row(.put, 405, .unsupported),
        Row(.put, 501, .unsupported),
        Row(.put, 400, .configuration), Row(.prepare, 400, .configuration, [], "Invalid X-Storage-Policy 'nope'"),
        Row(.get, 302, .configuration), Row(.get, 204, .configuration),
        Row(.get, 429, .archived, [("X-Ovh-Retrieval-State", "sealed"), ("Retry-After", "14400")]),
        Row(.get, 429, .archived, [("Retry-After", "14400")]), Row(.get, 429, .throttled, [("Retry-After", "20")]),
        Row(.put, 429, .throttled, [("Retry-After", "14400")]),
    ]

    @Test("is classified by the table", arguments: rows)
    func classification(_ row: Row) throws {
        let answer = SwiftAnswer(
            response: try answer(row.status, row.headers + [("X-Trans-Id", "tx12-34")], row.body),
            operation: row.operation)
        let first = answer.error("name", at: "openstack://box", attempt: 1)
        #expect(first.kind == row.first, "\(first)")
        let later = answer.error("name", at: "openstack://box", attempt: 2)
        #expect(later.kind == row.later, "\(later)")
        #expect(later.detail.contains("status \(row.status)") && later.detail.contains("transaction tx12-34"))
        let asked = row.headers.first { $0.0 == "Retry-After" }.flatMap { Int64($0.1) }
        #expect(later.retryAfter == asked.map { .seconds($0) })
    }

    @Test("has its words taken out of pages, and pages left out")
    func words() throws {
        func words(_ body: String) throws -> String {
            SwiftAnswer(response: try answer(400, [], body), operation: .put).message
        }
        #expect(
            try words("<html><h1>Precondition Failed</h1><p>Maximum limit is 10000</p></html>")
                == "Maximum limit is 10000")
        #expect(try words("Invalid path\nmore") == "Invalid path")
        #expect(try words("<html><body>proxy</body></html>") == "")
        #expect(try words(String(repeating: "x", count: 1000)).count == 201)
        #expect(OpenStackDestination.limit(in: "Maximum limit is 10000") == 10_000)
        #expect(OpenStackDestination.limit(in: "Bad URL 404") == nil)
    }

    @Test("has tags with and without quotes and marks, which are the content's MD5 only where they can be")
    func tags() throws {
        let md5 = "d41d8cd98f00b204e9800998ecf8427e"
        for tag in [md5, "\"\(md5)\"", "W/\"\(md5.uppercased())\""] {
            #expect(try answer(200, [("Etag", tag)]).contentMD5 == md5)
        }
        #expect(try answer(200, [("Etag", "\"\(md5)-2\"")]).contentMD5 == nil)
        #expect(try answer(200, [("Etag", md5), ("X-Static-Large-Object", "True")]).contentMD5 == nil)
        #expect(try answer(200, [("Etag", md5), ("X-Object-Manifest", "c/p")]).contentMD5 == nil)
        #expect(try answer(200).contentMD5 == nil)
    }

    @Test("of a bulk deletion is in the body, whatever the status")
    func bulk() throws {
        func outcome(_ body: String) -> BulkOutcome? { BulkOutcome(Array(body.utf8)) }
        let fine = try #require(
            outcome(#"{"Response Status":"200 OK","Number Deleted":3,"Number Not Found":1,"Errors":[]}"#))
        #expect(fine.deleted == 3 && fine.missing == 1 && fine.errors.isEmpty && fine.failedStatus == nil)
        let some = try #require(
            outcome(
                #"{"Response Status":"400 Bad Request","Number Deleted":1,"Errors":[["/c/a%20b","403 Forbidden"]]}"#))
        #expect(some.errors == [.init(name: "/c/a b", status: "403 Forbidden")] && some.failedStatus == nil)
        #expect(some.error("403 Forbidden", "a b", of: "x", at: "l").kind == .permission)
        #expect(some.error("503 Internal", nil, of: "x", at: "l").kind == .transient)
        #expect(outcome(#"{"Response Status":"401 Unauthorized","Errors":[]}"#)?.failedStatus == "401 Unauthorized")
        #expect(outcome("") == nil && outcome("[]") == nil)
    }

    @Test("about itself is read, and where it says nothing the usual limits hold")
    func info() throws {
        let body = """
            {"swift":{"version":"2.30.1","max_file_size":100,"container_listing_limit":7,"account_autocreate":true,
            "policies":[{"name":"gold","default":true},{"name":"silver"}]},"slo":{"max_manifest_segments":50,
            "min_segment_size":3},"bulk_delete":{"max_deletes_per_request":10},"object_versioning":{}}
            """
        let info = try #require(SwiftInfo(Array(body.utf8)))
        #expect(info.isSwift && info.maximumObject == 100 && info.listingLimit == 7 && info.bulkDeletes == 10)
        #expect(info.maximumSegments == 50 && info.minimumSegment == 3 && info.policies == ["gold", "silver"])
        #expect(info.hasVersions && info.version == "2.30.1")
        let gateway = try #require(SwiftInfo(Array(#"{"swift":{"max_file_size":5368709120}}"#.utf8)))
        #expect(!gateway.isSwift && gateway.bulkDeletes == nil && gateway.maximumSegments == nil)
        #expect(SwiftInfo(Array("<html>".utf8)) == nil && SwiftInfo(Array("[]".utf8)) == nil)
        #expect(SwiftInfo.url(for: "http://h:8080/v1/AUTH_x") == "http://h:8080/info")
        #expect(SwiftInfo.url(for: "https://h/swift/v1") == "https://h/swift/info")
        #expect(SwiftInfo.url(for: "https://h/objects/AUTH_x") == nil)
    }
}

@Suite("Segments of large objects") struct SegmentPlanTests {
    @Test("are as large as wanted, unless they would be too many or too small")
    func cut() {
        var info = SwiftInfo()
        #expect(SegmentPlan.cut(size: 6 << 30, wanted: nil, info) == 1 << 30)
        #expect(SegmentPlan.cut(size: 10 << 30, wanted: 1 << 20, info) == 10_737_419)
        #expect(SegmentPlan.cut(size: 1000, wanted: 10, info) == 10)
        #expect(SegmentPlan.cut(size: 1001, wanted: 1, info) == 2)
        info.minimumSegment = 1 << 20
        #expect(SegmentPlan.cut(size: 5 << 20, wanted: 10, info) == 1 << 20)
        info.maximumObject = 5 << 20
        #expect(SegmentPlan.cut(size: 50 << 20, wanted: nil, info) == 5 << 20)
    }

    @Test("have names that come of the content and the cut, and are recognised again")
    func names() throws {
        let plan = SegmentPlan(
            place: SegmentPlace(container: "box_segments", prefix: ""), object: "folder/a b", size: 25, cut: 10,
            digests: ["aa", "bb", "cc"])
        // md5("aabbcc")
        #expect(plan.tag == "61a60170273e74a5be90355ffe8e86ad")
        #expect(plan.segments.map(\.size) == [10, 10, 5])
        #expect(plan.segments[2].name == "folder/a b/61a60170273e74a5be90355ffe8e86ad/25/10/00000002")
        let own = try #require(SegmentName(plan.segments[2].name.dropFirst("folder/".count)))
        #expect(own.object == "a b" && own.tag == plan.tag && own.upload == "a b/\(plan.tag)/25/10/")
        for foreign in [
            "", "x", "a/b/c/d/e", "folder/\(own.upload)00000000", "a/\(plan.tag)/25/x/00000000",
            "a/\(plan.tag)/25/10/1", "../\(plan.tag)/25/10/00000000",
        ] {
            #expect(SegmentName(foreign) == nil, "\(foreign)")
        }
        #expect(
            String(decoding: SegmentPlan.manifest([plan.segments[2]]), as: UTF8.self)
                == #"[{"path":"/box_segments/\#(plan.segments[2].name)","etag":"cc","size_bytes":5}]"#)
    }
}
