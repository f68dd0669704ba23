internal import AWS

/// What is known of the server and the bucket: what the settings say, corrected by what the server has said.
struct S3Knowledge: Sendable {
    /// Where requests go.
    var endpoint: S3Endpoint
    /// What is known of the provider beforehand.
    let preset: S3Preset
    /// Signs for the region that the server wants.
    var signer: SigV4
    /// How many seconds the server's clock is ahead of ours; 0 while nobody has complained.
    var clockOffset: Int64 = 0
    /// What the server does not do.
    var missing: Set<S3Feature> = []
    /// Whether a put can be kept from replacing an object; nil until it was tried out.
    var createsExclusively: Bool?
    /// Whether two puts at the same moment may both be let in: OpenStack Swift looks for the name before it takes the
    /// content.
    var conditionsMayRace = false
    /// Which kind of listing works.
    var listVersion: Int
    /// Whether many objects can be deleted in one request.
    var deletesInBatches: Bool
    /// Whether the bucket was made with locks; nil until it was asked.
    var hasLocks: Bool?
    /// Whether the entity tags of uploads of parts are made of the MD5s of the parts.
    var hasMultipartETags: Bool

    /// What is known before the first request.
    /// - Throws: `S3EndpointError`.
    init(_ settings: S3Settings, server: String?) throws(S3EndpointError) {
        endpoint = try S3Endpoint(
            bucket: settings.bucket, server: server, region: settings.region, fallback: settings.fallbackRegion,
            style: settings.addressing, dualstack: settings.dualstack, fips: settings.fips,
            accelerate: settings.accelerate, secure: settings.isSecure)
        preset = S3Preset.of(server, isAWS: endpoint.isAWS)
        signer = SigV4(region: settings.signingRegion ?? endpoint.region, service: "s3")
        listVersion = settings.listVersion ?? preset.listVersion
        deletesInBatches = preset.deletesInBatches
        hasMultipartETags = preset.hasMultipartETags
        if !preset.encodesListings { missing.insert(.encodedListing) }
        if !preset.listsRestores { missing.insert(.listedRestores) }
        if !(settings.sendsChecksum ?? preset.takesChecksums) { missing.insert(.checksum) }
        if preset.creation == .documented { createsExclusively = true }
    }

    /// Whether something is used still.
    func has(_ feature: S3Feature) -> Bool { !missing.contains(feature) }

    /// The region that signatures name.
    var region: String { signer.region }

    /// The header field that keeps a put from replacing an object.
    var creationHeader: (name: String, value: String) {
        switch preset.creation {
        case .documented: ("If-None-Match", "*")
        case .tried(let header, let value): (header, value)
        }
    }
}
