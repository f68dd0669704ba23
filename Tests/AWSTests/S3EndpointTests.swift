import Testing

@testable import AWS

/// What AWS's reference and the providers' own pages give as addresses.
@Suite struct S3EndpointTests {
    struct Row: CustomTestStringConvertible {
        var bucket = "backups"
        var server: String?
        var region: String?
        var fallback: String?
        var style = S3Addressing.auto
        var dualstack = false
        var fips = false
        var accelerate = false
        var secure = true
        let url: String
        var path = "/k"
        let signed: String

        var testDescription: String { "\(server ?? "AWS") \(region ?? "-") \(url)" }

        func endpoint() throws(S3EndpointError) -> S3Endpoint {
            try S3Endpoint(
                bucket: bucket, server: server, region: region, fallback: fallback, style: style, dualstack: dualstack,
                fips: fips, accelerate: accelerate, secure: secure)
        }
    }

    @Test(
        "AWS's own servers are found by region and variant",
        arguments: [
            Row(url: "https://backups.s3.us-east-1.amazonaws.com", signed: "us-east-1"),
            Row(region: "eu-central-1", url: "https://backups.s3.eu-central-1.amazonaws.com", signed: "eu-central-1"),
            Row(fallback: "eu-west-3", url: "https://backups.s3.eu-west-3.amazonaws.com", signed: "eu-west-3"),
            Row(server: "s3.amazonaws.com", url: "https://backups.s3.us-east-1.amazonaws.com", signed: "us-east-1"),
            Row(
                server: "s3.amazonaws.com", region: "eu-west-1", url: "https://backups.s3.eu-west-1.amazonaws.com",
                signed: "eu-west-1"),
            Row(
                server: "s3.eu-west-1.amazonaws.com", fallback: "eu-west-3",
                url: "https://backups.s3.eu-west-1.amazonaws.com", signed: "eu-west-1"),
            Row(
                server: "s3-eu-west-1.amazonaws.com", url: "https://backups.s3.eu-west-1.amazonaws.com",
                signed: "eu-west-1"),
            Row(
                server: "s3-external-1.amazonaws.com", url: "https://backups.s3.us-east-1.amazonaws.com",
                signed: "us-east-1"),
            Row(
                region: "eu-west-1", dualstack: true, url: "https://backups.s3.dualstack.eu-west-1.amazonaws.com",
                signed: "eu-west-1"),
            Row(
                region: "us-gov-west-1", fips: true, url: "https://backups.s3-fips.us-gov-west-1.amazonaws.com",
                signed: "us-gov-west-1"),
            Row(
                region: "us-west-2", dualstack: true, fips: true,
                url: "https://backups.s3-fips.dualstack.us-west-2.amazonaws.com", signed: "us-west-2"),
            Row(
                server: "https://s3-fips.us-west-2.amazonaws.com/", dualstack: true,
                url: "https://backups.s3-fips.dualstack.us-west-2.amazonaws.com", signed: "us-west-2"),
            Row(
                region: "us-west-2", accelerate: true, url: "https://backups.s3-accelerate.amazonaws.com",
                signed: "us-west-2"),
            Row(
                region: "us-west-2", dualstack: true, accelerate: true,
                url: "https://backups.s3-accelerate.dualstack.amazonaws.com", signed: "us-west-2"),
            Row(
                server: "s3-accelerate.amazonaws.com", region: "us-west-2",
                url: "https://backups.s3-accelerate.amazonaws.com", signed: "us-west-2"),
            Row(region: "cn-north-1", url: "https://backups.s3.cn-north-1.amazonaws.com.cn", signed: "cn-north-1"),
            Row(
                server: "s3.cn-northwest-1.amazonaws.com.cn",
                url: "https://backups.s3.cn-northwest-1.amazonaws.com.cn", signed: "cn-northwest-1"),
            Row(
                region: "eusc-de-east-1", url: "https://backups.s3.eusc-de-east-1.amazonaws.eu",
                signed: "eusc-de-east-1"),
            Row(
                region: "us-isob-east-1", url: "https://backups.s3.us-isob-east-1.sc2s.sgov.gov",
                signed: "us-isob-east-1"),
            Row(
                server: "bucket.vpce-1a2b3c4d-5e6f.s3.us-east-1.vpce.amazonaws.com", style: .path,
                url: "https://bucket.vpce-1a2b3c4d-5e6f.s3.us-east-1.vpce.amazonaws.com", path: "/backups/k",
                signed: "us-east-1"),
        ])
    func amazon(_ row: Row) throws {
        try check(row)
        #expect(try row.endpoint().isAWS)
    }

