internal import AWS
internal import Destinations
internal import Glibc
internal import Support
internal import Transport

extension Conformance {
    static let s3 = [
        ConformanceCheck(49, "a locked object is not deleted before its time", needs: .locks, locks),
        ConformanceCheck(50, "an archived object is recognised, thawed and read", needs: .archive, archive),
        ConformanceCheck(51, "deleting by version frees the space", needs: .versions, versions),
        ConformanceCheck(52, "small metadata objects stay in the standard class", needs: .storageClasses, classes),
        ConformanceCheck(53, "an interrupted upload of parts is resumed or leaves none", needs: .parts, parts),
        ConformanceCheck(54, "corrections of region and address are made once", needs: .s3, corrections),
        ConformanceCheck(62, "signatures agree with the published examples", needs: .s3, publishedExample),
        ConformanceCheck(63, "requests of every shape are signed right", needs: .s3, shapes),
        ConformanceCheck(64, "an unsigned payload is refused on plain http", needs: .s3, unsignedPayload),
        ConformanceCheck(65, "errors with status 200 are failures", needs: .s3, errorsInSuccesses),
        ConformanceCheck(66, "credentials come from every source", needs: .s3, credentialSources),
        ConformanceCheck(67, "keys with odd characters survive both kinds of listing", needs: .s3, oddKeys),
    ]

    // MARK: Abilities

    private static func locks(
        _ subject: ConformanceSubject, _ sandbox: ConformanceSandbox
    ) throws -> ConformanceCheck.Outcome {
        guard let place = subject.s3 else { return .skipped("\(subject.name) is not S3") }
        let options = ["remote-file-lock-duration": "3s", "s3-lock-mode": "governance"]
        let (destination, bucket) = try place.fresh(options: options)
        guard let locking = destination as? any ObjectLocking else {
            throw ConformanceCheck.Violation(description: "it locks nothing")
        }
        let file = try sandbox.file("x")
        try destination.put("x", from: file)
        let lock = try locking.lockState(of: "x")
        try expect(lock?.mode == .governance, "the lock is \(String(describing: lock))")
        try expect(try destination.stat("x").lockedUntil == lock?.end, "stat tells another end")
        try ConformanceSandbox.expectError(.locked, of: "x") { try destination.delete("x") }
        let failures = try destination.delete(["x", "absent"])
        try expect(failures.mapValues(\.kind) == ["x": .locked], "the failures are \(failures)")
        let later = Timestamp(seconds: Timestamp.now().seconds + 4)
        try locking.lock("x", until: later, mode: .governance)
        try locking.lock("x", until: Timestamp(seconds: later.seconds - 3), mode: .governance)
        try expect(try locking.lockState(of: "x")?.end == later, "the lock was not extended, or was shortened")
        // Servers have clocks of their own; the lock is seconds long.
        let limit = ContinuousClock.now + .seconds(30)
        while true {
            do throws(DestinationError) {
                try destination.delete("x")
                break
            } catch {
                try expect(error.kind == .locked && ContinuousClock.now < limit, "\(error)")
                usleep(50_000)
            }
        }
        try expect(Timestamp.now() >= later, "it was deleted before its time")
        try expect(try locking.lockState(of: "x", ifThere: destination) == nil, "it is there still")
        let left = try place.send(.get, "/\(bucket)", query: [("versions", "")])
        try expect(!String(decoding: left.body, as: UTF8.self).contains("<VersionId>"), "versions are left")
        // A bucket without locks says so.
        let plain = try place.fresh().destination
        try plain.put("x", from: file)
        if let locking = plain as? any ObjectLocking {
            try ConformanceSandbox.expectError(.unsupported) { try locking.lock("x", until: later, mode: .governance) }
        }
        return .kept
    }

