internal import AWS
internal import Support
internal import Transport
internal import XML

extension S3Destination: Probing {
    /// What is known of the server and the bucket.
    public func facts() throws(DestinationError) -> [DestinationFact] {
        try caller.run(.probe) { _ throws(DestinationError) in
            // Region, address and clock are corrected by this one, if they have to be.
            let bucket = try connection.send(.probe) { _ in S3Request(.head) }
            let known = try connection.knowledge(.probe)
            var facts = [place(known), security(known), clock(bucket, known)]
            facts.append(access(bucket))
            facts.append(try versioning().fact)
            facts.append(try locks(known))
            facts.append(creation(known))
            facts.append(storage())
            return facts
        }
    }

    private func place(_ known: S3Knowledge) -> DestinationFact {
        let style = known.endpoint.style == .virtual ? "in the host's name" : "in the path"
        return DestinationFact(
            "endpoint", .good,
            "\(known.preset.name) at \(known.endpoint.url), region \(known.region), the bucket \(style)")
    }

    private func security(_ known: S3Knowledge) -> DestinationFact {
        if known.endpoint.scheme == "https" {
            return DestinationFact("tls", .good, "the connection is encrypted (https)")
        }
        return DestinationFact(
            "tls", .doubtful, "the connection is not encrypted (http); keys are not sent, but names are seen")
    }

    private func clock(_ answer: S3Answer, _ known: S3Knowledge) -> DestinationFact {
        let headers =
            switch answer {
            case .success(let response): response.headers
            case .refused(let refusal): refusal.headers
            }
        guard let server = headers["Date"].flatMap({ Timestamp(httpDate: $0) }) else {
            return DestinationFact("clock", .unknown, "the server does not tell its time")
        }
        let offset = server.seconds - environment.now().seconds
        let detail =
            "this machine's clock is \(Count(abs(offset), "second")) \(offset >= 0 ? "behind" : "ahead of") the server's"
        return DestinationFact("clock", abs(offset) > 240 ? .doubtful : .good, detail)
    }

    private func access(_ answer: S3Answer) -> DestinationFact {
        guard case .refused(let refusal) = answer else {
            return DestinationFact("bucket", .good, "the bucket \(settings.bucket) is there")
        }
        switch refusal.status {
        case 404: return DestinationFact("bucket", .bad, "there is no bucket \(settings.bucket)")
        case 403:
            return DestinationFact(
                "bucket", .doubtful, "these keys may not look at the bucket itself: \(refusal.error.detail)")
        default: return DestinationFact("bucket", .bad, refusal.error.detail)
        }
    }

    private func locks(_ known: S3Knowledge) throws(DestinationError) -> DestinationFact {
        switch try lockConfiguration() {
        case .unknown(let why): return DestinationFact("object_lock", .unknown, why)
        case .off:
            let isWanted = settings.lockPeriod != nil
            return DestinationFact(
                "object_lock", isWanted ? .bad : .good,
                "the bucket was made without locks" + (isWanted ? ", which `remote-file-lock-duration` needs" : ""))
        case .on(let configuration):
            var detail = "objects can be locked"
            if let (mode, days) = configuration.defaultLock {
                detail += ", and each is for \(Count(days, "day")) (\(mode.lowercased()))"
            }
            if let period = settings.lockPeriod {
                detail +=
                    "; Dunnage locks what it stores for \(Count(Int64(period / .seconds(86_400)), "day")) "
                    + "(\(settings.lockMode.rawValue))"
            }
            return DestinationFact("object_lock", .good, detail)
        }
    }

    private func creation(_ known: S3Knowledge) -> DestinationFact {
        switch known.createsExclusively {
        case true: DestinationFact("conditional_create", .good, "the server keeps a put from replacing an object")
        case false:
            DestinationFact(
                "conditional_create", .doubtful,
                "the server replaces objects without being asked to: two backups at once could overwrite each other")
        case nil: DestinationFact("conditional_create", .unknown, "it is tried out with the first put")
        }
    }

    private func storage() -> DestinationFact {
        let data = settings.storageClass(of: .data) ?? "the bucket's own class"
        let metadata = settings.storageClass(of: .metadata) ?? "STANDARD"
        let isFar = isArchive(settings.storageClass(of: .metadata))
        return DestinationFact(
            "storage_class", isFar ? .doubtful : .good,
            "data goes to \(data), lists and indexes to \(metadata)"
                + (isFar ? ", which has to be ordered before anything can be read" : ""))
    }

    // MARK: What the bucket says of itself

    /// Whether the bucket keeps old versions.
    enum VersioningState: Hashable {
        case enabled
        case suspended
        case off
        case unknown(String)

        var fact: DestinationFact {
            switch self {
            case .enabled:
                DestinationFact(
                    "versioning", .good,
                    "the bucket keeps old versions: what is deleted is hidden, and costs space still")
            case .suspended:
                DestinationFact("versioning", .doubtful, "versions are suspended: old ones are kept, new ones are not")
            case .off: DestinationFact("versioning", .good, "the bucket keeps no old versions")
            case .unknown(let why): DestinationFact("versioning", .unknown, why)
            }
        }
    }

    func versioning() throws(DestinationError) -> VersioningState {
        switch try ask("versioning") {
        case .refused(let why): return .unknown(why.error.detail)
        case .document(let root):
            guard root.name.contains("Versioning") else { return .unknown("the server does not say") }
            switch root.text("Status") {
            case "Enabled": return .enabled
            case "Suspended": return .suspended
            default: return .off
            }
        }
    }

    enum LockState {
        case on(S3LockConfiguration)
        case off
        case unknown(String)
    }

    func lockConfiguration() throws(DestinationError) -> LockState {
        let answer = try connection.send(.probe) { _ in S3Request(.get, query: [("object-lock", "")]) }
        switch answer {
        case .success(let response):
            guard let configuration = S3LockConfiguration(response) else { return .unknown("the server does not say") }
            return configuration.isEnabled ? .on(configuration) : .off
        case .refused(let refusal):
            if refusal.code == "ObjectLockConfigurationNotFoundError" || refusal.status == 404 { return .off }
            return .unknown(refusal.error.detail)
        }
    }

    /// What asking for a part of the bucket's configuration came to.
    enum Told {
        case document(XMLElement)
        case refused(S3Refusal)
    }

    func ask(_ part: String) throws(DestinationError) -> Told {
        let answer = try connection.send(.probe, expectsDocument: true) { _ in S3Request(.get, query: [(part, "")]) }
        switch answer {
        case .refused(let refusal): return .refused(refusal)
        case .success(let response):
            return .document((try? XMLElement(parsing: response.body)) ?? XMLElement("nothing"))
        }
    }
}
