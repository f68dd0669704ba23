internal import Support

/// Reads options of S3, which go by several names each.
struct S3OptionReader {
    let url: DestinationURL
    let options: DestinationOptions
    /// Reads options with types.
    let typed: OptionReader

    init(url: DestinationURL, options: DestinationOptions) {
        self.url = url
        self.options = options
        typed = OptionReader(options, at: url.description)
    }

    /// The first of some names that is given and not empty.
    func text(_ names: [String]) -> String? {
        for name in names {
            if let value = typed.given(name) { return value }
        }
        return nil
    }

    /// The first of some names, which has to be there.
    func needed(_ names: [String]) throws(DestinationError) -> String {
        guard let value = text(names) else { throw refusal("the option '\(names[0])' is missing", "Add it.") }
        return value
    }

    /// Whether one of some switches is on.
    func flag(_ names: [String]) -> Bool { names.contains { options.flag($0) == true } }

    /// How the server encrypts.
    func encryption(isSecure: Bool) throws(DestinationError) -> S3Encryption {
        var encryption = S3Encryption(keyID: text(["s3-kms-key-id"]), usesBucketKey: options.flag("s3-bucket-key"))
        encryption.context = text(["s3-kms-context"])
        let usual: S3Encryption.Kind = encryption.keyID == nil ? .bucket : .service(algorithm: "aws:kms")
        encryption.kind =
            try typed.word(
                "s3-encryption",
                among: [
                    "aes256": S3Encryption.Kind.server, "sse-s3": .server, "aws:kms": .service(algorithm: "aws:kms"),
                    "sse-kms": .service(algorithm: "aws:kms"), "aws:kms:dsse": .service(algorithm: "aws:kms:dsse"),
                    "none": .bucket,
                ]) ?? usual
        guard let key = text(["s3-customer-key"]) else { return encryption }
        guard encryption.kind == .bucket else {
            throw refusal("'s3-customer-key' and 's3-encryption' exclude each other", "Leave one of them out.")
        }
        guard Base64.decode(key)?.count == 32 else { throw typed.wrong("s3-customer-key", "32 bytes in Base64") }
        guard isSecure else {
            throw refusal("'s3-customer-key' would be sent without TLS", "Use https, or leave the key out.")
        }
        encryption.kind = .customer(Secret(key))
        return encryption
    }

    func refusal(_ detail: String, _ advice: String? = nil) -> DestinationError {
        DestinationError(.configuration, .open, at: url.description, detail: detail, advice: advice)
    }
}