    private static func archive(
        _ subject: ConformanceSubject, _ sandbox: ConformanceSandbox
    ) throws -> ConformanceCheck.Outcome {
        guard let place = subject.s3 else { return .skipped("\(subject.name) is not S3") }
        let destination = try place.fresh(options: ["s3-storage-class": "GLACIER"]).destination
        guard let archiving = destination as? any Archiving else {
            throw ConformanceCheck.Violation(description: "it archives nothing")
        }
        let file = try sandbox.file("x")
        let data = LocalFile(path: file.path, size: file.size, role: .data)
        try destination.put("data", from: data)
        try destination.put("list", from: file)
        let listed = try destination.list()
        try expect(listed.map(\.isArchived) == [true, false], "the listing has \(listed)")
        try expect(try destination.stat("data").isArchived, "stat does not know that it is archived")
        try expect(try archiving.thawState(of: "data") == .archived, "it is not in the archive")
        try expect(try archiving.thawState(of: "list") == .readable, "the list is archived")
        try ConformanceSandbox.expectError(.archived, of: "data") {
            _ = try destination.get("data", to: sandbox.freshPath())
        }
        try archiving.thaw("list", days: 1, speed: .bulk)
        for _ in 1...2 { try archiving.thaw("data", days: 2, speed: .bulk) }
        let limit = ContinuousClock.now + .seconds(60)
        while try !archiving.thawState(of: "data").isReadable {
            try expect(ContinuousClock.now < limit, "it never came")
            usleep(50_000)
        }
        try expect(try sandbox.content("data", of: destination) == Array("x".utf8), "the content differs")
        return .kept
    }

    private static func versions(
        _ subject: ConformanceSubject, _ sandbox: ConformanceSandbox
    ) throws -> ConformanceCheck.Outcome {
        guard let place = subject.s3 else { return .skipped("\(subject.name) is not S3") }
        let (destination, bucket) = try place.fresh()
        let on = "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>"
        let answer = try place.send(.put, "/\(bucket)", query: [("versioning", "")], body: Array(on.utf8))
        try expect(answer.isSuccess, "versions cannot be turned on: \(answer.status)")
        guard let versioning = destination as? any Versioning else {
            throw ConformanceCheck.Violation(description: "it knows no versions")
        }
        let file = try sandbox.file(ConformanceSandbox.noise(1000))
        for name in ["a", "b", "c"] { try destination.put(name, from: file) }
        try destination.delete("a")
        _ = try destination.delete(["b"])
        try expect(try destination.list().map(\.name) == ["c"], "the listing is wrong")
        let hidden = try versioning.hiddenVersions()
        try expect(hidden == HiddenVersions(count: 2, bytes: 2000), "\(hidden)")
        try expect(try versioning.removeHiddenVersions(olderThan: .seconds(3600)).count == 0, "young ones were removed")
        let removed = try versioning.removeHiddenVersions(olderThan: .zero)
        try expect(removed == HiddenVersions(count: 2, bytes: 2000), "\(removed)")
        try expect(try versioning.hiddenVersions() == HiddenVersions(), "some are left")
        let freeing = try place.open(bucket, options: ["s3-delete-versions": "true"])
        try freeing.delete("c")
        let left = try place.send(.get, "/\(bucket)", query: [("versions", "")])
        try expect(!String(decoding: left.body, as: UTF8.self).contains("<VersionId>"), "versions are left")
        return .kept
    }

    private static func classes(
        _ subject: ConformanceSubject, _ sandbox: ConformanceSandbox
    ) throws -> ConformanceCheck.Outcome {
        guard let place = subject.s3 else { return .skipped("\(subject.name) is not S3") }
        let (destination, bucket) = try place.fresh(options: ["s3-storage-class": "STANDARD_IA"])
        let file = try sandbox.file("x")
        try destination.put("list", from: file)
        try destination.put("data", from: LocalFile(path: file.path, size: file.size, role: .data))
        let seen = try ["list", "data"].map { name in
            try place.send(.head, "/\(bucket)/backup/\(name)").headers["x-amz-storage-class"]
        }
        try expect(seen == [nil, "STANDARD_IA"] || seen == ["STANDARD", "STANDARD_IA"], "the classes are \(seen)")
        return .kept
    }

