internal import AWS
internal import Support

extension S3Settings {
    /// Reads a URL with its options.
    /// - Parameters:
    ///   - url: of one of the schemes of S3.
    ///   - options: those of the configuration and the URL.
    ///   - environment: for variables, and for warnings.
    /// - Throws: `.configuration`, naming the option.
    init(
        url: DestinationURL, options: DestinationOptions, environment: DestinationEnvironment
    ) throws(DestinationError) {
        let read = S3OptionReader(url: url, options: options)
        switch url.scheme {
        case "aliyunoss":
            try self.init(bucket: read.needed(["oss-bucket-name", "oss-bucket"]), path: url.hostAndPath)
            place = .server(try read.needed(S3OptionNames.server))
        case "cos":
            var bucket = try read.needed(["cos-bucket"])
            if let number = read.text(["cos-app-id"]), !bucket.hasSuffix("-\(number)") { bucket += "-\(number)" }
            self.init(bucket: bucket, path: url.hostAndPath)
            place = .server("cos.\(try read.needed(["cos-region"])).myqcloud.com")
        default:
            guard !url.host.isEmpty else { throw read.refusal("the URL names no bucket") }
            self.init(bucket: url.host, path: url.path)
            place = url.scheme == "e2" ? .e2 : .server(read.text(S3OptionNames.server))
        }
        isSecure = url.scheme == "s3s" || (options.flag("use-ssl") ?? true)
        try readPlace(read)
        try readKeys(read, environment)
        try readStorage(read)
        try readProtection(read)
        try readSurroundings(read, environment)
        warn(url, read, environment)
    }

    /// A bucket, and a path within it without slashes around it.
    private init(bucket: String, path: String) {
        var path = path[...]
        while path.hasPrefix("/") { path = path.dropFirst() }
        while path.hasSuffix("/") { path = path.dropLast() }
        self.init(bucket: bucket, prefix: path.isEmpty ? "" : "\(path)/")
    }

    private mutating func readPlace(_ read: S3OptionReader) throws(DestinationError) {
        if case .server(let server?) = place {
            let authority = server.firstRange(of: "://").map { server[$0.upperBound...] } ?? server[...]
            guard !authority.contains("/") || authority.hasSuffix("/") else {
                throw read.refusal("the option 's3-server-name' has a path", "Name a host, and a port if it needs one.")
            }
            var plain = server
            while plain.hasSuffix("/") { plain.removeLast() }
            // What `use-ssl` says holds, whatever the server's URL begins with.
            if let flag = read.options.flag("use-ssl"), plain.contains("://") {
                plain = (flag ? "https://" : "http://") + authority.prefix { $0 != "/" }
            }
            place = .server(plain)
        }
        region = read.text(S3OptionNames.constraint).map(Self.modern)
        if read.options.flag("s3-european-buckets") == true, region == nil { region = "eu-west-1" }
        signingRegion = read.text(S3OptionNames.signingRegion)
        if let wanted = try read.typed.word(
            "s3-addressing", among: ["auto": S3Addressing.auto, "path": .path, "virtual": .virtual])
        {
            addressing = wanted
        } else if read.options.flag("s3-ext-forcepathstyle") == true
            || read.text(["s3-client"])?.lowercased() == "minio"
        {
            addressing = .path
        }
        dualstack = read.flag(["s3-dualstack", "s3-ext-usedualstackendpoint"])
        fips = read.flag(["s3-fips", "s3-ext-usefipsendpoint"])
        accelerate = read.flag(["s3-accelerate", "s3-ext-useaccelerateendpoint"])
        paysForRequests = read.flag(["s3-requester-pays"])
        expectedOwner = read.text(["s3-expected-bucket-owner"])
    }

    /// The region that a location constraint of old stands for.
    private static func modern(_ constraint: String) -> String { constraint == "EU" ? "eu-west-1" : constraint }

    private mutating func readKeys(
        _ read: S3OptionReader, _ environment: DestinationEnvironment
    ) throws(DestinationError) {
        let id = read.text(S3OptionNames.accessKey) ?? read.url.user ?? read.text(["auth-username"])
        let secret =
            read.text(S3OptionNames.secretKey).map { Secret($0) } ?? read.url.password
            ?? (id == nil ? nil : read.text(["auth-password"]).map { Secret($0) })
        switch (id, secret) {
        case (let id?, let secret?):
            keys = .given(
                AWSCredentials(
                    accessKeyID: id, secretKey: secret,
                    sessionToken: read.text(S3OptionNames.sessionToken).map { Secret($0) },
                    origin: "the destination's URL and options"))
        case (nil, nil):
            keys = .chain(profile: read.text(["s3-profile"]), asksMachine: read.options.flag("s3-env-auth"))
            if place == .e2 {
                throw read.refusal("there is no access key", "Add `access_key_id` and `access_key_secret`.")
            }
        case (_?, nil):
            throw read.refusal(
                "there is an access key, but no secret key", "Add `aws-secret-access-key`, as a reference to a secret.")
        case (nil, _?):
            throw read.refusal("there is a secret key, but no access key", "Add `aws-access-key-id`.")
        }
        guard let name = read.text(["s3-role-arn"]) else { return }
        var role = AWSRole(arn: name, externalID: read.text(["s3-role-external-id"]))
        if let session = read.text(["s3-role-session-name"]) { role.sessionName = session }
        role.duration = try read.typed.duration("s3-role-duration").map { Int($0 / .seconds(1)) }
        role.endpoint = read.text(["s3-role-endpoint"])
        self.role = role
    }