    @Test(
        "the bucket is in the host where it can be, and in the path where it cannot",
        arguments: [
            Row(bucket: "a.b", url: "https://s3.us-east-1.amazonaws.com", path: "/a.b/k", signed: "us-east-1"),
            Row(bucket: "a.b", secure: false, url: "http://a.b.s3.us-east-1.amazonaws.com", signed: "us-east-1"),
            Row(bucket: "a.b", style: .virtual, url: "https://a.b.s3.us-east-1.amazonaws.com", signed: "us-east-1"),
            Row(
                bucket: "Old_Bucket", url: "https://s3.us-east-1.amazonaws.com", path: "/Old_Bucket/k",
                signed: "us-east-1"),
            Row(style: .path, url: "https://s3.us-east-1.amazonaws.com", path: "/backups/k", signed: "us-east-1"),
            Row(
                server: "nas.local:9000", secure: false, url: "http://nas.local:9000", path: "/backups/k",
                signed: "us-east-1"),
            Row(server: "NAS.local:443", url: "https://nas.local", path: "/backups/k", signed: "us-east-1"),
            Row(
                server: "nas.local:443", secure: false, url: "http://nas.local:443", path: "/backups/k",
                signed: "us-east-1"),
            Row(server: "http://nas.local:80/", url: "http://nas.local", path: "/backups/k", signed: "us-east-1"),
            Row(server: "https://gate/s%203//", url: "https://gate", path: "/s 3/backups/k", signed: "us-east-1"),
            Row(
                server: "https://gate/s3", style: .virtual, url: "https://backups.gate", path: "/s3/k",
                signed: "us-east-1"),
            Row(server: "[fd00::1]:9000", url: "https://[fd00::1]:9000", path: "/backups/k", signed: "us-east-1"),
            Row(server: "[fd00::1]", url: "https://[fd00::1]", path: "/backups/k", signed: "us-east-1"),
            Row(server: "minio", fallback: "eu-x", style: .virtual, url: "https://backups.minio", signed: "eu-x"),
            Row(bucket: "tenant:b", server: "rgw", url: "https://rgw", path: "/tenant:b/k", signed: "us-east-1"),
        ])
    func styles(_ row: Row) throws { try check(row) }

    @Test(
        "providers' hosts name the region",
        arguments: [
            ("s3.eu-central-2.wasabisys.com", "eu-central-2"), ("s3.wasabisys.com", "us-east-1"),
            ("s3.fr-par.scw.cloud", "fr-par"), ("s3.us-west-004.backblazeb2.com", "us-west-004"),
            ("fra1.digitaloceanspaces.com", "fra1"), ("fsn1.your-objectstorage.com", "fsn1"),
            ("s3.gra.io.cloud.ovh.net", "gra"), ("s3.us-west-1.idrivee2.com", "us-west-1"),
            ("us-east-1.linodeobjects.com", "us-east-1"), ("account.r2.cloudflarestorage.com", "auto"),
            ("account.eu.r2.cloudflarestorage.com", "auto"), ("storage.googleapis.com", "fallback"),
            ("oss-eu-central-1.aliyuncs.com", "eu-central-1"), ("s3.oss-cn-hangzhou.aliyuncs.com", "cn-hangzhou"),
            ("oss-cn-hangzhou-internal.aliyuncs.com", "cn-hangzhou"), ("cos.ap-beijing.myqcloud.com", "ap-beijing"),
            ("evil.s3.fr-par.scw.cloud", "fallback"), ("s3.fr-par.scw.cloud.example", "fallback"),
            ("notamazonaws.com", "fallback"),
        ])
    func providers(_ server: String, _ region: String) throws {
        let endpoint = try S3Endpoint(bucket: "backups", server: server, fallback: "fallback")
        #expect(endpoint.region == region && !endpoint.isAWS)
        let isVirtual = server.hasSuffix(".aliyuncs.com") || server.hasSuffix(".myqcloud.com")
        #expect(endpoint.style == (isVirtual ? .virtual : .path))
        #expect(endpoint.host == (isVirtual ? "backups.\(server)" : server))
        #expect(try S3Endpoint(bucket: "backups", server: server, region: "mine").region == "mine")
    }