    private static func parts(
        _ subject: ConformanceSubject, _ sandbox: ConformanceSandbox
    ) throws -> ConformanceCheck.Outcome {
        guard let place = subject.s3 else { return .skipped("\(subject.name) is not S3") }
        let relay = try RelayServer(before: place.account.url)
        let options = ["s3-upload-cutoff": "5mb", "s3-part-size": "5mb", "number-of-retries": "0"]
        let (destination, bucket) = try place.fresh(options: options, at: relay.url)
        let bytes = ConformanceSandbox.noise((17 << 20) + 5)
        let file = try sandbox.file(bytes)
        let isPart: @Sendable (LoopbackHTTPServer.Request) -> Bool = { request in
            request.method == "PUT" && request.target.contains("partNumber=")
        }
        // The third part never comes, and neither does anything after it: what a killed process leaves.
        relay.fail { request in
            let isLost = isPart(request) && request.target.contains("partNumber=3")
            return isLost || request.method == "DELETE" ? .hangUp : nil
        }
        try ConformanceSandbox.expectError(.transient, of: "x") { try destination.put("x", from: file) }
        try expect(try destination.list().isEmpty, "a part of it is visible")
        try expect(try unfinished(place, bucket) == 1, "not one upload is unfinished")
        relay.fail(nil)
        relay.forget()
        let other = try place.open(bucket, options: options, at: relay.url)
        try other.put("x", from: file)
        let sent = relay.passed.filter { isPart($0.request) }
        try expect(sent.map(\.size) == [5 << 20, (2 << 20) + 5], "the parts sent again are \(sent.map(\.size))")
        try expect(try unfinished(place, bucket) == 0, "an upload is left")
        try expect(try sandbox.content("x", of: other) == bytes, "the content differs")
        relay.forget()
        try other.put("x", from: file)
        try expect(!relay.passed.contains { isPart($0.request) }, "the same content was sent again")
        let shorter = try sandbox.file(Array(bytes.dropLast()))
        try ConformanceSandbox.expectError(.exists, of: "x") { try other.put("x", from: shorter) }
        var changed = bytes
        changed[9 << 20] ^= 1
        let different = try sandbox.file(changed)
        try ConformanceSandbox.expectError(.exists, of: "x") { try other.put("x", from: different) }
        // What cannot be finished leaves nothing.
        relay.fail { request in
            isPart(request) && request.target.contains("partNumber=2")
                ? .response(status: 403, body: Array("<Error><Code>AccessDenied</Code></Error>".utf8)) : nil
        }
        try ConformanceSandbox.expectError(.permission, of: "y") { try other.put("y", from: file) }
        try expect(try unfinished(place, bucket) == 0, "an upload is left")
        return .kept
    }

    private static func unfinished(_ place: S3Place, _ bucket: String) throws -> Int {
        let answer = try place.send(.get, "/\(bucket)", query: [("uploads", "")])
        return String(decoding: answer.body, as: UTF8.self).split(separator: "<UploadId>").count - 1
    }

    private static func corrections(
        _ subject: ConformanceSubject, _ sandbox: ConformanceSandbox
    ) throws -> ConformanceCheck.Outcome {
        guard let place = subject.s3 else { return .skipped("\(subject.name) is not S3") }
        let (_, bucket) = try place.fresh()
        let relay = try RelayServer(before: place.account.url)
        let sentences = Sentences()
        let wrong = S3Account(
            url: place.account.url, region: "eu-nowhere-9", accessKey: place.account.accessKey,
            secretKey: place.account.secretKey)
        let destination = try DestinationRegistry.open(
            url: place.url(bucket, at: relay.url, as: wrong), environment: sentences.environment)
        let file = try sandbox.file("x")
        for name in ["a", "b", "c"] { try destination.put(name, from: file) }
        try expect(try destination.list().count == 3, "objects are missing")
        let corrected = relay.passed.count { (300..<500).contains($0.status) && $0.status != 404 && $0.status != 412 }
        guard corrected > 0 else { return .skipped("\(subject.name) takes any region") }
        try expect(corrected == 1, "\(corrected) requests named the wrong region")
        try expect(
            sentences.all.count { $0.contains("s3-location-constraint=\(place.account.region)") } == 1,
            "nobody was told of the right region: \(sentences.all)")
        return .kept
    }
}

extension ObjectLocking {
    /// The lock of an object that may be gone.
    fileprivate func lockState(of name: String, ifThere destination: any Destination) throws -> ObjectLock? {
        try destination.list().contains { $0.name == name } ? lockState(of: name) : nil
    }
}
