internal import Support
internal import Transport

/// How a destination that speaks HTTP connects and repeats: its options, in the types that they stand for.
struct ConnectionOptions: Sendable {
    var transport: TransportSettings
    var timeouts: TransportTimeouts
    var rules: CallRules

    /// What these options are called; every such destination knows them.
    static let names: [DestinationOption] = [
        "ca-bundle", "accept-any-ssl-certificate", "accept-specified-ssl-hash", "client-certificate", "client-key",
        "proxy", "no-proxy", "http2", "short-timeout", "list-timeout", "read-write-timeout", "number-of-retries",
        "retry-delay", "retry-with-exponential-backoff", "retry-budget", "offline-wait", "asynchronous-upload-limit",
        "asynchronous-concurrent-upload-limit", "throttle-upload", "throttle-download",
    ].map { DestinationOption($0) }

    /// Reads the options; what they do not say is as the environment has it.
    /// - Throws: `.configuration`, naming the option.
    init(
        _ options: DestinationOptions, at label: String, environment: DestinationEnvironment
    ) throws(DestinationError) {
        let reader = OptionReader(options, at: label)
        transport = TransportSettings(
            certificateAuthorities: options["ca-bundle"],
            pinnedCertificates: try reader.digests("accept-specified-ssl-hash"),
            acceptsAnyCertificate: options.flag("accept-any-ssl-certificate") ?? false,
            clientCertificate: options["client-certificate"], clientKey: options["client-key"],
            uploads: environment.uploads, downloads: environment.downloads,
            usesHTTP2: options.flag("http2") ?? false)
        if let proxy = options["proxy"] {
            transport.proxy = proxy.isEmpty ? .none : .url(Secret(proxy), except: options["no-proxy"] ?? "")
            if proxy.lowercased().hasPrefix("https://"),
                transport.acceptsAnyCertificate || !transport.pinnedCertificates.isEmpty
            {
                // What is said of the server's certificate would be taken for the proxy's.
                throw DestinationError(
                    .configuration, .open, at: label,
                    detail: "a proxy that is reached by https cannot stand with accepted or pinned certificates",
                    advice: "Name the authority in `ca-bundle` instead, or reach the proxy by http.")
            }
        }
        timeouts = TransportTimeouts()
        if let value = try reader.duration("short-timeout") { timeouts.connect = value }
        if let value = try reader.duration("read-write-timeout") { timeouts.idle = value }
        if let value = try reader.duration("list-timeout") { timeouts.firstByte = max(timeouts.firstByte, value) }
        rules = environment.rules
        if let value = try reader.count("number-of-retries", 0...1_000_000) { rules.attempts = value + 1 }
        if let value = try reader.duration("retry-delay") { rules.firstPause = value }
        if let value = try reader.duration("retry-budget") { rules.budget = value }
        if let value = try reader.duration("offline-wait") { rules.patience = value }
        for name in ["asynchronous-upload-limit", "asynchronous-concurrent-upload-limit"] {
            if let value = try reader.count(name, 0...1024), value > 0 { rules.parallelCalls = value }
        }
        // Zero is Duplicati's word for no limit.
        if let value = try reader.bytes("throttle-upload") {
            environment.uploads.bytesPerSecond = value > 0 ? value : nil
        }
        if let value = try reader.bytes("throttle-download") {
            environment.downloads.bytesPerSecond = value > 0 ? value : nil
        }
    }
}