    @Test("what cannot be is an error of its own")
    func errors() {
        func error(_ body: () throws(S3EndpointError) -> S3Endpoint) -> S3EndpointError? {
            do throws(S3EndpointError) {
                _ = try body()
                return nil
            } catch {
                return error
            }
        }
        #expect(error { () throws(S3EndpointError) in try S3Endpoint(bucket: "") } == .noBucket)
        for server in ["", "a b", "ftp://x", "x:0", "x:y", "[::1", "x?y", "http://x/y?z", "x@y", "https://"] {
            #expect(
                error { () throws(S3EndpointError) in try S3Endpoint(bucket: "b", server: server) }
                    == .badServer(server))
        }
        let rows: [(S3EndpointError, Row)] = [
            (.notAHostName(bucket: "A_b"), Row(bucket: "A_b", style: .virtual, url: "", signed: "")),
            (.notAHostName(bucket: "A_b"), Row(bucket: "A_b", accelerate: true, url: "", signed: "")),
            (.notAccelerated("dots in the bucket's name"), Row(bucket: "abc.d", accelerate: true, url: "", signed: "")),
            (.notAccelerated("path-style addresses"), Row(style: .path, accelerate: true, url: "", signed: "")),
            (.notAccelerated("FIPS"), Row(fips: true, accelerate: true, url: "", signed: "")),
            (.onlyAtAWS("`dualstack`"), Row(server: "minio", dualstack: true, url: "", signed: "")),
            (.onlyAtAWS("`fips`"), Row(server: "s3.fr-par.scw.cloud", fips: true, url: "", signed: "")),
            (.addressWithoutNames("127.0.0.1:9"), Row(server: "127.0.0.1:9", style: .virtual, url: "", signed: "")),
            (.addressWithoutNames("[::1]"), Row(server: "[::1]", style: .virtual, url: "", signed: "")),
        ]
        for (expected, row) in rows {
            #expect(error { () throws(S3EndpointError) in try row.endpoint() } == expected)
            #expect(expected.description.contains(". "))
        }
    }

    @Test("a region that a server names moves AWS's host and the signature, elsewhere the signature alone")
    func moving() throws {
        let amazon = try S3Endpoint(bucket: "backups", server: "s3.eu-west-1.amazonaws.com", dualstack: true)
            .moved(to: "cn-north-1")
        #expect(
            amazon.url == "https://backups.s3.dualstack.cn-north-1.amazonaws.com.cn" && amazon.region == "cn-north-1")
        let other = try S3Endpoint(bucket: "backups", server: "http://nas:9000").moved(to: "here")
        #expect(other.url == "http://nas:9000" && other.region == "here")
        let virtual = try other.restyled(.virtual)
        #expect(virtual.url == "http://backups.nas:9000" && virtual.region == "here" && virtual.bucketPath == "/")
        #expect(try virtual.restyled(.path).path(of: "/a//../b") == "/backups//a//../b")
    }

    @Test(
        "names of buckets that can be in hosts",
        arguments: [
            ("abc", true), ("a-b.c-d", true), ("123", true), (String(repeating: "a", count: 63), true),
            ("ab", false), (String(repeating: "a", count: 64), false), ("Abc", false), ("a_b", false),
            ("-abc", false), ("abc-", false), ("a..b", false), ("a.-b", false), (".abc", false), ("abc.", false),
            ("1.2.3.4", false), ("1.2.3", true), ("bücket", false), ("a b", false), ("", false),
        ])
    func names(_ name: String, _ expected: Bool) {
        #expect(S3BucketName.isHostName(name) == expected)
    }

    private func check(_ row: Row) throws {
        let endpoint = try row.endpoint()
        #expect(endpoint.url == row.url)
        #expect(endpoint.path(of: "k") == row.path)
        #expect(endpoint.region == row.signed)
        #expect(endpoint.style != .auto)
    }
}
