internal import Support

/// Where the archives of docker-volume-backup went: as many places as are configured.
extension OffenImport {
    mutating func addDestinations() {
        addS3()
        addWebDAV()
        addSSH()
        addAzure()
        addOthers()
        let archive = options.takeText("backup_archive")
        if archive != nil || uses.isEmpty {
            add("archive", DraftMapping([.init(key: "url", value: Variables.written(file(archive ?? "/archive")))]))
        } else {
            draft.open(
                "BACKUP_ARCHIVE",
                "if a volume is mounted at /archive, add a destination file:///archive/dunnage/\(name)")
        }
    }

    private mutating func add(_ name: String, _ destination: DraftMapping) {
        uses.append(.word(draft.add(destination: name, destination)))
    }

    private func file(_ path: String) -> String {
        "file://\(path.hasSuffix("/") ? String(path.dropLast()) : path)/dunnage/{job}"
    }

    private func joined(_ parts: String?...) -> String {
        let words = parts.compactMap { $0 }.flatMap { $0.split(separator: "/") }.map(String.init)
        return (words + ["dunnage", "{job}"]).map { part in
            part == "{job}" ? part : Variables.mapped(part) { PercentEncoding.encode($0) }
        }.joined(separator: "/")
    }

    private mutating func credentials(
        _ destination: inout DraftMapping, _ pairs: [(option: String, given: Given?, name: String, purpose: String)]
    ) {
        var inner = DraftMapping()
        for pair in pairs {
            guard let given = pair.given else { continue }
            inner[pair.option] = .secret(given.secret(&draft, pair.name, pair.purpose))
        }
        destination.merge(inner, into: "options")
    }

    private mutating func addS3() {
        guard let bucket = options.takeText("aws_s3_bucket_name") else { return }
        var destination = DraftMapping([
            .init(key: "url", value: Variables.written("s3://\(joined(bucket, options.takeText("aws_s3_path")))"))
        ])
        var inner = DraftMapping()
        var proto = options.takeText("aws_endpoint_proto") ?? "https"
        if var endpoint = options.takeText("aws_endpoint"), endpoint != "s3.amazonaws.com" {
            // A host is asked for, and addresses are given.
            if let end = endpoint.firstRange(of: "://") {
                proto = endpoint[..<end.lowerBound].lowercased()
                endpoint = String(endpoint[end.upperBound...])
                while endpoint.hasSuffix("/") { endpoint.removeLast() }
            }
            inner["s3-server-name"] = Variables.written(endpoint)
        }
        inner["use-ssl"] = .word(proto == "http" ? "false" : "true")
        if let region = options.takeText("aws_region") { inner["s3-location-constraint"] = Variables.written(region) }
        if let storage = options.takeText("aws_storage_class") {
            inner["s3-storage-class"] = Variables.written(storage)
        }
        destination.merge(inner, into: "options")
        if let role = options.takeText("aws_iam_role_endpoint") {
            draft.open("AWS_IAM_ROLE_ENDPOINT=\(role)", "credentials of roles come from the environment")
        }
        if let certificate = options.takeText("aws_endpoint_ca_cert") {
            draft.dropped("AWS_ENDPOINT_CA_CERT=\(certificate)", "add the authority to the system's certificates")
        }
        let user = secretValue("aws_access_key_id")
        let key = secretValue("aws_secret_access_key")
        credentials(
            &destination,
            [
                ("auth-username", user, "s3_access_key_id", "access key of S3"),
                ("auth-password", key, "s3_secret_access_key", "secret key of S3"),
            ])
        add("s3", destination)
    }

    private mutating func addWebDAV() {
        guard let text = options.takeText("webdav_url") else { return }
        let isPlain = text.lowercased().hasPrefix("http://")
        let host = text.firstRange(of: "://").map { String(text[$0.upperBound...]) } ?? text
        let authority = host.prefix { $0 != "/" }
        let path = joined(String(host.dropFirst(authority.count)), options.takeText("webdav_path"))
        var destination = DraftMapping([.init(key: "url", value: .text("webdav://\(authority)/\(path)"))])
        destination["options"] = .mapping(
            DraftMapping([.init(key: "use-ssl", value: .word(isPlain ? "false" : "true"))]))
        let user = secretValue("webdav_username")
        let password = secretValue("webdav_password")
        credentials(
            &destination,
            [
                ("auth-username", user, "webdav_username", "user name for WebDAV"),
                ("auth-password", password, "webdav_password", "password for WebDAV"),
            ])
        add("webdav", destination)
    }

    private mutating func addSSH() {
        guard let host = options.takeText("ssh_host_name") else { return }
        let port = options.takeText("ssh_port").map { $0 == "22" ? "" : ":\($0)" } ?? ""
        let path = joined(options.takeText("ssh_remote_path"))
        var destination = DraftMapping([.init(key: "url", value: .text("ssh://\(host)\(port)/\(path)"))])
        var inner = DraftMapping()
        if let user = options.takeText("ssh_user") { inner["auth-username"] = Variables.written(user) }
        let hasPassword = options["ssh_password"] != nil || options["ssh_password_file"] != nil
        let key = options.takeText("ssh_identity_file")
        if key != nil || !hasPassword { inner["ssh-keyfile"] = Variables.written(key ?? "/root/.ssh/id_rsa") }
        destination.merge(inner, into: "options")
        let password = secretValue("ssh_password") ?? secretValue("ssh_identity_passphrase")
        credentials(&destination, [("auth-password", password, "ssh_password", "password or key passphrase for SSH")])
        add("ssh", destination)
    }

    private mutating func addAzure() {
        guard let container = options.takeText("azure_storage_container_name") else { return }
        var destination = DraftMapping([
            .init(
                key: "url",
                value: Variables.written("azure://\(joined(container, options.takeText("azure_storage_path")))"))
        ])
        var inner = DraftMapping()
        if let account = options.takeText("azure_storage_account_name") {
            inner["azure-account-name"] = Variables.written(account)
        }
        if let tier = options.takeText("azure_storage_access_tier") {
            inner["azure-access-tier"] = Variables.written(tier)
        }
        destination.merge(inner, into: "options")
        if let endpoint = options.takeText("azure_storage_endpoint") {
            draft.dropped("AZURE_STORAGE_ENDPOINT=\(endpoint)", "the endpoint is Azure's own")
        }
        let key = secretValue("azure_storage_primary_account_key")
        credentials(&destination, [("azure-access-key", key, "azure_access_key", "access key of Azure")])
        if let connection = secretValue("azure_storage_connection_string") {
            _ = connection
            draft.open(
                "AZURE_STORAGE_CONNECTION_STRING", "write azure-account-name and azure-access-key of it as `options`")
        }
        add("azure", destination)
    }

    private mutating func addOthers() {
        if let path = options.takeText("dropbox_remote_path") {
            draft.dropped(
                "DROPBOX_REMOTE_PATH=\(path)", "Dropbox is reached with an authid: add a destination dropbox://FOLDER")
        }
        if let folder = options.takeText("google_drive_folder_id") {
            draft.dropped(
                "GOOGLE_DRIVE_FOLDER_ID=\(folder)",
                "Google Drive is reached with an authid: add a destination googledrive://FOLDER")
        }
        for name in options.names where name.hasPrefix("dropbox_") || name.hasPrefix("google_drive_") {
            _ = options.take(name)
        }
    }
}