    private mutating func readStorage(_ read: S3OptionReader) throws(DestinationError) {
        dataClass = read.text(S3OptionNames.storageClass)
        if dataClass == nil, read.options.flag("s3-use-rrs") == true { dataClass = "REDUCED_REDUNDANCY" }
        metadataClass = read.text(["s3-storage-class-metadata"]) ?? metadataClass
        if let list = read.text(["s3-archive-classes"]) {
            archiveClasses = Set(list.split(whereSeparator: { $0 == "," || $0 == ";" || $0 == " " }).map(String.init))
        }
        for name in S3OptionNames.listVersion {
            if let version = try read.typed.word(name, among: ["v1": 1, "v2": 2, "1": 1, "2": 2]) {
                listVersion = version
            }
        }
        if let size = try read.typed.bytes("s3-upload-cutoff", defaultUnit: 1 << 20) {
            guard (5 << 20...5 << 30).contains(size) else {
                throw read.typed.wrong("s3-upload-cutoff", "a size of 5mb to 5gb")
            }
            uploadCutoff = size
        }
        if let size = try read.typed.bytes("s3-part-size", defaultUnit: 1 << 20) {
            guard (5 << 20...5 << 30).contains(size) else {
                throw read.typed.wrong("s3-part-size", "a size of 5mb to 5gb")
            }
            partSize = size
        }
        sendsChecksum =
            try read.typed.word(
                "s3-checksum", among: ["auto": Bool?.none, "sha256": true, "none": false]) ?? nil
        leavesPayloadUnsigned = read.flag(["s3-disable-payload-signing"])
        cannedACL = read.text(["s3-acl"])
    }

    private mutating func readProtection(_ read: S3OptionReader) throws(DestinationError) {
        for name in S3OptionNames.lockMode {
            if let mode = try read.typed.word(
                name, among: ["governance": LockMode.governance, "compliance": .compliance])
            {
                lockMode = mode
            }
        }
        if let period = try read.typed.duration("remote-file-lock-duration"), period > .zero { lockPeriod = period }
        deletesVersions = read.options.flag("s3-delete-versions") ?? (lockPeriod != nil)
        encryption = try read.encryption(isSecure: isSecure)
    }

    /// What the environment and the profile say, where the options are silent.
    private mutating func readSurroundings(
        _ read: S3OptionReader, _ environment: DestinationEnvironment
    ) throws(DestinationError) {
        var profile: String?
        if case .chain(let name, _) = keys { profile = name }
        let said: AWSSettings
        do throws(AWSError) {
            said = try AWSSettings(environment: environment.variables, profile: profile)
        } catch {
            // With keys of its own, a destination has nothing to do with the files of AWS's programs.
            if case .given = keys { return }
            throw read.refusal("\(error)", "Correct the profile, or give the keys in the options.")
        }
        fallbackRegion = said.region
        guard case .server(nil) = place else { return }
        // A URL that names keys but no server means AWS, not what another program was set up for.
        if case .chain = keys, let endpoint = said.endpoint {
            place = .server(endpoint)
        } else {
            dualstack = dualstack || said.dualstack
            fips = fips || said.fips
            if case .chain = keys { accelerate = accelerate || said.accelerate }
        }
        if addressing == .auto, case .chain = keys, let style = said.addressing { addressing = style }
    }

    /// Duplicati speaks http unless it is told otherwise; here it is the other way round.
    private func warn(_ url: DestinationURL, _ read: S3OptionReader, _ environment: DestinationEnvironment) {
        guard url.scheme == "s3", read.options["use-ssl"] == nil, case .server(let server?) = place,
            read.text(S3OptionNames.server) != nil, !server.contains("://")
        else { return }
        environment.warn(
            "\(url): https is spoken to \(server), as nothing else is asked for; Duplicati would speak http: add "
                + "use-ssl=false if the server knows no better, or use-ssl=true to say that it does")
    }
}
