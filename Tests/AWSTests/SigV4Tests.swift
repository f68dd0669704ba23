import Support
import Testing
import Transport

@testable import AWS

/// The examples that AWS publishes for its signature.
@Suite struct SigV4Tests {
    private static let day = Timestamp(compact: "20150830T123600Z")
    private static let suiteKeys = AWSCredentials(
        accessKeyID: "AKIDEXAMPLE", secretKey: Secret("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"), origin: "the suite")
    private static let s3Keys = AWSCredentials(
        accessKeyID: "AKIAIOSFODNN7EXAMPLE", secretKey: Secret("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
        origin: "the page")

    private func signature(_ request: HTTPRequest) -> Substring? {
        request.headers["Authorization"]?.split(separator: "Signature=").last
    }

    @Test("the plain request of AWS's test suite has its signature")
    func vanilla() throws {
        let request = try SigV4(region: "us-east-1", service: "service").sign(
            SigV4.Input(.get, endpoint: "https://example.amazonaws.com"), with: Self.suiteKeys,
            at: try #require(Self.day))
        #expect(request.url == "https://example.amazonaws.com/")
        #expect(
            request.headers["Authorization"]
                == "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
                + "SignedHeaders=host;x-amz-date, "
                + "Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31")
    }

    @Test(
        "further requests of AWS's test suite have their signatures",
        arguments: [
            (
                "/", [("Param2", "value2"), ("Param1", "value1")], [],
                "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"
            ),
            ("/example/..", [], [], "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
            ("/./", [], [], "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
            (
                "/", [], [("My-Header1", " value1"), ("My-Header2", " \"a   b   c\"")],
                "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736"
            ),
            (
                "/", [], [("My-Header1", "value2"), ("My-Header1", "value2"), ("my-header1", "value1")],
                "c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea"
            ),
        ] as [(String, [(String, String)], [(String, String)], String)])
    func suite(
        _ path: String, _ query: [(String, String)], _ fields: [(String, String)], _ expected: String
    ) throws {
        var headers: HTTPHeaders = [:]
        for (name, value) in fields { headers.append(name, value) }
        let input = SigV4.Input(
            .get, endpoint: "https://example.amazonaws.com", path: path,
            query: query.map { (name: $0.0, value: $0.1) }, headers: headers)
        let request = try SigV4(region: "us-east-1", service: "service").sign(
            input, with: Self.suiteKeys, at: try #require(Self.day))
        #expect(signature(request) == expected[...])
    }

    @Test("IAM's list of users, AWS's worked example, has its signature")
    func listUsers() throws {
        let input = SigV4.Input(
            .get, endpoint: "https://iam.amazonaws.com",
            query: [("Action", "ListUsers"), ("Version", "2010-05-08")],
            headers: ["Content-Type": "application/x-www-form-urlencoded; charset=utf-8"])
        let signer = SigV4(region: "us-east-1", service: "iam")
        // The second time with the key that is kept, and once more after other keys have taken its room.
        for number in 0..<8 {
            let request = try signer.sign(input, with: Self.suiteKeys, at: try #require(Self.day))
            #expect(signature(request) == "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7")
            guard number > 1 else { continue }
            let others = AWSCredentials(accessKeyID: "A", secretKey: Secret("\(number)"), origin: "test")
            #expect(try signature(signer.sign(input, with: others, at: try #require(Self.day))) != signature(request))
        }
    }

    @Test("a body that neither a signature nor TLS protects is refused")
    func unsigned() throws {
        let signer = SigV4(region: "r", service: "s3")
        func input(_ endpoint: String) -> SigV4.Input {
            SigV4.Input(.put, endpoint: endpoint, path: "/b/k", body: [1], payload: .unsigned)
        }
        #expect(throws: AWSError.unsignedWithoutTLS) {
            try signer.sign(input("http://host"), with: Self.s3Keys, at: try #require(Self.day))
        }
        let request = try signer.sign(input("https://host"), with: Self.s3Keys, at: try #require(Self.day))
        #expect(request.headers["X-Amz-Content-Sha256"] == "UNSIGNED-PAYLOAD")
    }

    @Test("a file's known hash signs the same as the bytes themselves")
    func knownHash() throws {
        let signer = SigV4(region: "r", service: "s3")
        let whole = SigV4.Input(.put, endpoint: "http://host", path: "/b/k", body: Array("hello".utf8))
        var known = whole
        known.payload = .hash("2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824")
        known.body = []
        let time = try #require(Self.day)
        let expected = try signer.sign(whole, with: Self.s3Keys, at: time)
        #expect(try signer.sign(known, with: Self.s3Keys, at: time).headers == expected.headers)
    }

    @Test(
        "the S3 examples have their signatures",
        arguments: [
            (
                "/test.txt", [(String, String)](), [("Range", "bytes=0-9")], "GET", "",
                "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"
            ),
            (
                "/test$file.text", [],
                [("Date", "Fri, 24 May 2013 00:00:00 GMT"), ("x-amz-storage-class", "REDUCED_REDUNDANCY")],
                "PUT", "Welcome to Amazon S3.",
                "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"
            ),
            (
                "/", [("lifecycle", "")], [], "GET", "",
                "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"
            ),
            (
                "/", [("prefix", "J"), ("max-keys", "2")], [], "GET", "",
                "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"
            ),
        ] as [(String, [(String, String)], [(String, String)], String, String, String)])
    func s3(
        _ path: String, _ query: [(String, String)], _ fields: [(String, String)], _ method: String, _ body: String,
        _ expected: String
    ) throws {
        var headers: HTTPHeaders = [:]
        for (name, value) in fields { headers.append(name, value) }
        let input = SigV4.Input(
            try #require(HTTPRequest.Method(rawValue: method)), endpoint: "https://examplebucket.s3.amazonaws.com",
            path: path, query: query.map { (name: $0.0, value: $0.1) }, headers: headers, body: Array(body.utf8))
        let request = try SigV4(region: "us-east-1", service: "s3").sign(
            input, with: Self.s3Keys, at: try #require(Timestamp(compact: "20130524T000000Z")))
        #expect(signature(request) == expected[...])
    }

    @Test("paths and queries are sent as they are signed")
    func wire() throws {
        let input = SigV4.Input(
            .get, endpoint: "http://host:9000/", path: "/a b/../ü+=/.//x", query: [("b", "2 /"), ("a", "~"), ("a", "")])
        let s3 = try SigV4(region: "r", service: "s3").sign(input, with: Self.s3Keys, at: try #require(Self.day))
        #expect(s3.url == "http://host:9000/a%20b/../%C3%BC%2B%3D/.//x?a=&a=~&b=2%20%2F")
        let other = try SigV4(region: "r", service: "sts").sign(input, with: Self.s3Keys, at: try #require(Self.day))
        #expect(other.url == "http://host:9000/%C3%BC%2B%3D/x?a=&a=~&b=2%20%2F")
        #expect(SigV4Canonical.signedPath("/%C3%BC", .normalisedTwice) == "/%25C3%25BC")
    }

    @Test("the port is part of the signed host only where libcurl sends it, and a session token is sent and signed")
    func host() throws {
        let keys = AWSCredentials(
            accessKeyID: "A", secretKey: Secret("secret"), sessionToken: Secret("token"), origin: "test")
        func names(_ endpoint: String) throws -> (HTTPRequest, String) {
            let request = try SigV4(region: "r", service: "ssm").sign(
                SigV4.Input(.post, endpoint: endpoint), with: keys, at: try #require(Self.day))
            return (request, request.headers["Authorization"] ?? "")
        }
        let plain = try names("https://host")
        #expect(try names("https://host:443").1 == plain.1)
        #expect(try names("https://host:444").1 != plain.1)
        #expect(plain.0.headers["X-Amz-Security-Token"] == "token")
        #expect(plain.1.contains("SignedHeaders=host;x-amz-date;x-amz-security-token,"))
    }
}
