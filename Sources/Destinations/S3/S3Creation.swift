internal import Cryptography
internal import Support
internal import Transport

extension S3Destination {
    /// Whether a put can be kept from replacing an object: known, or tried out with an empty object of our own.
    func creation(
        _ operation: DestinationError.Operation, _ object: String?
    ) throws(DestinationError) -> Bool {
        if let known = try connection.knowledge(operation, object).createsExclusively { return known }
        let key = settings.prefix + Self.hiddenPrefix + Hex.encode(RandomBytes.make(8))
        var made: [String?] = []
        defer { forget(key, made) }
        for round in 1...2 {
            let answer = try connection.send(operation, object) { known in
                var request = S3Request(.put, key)
                request.headers = settings.encryption.creation
                request.headers["Content-MD5"] = HashContext(.md5).hash([UInt8]()).base64
                let (name, value) = known.creationHeader
                request.headers[name] = value
                request.uses = [.condition]
                return request
            }
            switch answer {
            case .success(let response):
                made.append(response.headers["x-amz-version-id"])
                if response.headers["X-Trans-Id"] != nil { connection.learn { $0.conditionsMayRace = true } }
            case .refused(let refusal):
                if round == 2, refusal.isTaken { return learnCreation(true) }
                // Some do not know the word, and some do not want to know it.
                let isRefused =
                    refusal.status == 501
                    || refusal.status == 400 && [.configuration, .unsupported].contains(refusal.error.kind)
                if connection.known?.createsExclusively == false || isRefused {
                    return learnCreation(false)
                }
                throw refusal.error
            }
        }
        return learnCreation(false)
    }

    private func learnCreation(_ value: Bool) -> Bool {
        connection.learn { $0.createsExclusively = value }
        if !value {
            environment.warn(
                "\(label): the server replaces objects without being asked to; make sure that no two backups write to the same place"
            )
        }
        return value
    }

    /// Removes what a probe has made; what stays is empty, and no listing shows it.
    private func forget(_ key: String, _ versions: [String?]) {
        for version in versions {
            _ = try? connection.send(.delete) { _ in
                S3Request(.delete, key, query: version.map { [("versionId", $0)] } ?? [])
            }
        }
    }

    /// What goes along with a put and with the beginning of an upload of parts.
    func creationHeaders(_ known: S3Knowledge, _ role: ObjectRole) -> (headers: HTTPHeaders, uses: Set<S3Feature>) {
        var headers = settings.encryption.creation
        var uses: Set<S3Feature> = []
        headers["Content-Type"] = "application/octet-stream"
        headers["x-amz-acl"] = settings.cannedACL
        if known.has(.storageClass), let name = settings.storageClass(of: role) {
            headers["x-amz-storage-class"] = name
            uses.insert(.storageClass)
        }
        if let period = settings.lockPeriod {
            let end = environment.now().seconds + known.clockOffset + Int64(period / .seconds(1))
            headers["x-amz-object-lock-mode"] = settings.lockMode.rawValue.uppercased()
            headers["x-amz-object-lock-retain-until-date"] = Timestamp(seconds: end).iso8601
        }
        return (headers, uses)
    }
}

extension S3Refusal {
    /// Whether it says that the name is taken.
    var isTaken: Bool {
        status == 412 || ["PreconditionFailed", "FileAlreadyExists", "ObjectAlreadyExists"].contains(code ?? "")
    }
}
