internal import Configuration

/// Where the data goes, and in which form.
extension DuplicatiConversion {
    // MARK: Secrets

    /// A secret of the job: a value that the export has, a key of Duplicati's secret provider, or one to be created.
    mutating func secret(_ name: String, _ value: String?, _ purpose: String) -> String {
        if let value, let key = providerKey(value) {
            var place = DraftMapping([.init(key: "url", value: providerURL())])
            place["key"] = .text(key)
            if let cache = options["secret-provider-cache"]?.lowercased() {
                if ["inmemory", "persistent"].contains(cache) {
                    place["cache"] = .word(cache == "inmemory" ? "memory" : "persistent")
                }
            }
            place.isFlow = true
            return draft.add(secret: key.replacing("/", with: "_"), at: .flow(("duplicati", .mapping(place))))
        }
        if let value, let variable = Variables.onlyMarked(value) { return draft.add(secretVariable: variable) }
        return draft.add(secret: name, value: value.map { Variables.plain($0) }, purpose)
    }

    /// The key that a whole value stands for, when the job has a secret provider.
    private func providerKey(_ value: String) -> String? {
        guard let provider = options["secret-provider"], !provider.isEmpty else { return nil }
        let pattern = options["secret-provider-pattern"].flatMap { $0.isEmpty ? nil : $0 } ?? "$"
        for (open, close) in [("{", "}"), ("(", ")"), ("[", "]")] where pattern.hasSuffix(open + close) {
            let prefix = pattern.dropLast(2) + open
            guard value.hasPrefix(prefix), value.hasSuffix(close), value.count > prefix.count + 1 else { return nil }
            return String(value.dropFirst(prefix.count).dropLast())
        }
        guard value.hasPrefix(pattern), value.count > pattern.count else { return nil }
        let key = value.dropFirst(pattern.count)
        return key.allSatisfy { $0.isLetter || $0.isNumber || "-_/".contains($0) } ? String(key) : nil
    }

    private mutating func providerURL() -> DraftValue {
        let url = options["secret-provider"] ?? ""
        // A variable that holds the whole URL is the provider's own matter.
        if url.hasPrefix("$") || url.hasPrefix("%") { return .text(url) }
        var draft = draft
        let target = DuplicatiTarget(url) { name, value in
            draft.add(secret: "provider_\(name)", value: value, "\(name) of the secret provider")
        }
        self.draft = draft
        return target.url
    }

    // MARK: Encryption

    mutating func addEncryption() {
        let module = options.take("encryption-module")?.lowercased()
        let isPlain = options.takeFlag("no-encryption") ?? false
        let passphrase = options.take("passphrase")
        if isPlain || module == "" {
            mapping["encryption"] = .word("none")
            return
        }
        if let module, module != "aes" {
            draft.dropped("encryption-module=\(module)", "only AES can be read: the job cannot go on with this store")
            obstacles.append(
                "The store is encrypted with \(module), which cannot be read: give the job a store of its own.")
        }
        let name = secret("passphrase", passphrase, "passphrase of the store")
        mapping["encryption"] = .mapping(DraftMapping([.init(key: "passphrase", value: .secret(name))], isFlow: true))
    }

    // MARK: Destination

    /// Sets the destination's URL.
    /// - Returns: what the destination is to be called.
    mutating func addDestination(_ name: String) -> String {
        for other in job.otherTargets {
            draft.dropped(
                "additional target \(other.prefix { $0 != "?" })",
                "a job stores to several `destinations` here; add it as one, with an empty store")
        }
        guard !job.target.isEmpty else {
            obstacles.append("The export has no target URL: set the destination's `url`, then remove this line.")
            draft.open("TargetURL", "the export has none: set the destination's `url`")
            destination["url"] = .text("file:///TARGET")
            return name
        }
        guard job.target.contains("://") || Variables.onlyMarked(job.target) == nil else {
            obstacles.append("The URL is in a variable: set the destination's `url`, then remove this line.")
            draft.open(
                "target \(Variables.plain(job.target))",
                "its value is not in the imported file: set the destination's `url`")
            destination["url"] = .text("file:///TARGET")
            return name
        }
        let target = withSecrets(job.target)
        destination["url"] = target.url
        if target.scheme == "file", DuplicatiValues.isWindowsPath(String(job.target.trimmingScheme)) {
            draft.open(
                "TargetURL", "it is a path of Windows: set the destination's `url` to where the store is mounted")
            obstacles.append("The destination is a path of Windows: set its `url`, then remove this line.")
        }
        for name in target.missing(options) {
            let isUser = name == "auth-username"
            let reference = secret(
                name, nil, isUser ? "user name or key of \(target.scheme)://" : "\(name) of \(target.scheme)://")
            var inner = DraftMapping()
            inner[name] = .secret(reference)
            destination.merge(inner, into: "options")
        }
        if let prefix = options.takeText("prefix"), prefix != "duplicati" {
            destination.merge(DraftMapping([.init(key: "prefix", value: .text(prefix))]), into: "options")
        }
        return name
    }

    private mutating func withSecrets(_ url: String) -> DuplicatiTarget {
        var conversion = self
        let target = DuplicatiTarget(url) { name, value in
            conversion.secret(name, value, "\(name) of the destination")
        }
        self = conversion
        return target
    }

