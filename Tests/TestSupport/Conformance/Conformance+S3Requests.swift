internal import AWS
internal import Destinations
internal import Support
internal import Synchronization
internal import Transport

extension Conformance {
    // MARK: Signatures

    /// AWS's own example: a part of an object.
    /// - SeeAlso: Amazon S3 API Reference, "Signature calculation: examples".
    static func publishedExample(
        _ subject: ConformanceSubject, _ sandbox: ConformanceSandbox
    ) throws -> ConformanceCheck.Outcome {
        let keys = AWSCredentials(
            accessKeyID: "AKIAIOSFODNN7EXAMPLE", secretKey: Secret("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
            origin: "AWS's documentation")
        guard let time = Timestamp(compact: "20130524T000000Z") else {
            throw ConformanceCheck.Violation(description: "the time of the example cannot be read")
        }
        let signed = try SigV4(region: "us-east-1", service: "s3").sign(
            .init(
                .get, endpoint: "https://examplebucket.s3.amazonaws.com", path: "/test.txt",
                headers: ["Range": "bytes=0-9"]), with: keys, at: time)
        let expected = "Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"
        try expect(signed.headers["Authorization"]?.hasSuffix(expected) == true, "another signature came out")
        return .kept
    }

    /// The shapes that libcurl's own signatures fail at.
    static func shapes(
        _ subject: ConformanceSubject, _ sandbox: ConformanceSandbox
    ) throws -> ConformanceCheck.Outcome {
        guard let place = subject.s3 else { return .skipped("\(subject.name) is not S3") }
        let (destination, bucket) = try place.fresh()
        try destination.put("x", from: try sandbox.file("x"))
        let names = ["a+b", "a=b", "a%2bb"]
        for name in names { try destination.put(name, from: try sandbox.file(name)) }
        let at = "/\(bucket)"
        let source = "\(at)/backup/x"
        let answers: [(String, HTTPResponse)] = [
            ("nothing but the method", try place.send(.get, at)),
            (
                "a query in any order",
                try place.send(.get, at, query: [("prefix", "b"), ("max-keys", "3"), ("list-type", "2")])
            ),
            ("a slash in the query", try place.send(.get, at, query: [("delimiter", "/")])),
            ("a query without values", try place.send(.get, at, query: [("uploads", "")])),
            ("a plus in the path", try place.send(.head, "\(at)/backup/\(names[0])")),
            ("an equals sign in the path", try place.send(.head, "\(at)/backup/\(names[1])")),
            ("an escape in the path", try place.send(.head, "\(at)/backup/\(names[2])")),
            (
                "names that are prefixes of others",
                try place.send(
                    .put, "\(at)/meta", headers: ["x-amz-meta-foo-bar": "2", "x-amz-meta-foo": "1"], body: [1])
            ),
            (
                "a copy under a condition",
                try place.send(
                    .put, "\(at)/copy",
                    headers: [
                        "x-amz-copy-source": source,
                        "x-amz-copy-source-if-match": "\"9dd4e461268c8034f5c8564e155c67a6\"",
                    ])
            ),
            ("no Expect", try place.send(.put, "\(at)/expect", body: Array("body".utf8))),
            ("blanks in a value", try place.send(.put, "\(at)/blanks", headers: ["x-amz-meta-a": "b   c"], body: [1])),
        ]
        for (shape, answer) in answers {
            // A server without unfinished uploads may say that there are none, which it does of good signatures only.
            let isFine = answer.isSuccess || (answer.status == 404 && shape == "a query without values")
            try expect(
                isFine, "\(shape): \(answer.status) \(String(decoding: answer.body.prefix(300), as: UTF8.self))")
        }
        return .kept
    }

    static func unsignedPayload(
        _ subject: ConformanceSubject, _ sandbox: ConformanceSandbox
    ) throws -> ConformanceCheck.Outcome {
        guard let place = subject.s3 else { return .skipped("\(subject.name) is not S3") }
        let options = ["s3-disable-payload-signing": "true"]
        try ConformanceSandbox.expectError(.configuration) {
            _ = try DestinationRegistry.open(url: "s3://b/p?s3-server-name=http://127.0.0.1:9", options: options)
        }
        try ConformanceSandbox.expectError(.configuration) {
            _ = try DestinationRegistry.open(
                url: "s3://b/p?s3-server-name=127.0.0.1:9&use-ssl=false", options: options)
        }
        _ = try DestinationRegistry.open(url: "s3://b/p?s3-server-name=127.0.0.1:9", options: options)
        // Without a word about it, it is https: a server that speaks http only is not understood.
        let server = place.account.url.split(separator: "/").last.map(String.init) ?? ""
        let secure = try DestinationRegistry.open(
            url: "s3://key:secret@b/p?s3-server-name=\(server)&number-of-retries=0")
        _ = try ConformanceSandbox.error { _ = try secure.list() }
        return .kept
    }

    static func errorsInSuccesses(
        _ subject: ConformanceSubject, _ sandbox: ConformanceSandbox
    ) throws -> ConformanceCheck.Outcome {
        guard let place = subject.s3 else { return .skipped("\(subject.name) is not S3") }
        let relay = try RelayServer(before: place.account.url)
        let (destination, bucket) = try place.fresh(
            options: ["s3-upload-cutoff": "5mb", "s3-part-size": "5mb", "number-of-retries": "0"], at: relay.url)
        let file = try sandbox.file(ConformanceSandbox.noise(6 << 20))
        let isCompletion: @Sendable (LoopbackHTTPServer.Request) -> Bool = { request in
            request.method == "POST" && request.target.contains("uploadId=")
        }
        for (code, kind) in [("InternalError", DestinationError.Kind.transient), ("AccessDenied", .permission)] {
            relay.fail { request in
                guard isCompletion(request) else { return nil }
                let body = "   \n<?xml version=\"1.0\"?><Error><Code>\(code)</Code><Message>no</Message></Error>"
                return .response(status: 200, body: Array(body.utf8))
            }
            try ConformanceSandbox.expectError(kind, of: "x") { try destination.put("x", from: file) }
            try expect(try destination.list().isEmpty, "something is visible")
        }
        // The answer of a completion is lost, and the object is there: the put has succeeded.
        let target = place.account.url
        let isFirst = Mutex(true)
        relay.fail { request in
            guard isCompletion(request),
                isFirst.withLock({ first in
                    defer { first = false }
                    return first
                })
            else { return nil }
            _ = RelayServer.forward(request, to: target)
            return .hangUp
        }
        let patient = try place.open(
            bucket, options: ["s3-upload-cutoff": "5mb", "s3-part-size": "5mb", "retry-delay": "0"], at: relay.url)
        try patient.put("x", from: file)
        try expect(try patient.list().map(\.name) == ["x"], "there is not exactly one object")
        // A batch without a digest is never sent.
        relay.fail(nil)
        relay.forget()
        _ = try patient.delete(["x", "y"])
        let batches = relay.passed.filter { $0.request.method == "POST" && $0.request.target.contains("delete") }
        try expect(batches.allSatisfy { $0.request["content-md5"] != nil }, "a batch was sent without a digest")
        try expect(try patient.list().isEmpty, "something is left")
        return .kept
    }

    static func credentialSources(
        _ subject: ConformanceSubject, _ sandbox: ConformanceSandbox
    ) throws -> ConformanceCheck.Outcome {
        guard let place = subject.s3 else { return .skipped("\(subject.name) is not S3") }
        let (destination, bucket) = try place.fresh()
        try destination.put("x", from: try sandbox.file("x"))
        let (id, key) = (place.account.accessKey, place.account.secretKey.reveal())
        let credentials = try sandbox.file("[default]\naws_access_key_id = \(id)\naws_secret_access_key = \(key)\n")
            .path
        let empty = try sandbox.file("").path
        let url =
            "s3://\(bucket)/backup?s3-server-name=\(place.account.url)&s3-location-constraint=\(place.account.region)"
        let worlds: [[String: String]] = [
            [
                "AWS_ACCESS_KEY_ID": id, "AWS_SECRET_ACCESS_KEY": key, "AWS_CONFIG_FILE": empty,
                "AWS_SHARED_CREDENTIALS_FILE": empty,
            ],
            ["AWS_SHARED_CREDENTIALS_FILE": credentials, "AWS_CONFIG_FILE": empty],
        ]
        for variables in worlds {
            let found = try DestinationRegistry.open(
                url: url, environment: DestinationEnvironment(variables: variables))
            try expect(try found.list().map(\.name) == ["x"], "the listing is wrong")
        }
        // The other sources have their doubles in the tests of AWS; that none is left is an error with a name.
        let none = try DestinationRegistry.open(
            url: url,
            environment: DestinationEnvironment(
                variables: ["AWS_CONFIG_FILE": empty, "AWS_SHARED_CREDENTIALS_FILE": empty]))
        try ConformanceSandbox.expectError(.authentication) { _ = try none.list() }
        return .kept
    }

    static func oddKeys(
        _ subject: ConformanceSubject, _ sandbox: ConformanceSandbox
    ) throws -> ConformanceCheck.Outcome {
        guard let place = subject.s3 else { return .skipped("\(subject.name) is not S3") }
        let (destination, bucket) = try place.fresh()
        var names = ["a&b", "<x>", "a+b", "a b", "%2B", "\"quoted\"", "ü", "a'b", "]]>"]
        for name in names { try destination.put(name, from: try sandbox.file(name)) }
        let file = try sandbox.file("x")
        // Not every server takes a line end in a key.
        do throws(DestinationError) {
            try destination.put("new\nline", from: file)
            names.append("new\nline")
        } catch {
            try expect(error.kind != .internalFault, "\(error)")
        }
        names.sort { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        for version in ["v1", "v2"] {
            let listed = try place.open(bucket, options: ["s3-list-api-version": version]).list().map(\.name)
            try expect(listed == names, "\(version) lists \(listed)")
        }
        let failures = try destination.delete(names)
        try expect(failures.isEmpty, "\(failures)")
        try expect(try destination.list().isEmpty, "some are left")
        return .kept
    }
}