    /// Options of the job that are meant for its destination.
    mutating func addDestinationOptions() {
        for name in options.names where DuplicatiOptions.isForDestination(name) {
            guard let value = options.take(name) else { continue }
            var inner = DraftMapping()
            if DuplicatiTarget.isCredential(name) {
                inner[name] = .secret(secret(name, value, "\(name) of the destination"))
            } else {
                inner[name] = .text(value)
            }
            destination.merge(inner, into: "options")
        }
        if let quota = options.takeText("quota-size") {
            if let size = DuplicatiValues.size(quota, unit: "mb") {
                destination["quota"] = .word(size)
            } else {
                draft.dropped("quota-size=\(quota)", "it is not a size")
            }
        }
    }

    // MARK: Form of the data

    mutating func addStorage() {
        var storage = DraftMapping()
        if let text = options.takeText("blocksize") { addSize(text, "kb", "blocksize", "block_size", &storage) }
        let volume = options.takeText("dblock-size") ?? options.takeText("remote-volume-size")
        if let volume { addSize(volume, "mb", "dblock-size", "volume_size", &storage) }
        if let level = options.takeNumber("zip-compression-level") ?? options.takeNumber("compression-level") {
            // Duplicati's 9 is zlib's; levels here go on to 12.
            storage["compression"] = .number(max(0, min(level, 9)))
        }
        if let method = options.takeText("zip-compression-method")?.lowercased(), method != "deflate" {
            if method == "none" {
                storage["compression"] = .word("none")
            } else {
                draft.changed(
                    "zip-compression-method=\(method)", "new volumes are deflated; old ones are read as they are")
            }
        }
        if let module = options.takeText("compression-module")?.lowercased(), module != "zip" {
            draft.dropped("compression-module=\(module)", "only zip can be read: the job cannot go on with this store")
            obstacles.append("The store's volumes are \(module), not zip: give the job a store of its own.")
        }
        if !storage.isEmpty { mapping["options"] = .mapping(storage) }
    }

    private mutating func addSize(
        _ text: String, _ unit: String, _ option: String, _ key: String, _ storage: inout DraftMapping
    ) {
        if let size = DuplicatiValues.size(text, unit: unit) {
            storage[key] = .word(size)
        } else {
            draft.dropped("\(option)=\(text)", "it is not a size")
        }
    }

    // MARK: Versions

    mutating func addRetention() {
        var retention = DraftMapping()
        if let policy = options.takeText("retention-policy") {
            retention["policy"] = .text(policy)
        }
        if let time = options.takeText("keep-time") {
            if let span = DuplicatiValues.span(time) {
                retention["keep_within"] = .word(span.description)
            } else {
                draft.open("keep-time=\(time)", "it is not an interval: write `keep_within` if versions are to go")
            }
        }
        if let count = options.takeNumber("keep-versions"), count > 0 { retention["keep_versions"] = .number(count) }
        if retention.entries.count > 1 {
            draft.changed(
                retention.entries.map { Self.foreignNames[$0.key] ?? $0.key }.joined(separator: ", "),
                "Duplicati deletes what any of them lets go; here each keeps what it keeps, so more versions stay")
        }
        if options.takeFlag("allow-full-removal") == true {
            draft.dropped("allow-full-removal", "the last complete version is never deleted by a run")
        }
        if !retention.isEmpty { mapping["retention"] = .mapping(retention) }
    }

    private static let foreignNames = [
        "policy": "retention-policy", "keep_within": "keep-time", "keep_versions": "keep-versions",
    ]

    mutating func addCompaction() {
        var compact = DraftMapping()
        if let threshold = options.takeNumber("threshold"), (1...100).contains(threshold) {
            compact["threshold"] = .number(threshold)
        }
        if let size = options.takeText("small-file-size").flatMap({ DuplicatiValues.size($0, unit: "mb") }) {
            compact["small_file_size"] = .word(size)
        }
        if let count = options.takeNumber("small-file-max-count"), count > 0 {
            compact["small_file_max_count"] = .number(count)
        }
        if let text = options.takeText("auto-compact-interval"), let span = DuplicatiValues.span(text),
            span.fixedSeconds > 0
        {
            compact["interval"] = .word(span.description)
        }
        if options.takeFlag("no-auto-compact") == true {
            mapping["compact"] = .word("off")
        } else if !compact.isEmpty {
            mapping["compact"] = .mapping(compact)
        }
    }

    mutating func addVerification() {
        let samples = options.takeNumber("backup-test-samples")
        let share = options.takeText("backup-test-percentage").flatMap { Percentage(parsing: "\($0)%") }
        if let share, share.value >= 1, share.value == share.value.rounded() {
            mapping["verify"] = .flow(("after_backup", .word(share.description)))
            if let samples {
                draft.changed("backup-test-samples=\(samples)", "the share of backup-test-percentage holds")
            }
        } else if let samples {
            // One is what is usual here as well.
            if samples != 1 {
                mapping["verify"] = .flow(("after_backup", samples <= 0 ? .word("off") : .number(samples)))
            }
        }
    }
}

extension String {
    /// What follows the scheme of a URL.
    fileprivate var trimmingScheme: Substring {
        firstRange(of: "://").map { self[$0.upperBound...].drop { $0 == "/" } } ?? self[...]
    }
}
