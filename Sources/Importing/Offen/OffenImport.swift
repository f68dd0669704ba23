/// The environment of offen/docker-volume-backup, as a job with a store of its own.
struct OffenImport {
    var options: OptionBag
    var draft: ConfigurationDraft
    var mapping = DraftMapping()
    var uses: [DraftValue] = []
    let name: String

    /// Adds the job of a file.
    /// - Throws: `ImportError` when no variable of that program is in it.
    static func add(_ file: ImportRequest.File, to draft: inout ConfigurationDraft) throws(ImportError) {
        let variables = Dotenv.variables(in: String(decoding: file.bytes, as: UTF8.self))
        let prefixes = ["BACKUP_", "AWS_", "WEBDAV_", "SSH_", "AZURE_", "DROPBOX_", "GOOGLE_DRIVE_", "NOTIFICATION_"]
        guard variables.contains(where: { variable in prefixes.contains { variable.name.hasPrefix($0) } }) else {
            throw .unreadable(
                file: file.name, detail: "no variable of docker-volume-backup is in it",
                advice: "Give the file that `env_file` names, with lines like BACKUP_CRON_EXPRESSION=@daily")
        }
        var options = OptionBag()
        var defaults: [String] = []
        for (name, value) in variables {
            // compose fills variables in; the value of a credential is never taken from a default.
            let known = DuplicatiTarget.isCredential(name.lowercased()) ? value : Variables.withDefaults(value)
            if known != value { defaults.append("\(name)=\(value)") }
            options.set(name, known)
        }
        let stem = file.name.split(separator: "/").last?.split(separator: ".").first.map(String.init) ?? ""
        let wish =
            options["backup_filename"].flatMap { stemOfArchive($0) }
            ?? (stem == "env" || stem.isEmpty ? "backup" : stem)
        let name = draft.begin(job: wish)
        for option in defaults { draft.changed(option, "the default was taken: change it if the variable is set") }
        var conversion = OffenImport(options: options, draft: draft, name: name)
        conversion.convert()
        draft = conversion.draft
    }

    private init(options: OptionBag, draft: ConfigurationDraft, name: String) {
        self.options = options
        self.draft = draft
        self.name = name
    }

    /// The fixed beginning of an archive's name, such as `db` in `db-%Y-%m-%dT%H-%M-%S.tar.gz`.
    private static func stemOfArchive(_ name: String) -> String? {
        let stem = name.prefix { $0 != "%" && $0 != "." && $0 != "{" && $0 != "$" }
        let words = stem.split { "-_".contains($0) }
        return words.isEmpty || words == ["backup"] ? nil : String(stem)
    }

    private mutating func convert() {
        if draft.preface.isEmpty {
            draft.preface = [
                "Imported from docker-volume-backup. The store is a new one: archives that are there are neither read",
                "nor deleted. Keep them until the versions here reach back far enough.",
            ]
        }
        draft.open(
            "archives", "the store is a new one, so the first run uploads everything; old archives stay as they are")
        let sources = options.takeText("backup_sources") ?? "/backup"
        mapping["sources"] = .list([.flow(("path", Variables.written(sources)))])
        addExcludes()
        addEncryption()
        addDestinations()
        if let days = options.takeNumber("backup_retention_days"), days >= 0 {
            mapping["retention"] = .flow(("keep_within", .word("\(min(max(days, 1), 36_500))d")))
        } else if let text = options["backup_retention_days"], Int(text) == nil, !text.isEmpty {
            _ = options.take("backup_retention_days")
            draft.open("BACKUP_RETENTION_DAYS=\(text)", "it is not a number: write a `retention`")
        }
        if let leeway = options.takeText("backup_pruning_leeway"), leeway != "1m" {
            draft.dropped("BACKUP_PRUNING_LEEWAY=\(leeway)", "ages are compared exactly")
        }
        mapping["destinations"] = .list(uses)
        addSchedule()
        addHooks()
        addReports()
        addRest()
        draft.finish(mapping)
    }

    // MARK: What, and when

    private mutating func addExcludes() {
        guard let expression = options.takeText("backup_exclude_regexp") else { return }
        // Go's expressions match anywhere in the path; here they match all of it, and folders end with a slash.
        let isTied = expression.hasSuffix("$") && !expression.hasSuffix("\\$")
        let body = isTied ? String(expression.dropLast()) : expression
        let isRooted = body.hasPrefix("^") && !body.contains("|")
        let start = isRooted ? String(body.dropFirst()) : ".*(\(body))"
        let filters = [DraftValue.flow(("exclude", .text("[\(start)\(isTied ? "/?" : ".*")]")))]
        if body.dropFirst(isRooted ? 1 : 0).contains("^") {
            draft.changed("BACKUP_EXCLUDE_REGEXP=\(expression)", "check the filter: ^ stands in its middle")
        }
        mapping["filters"] = .list(filters)
    }

    private mutating func addEncryption() {
        let given = secretValue("gpg_passphrase") ?? secretValue("age_passphrase")
        for option in ["gpg_public_key_ring", "age_public_keys"] {
            guard options.take(option) != nil || options.take("\(option)_file") != nil else { continue }
            let name = draft.add(secret: "passphrase", value: nil, "passphrase of the store")
            mapping["encryption"] = .flow(("passphrase", .secret(name)))
            return draft.changed(option.uppercased(), "a store is encrypted with a passphrase, not with public keys")
        }
        guard let given else {
            mapping["encryption"] = .word("none")
            return draft.changed(
                "encryption",
                "archives were not encrypted, so neither is the store: give `encryption` a passphrase if it leaves the house"
            )
        }
        let name = given.secret(&draft, "passphrase", "passphrase of the store")
        mapping["encryption"] = .flow(("passphrase", .secret(name)))
    }

    /// A credential: written in the file, or in a file that it names.
    struct Given {
        let value: String?
        let file: String?

        func secret(_ draft: inout ConfigurationDraft, _ name: String, _ purpose: String) -> String {
            guard let file else {
                if let variable = value.flatMap({ Variables.only($0) }) { return draft.add(secretVariable: variable) }
                return draft.add(secret: name, value: value, purpose)
            }
            let stem = file.split(separator: "/").last.map(String.init) ?? name
            return draft.add(secret: stem, at: .flow(("file", .text(file))))
        }
    }

    /// Takes a credential out, whose variable may also end with `_FILE`.
    mutating func secretValue(_ option: String) -> Given? {
        if let value = options.takeText(option) { return Given(value: value, file: nil) }
        return options.takeText("\(option)_file").map { Given(value: nil, file: $0) }
    }

    private mutating func addSchedule() {
        let cron = options.takeText("backup_cron_expression") ?? "@daily"
        guard let written = Cron.written(cron) else {
            mapping["schedule"] = .word("manual")
            if Cron.isNever(cron) { return }
            return draft.open("BACKUP_CRON_EXPRESSION=\(cron)", "it cannot be read: write a `schedule`")
        }
        mapping["schedule"] = written
        if let jitter = options.takeText("backup_jitter"), let span = Spans.go(jitter), jitter != "0s" {
            mapping["schedule"] = .flow(("cron", written), ("jitter", .word(span)))
        }
    }

    private mutating func addHooks() {
        var label = "docker-volume-backup.stop-during-backup"
        var value = "true"
        if let other = options.takeText("backup_stop_container_label")
            ?? options.takeText("backup_stop_during_backup_label")
        {
            value = other
        }
        if let other = options.takeText("backup_stop_during_backup_no_restart_label") {
            draft.dropped(
                "BACKUP_STOP_DURING_BACKUP_NO_RESTART_LABEL=\(other)", "what is stopped is always started again")
        }
        label += "=\(value)"
        var hook = DraftMapping([.init(key: "docker_stop", value: .flow(("label", .text(label))))])
        if let text = options.takeText("backup_stop_service_timeout"), let span = Spans.go(text) {
            hook["timeout"] = .word(span)
        }
        // Without Docker's socket nothing is stopped there, and the backup is made all the same.
        hook["on_failure"] = .word("warn")
        mapping["hooks"] = .mapping(DraftMapping([.init(key: "before", value: .list([.mapping(hook)]))]))
        mapping.comment("hooks", "Remove this when no container has the label; else let a failure end the run.")
        draft.open(
            "container labels",
            "containers with `\(label)` are stopped and started; commands of `docker-volume-backup.archive-pre`, "
                + "`.copy-post` and their like stand in labels: write them as `hooks` with `docker_exec`")
        if let exec = options.takeText("exec_label") {
            draft.dropped("EXEC_LABEL=\(exec)", "write the commands of those containers as `hooks` with `docker_exec`")
        }
        if options.take("exec_forward_output") != nil {
            draft.dropped("EXEC_FORWARD_OUTPUT", "what hooks say is in the log")
        }
    }

    // MARK: Reports

    private mutating func addReports() {
        let isAll = options.takeText("notification_level")?.lowercased() == "info"
        let events: DraftValue = .list(
            (isAll ? ["success", "warning", "failure"] : ["warning", "failure"]).map { .word($0) })
        var names: [String] = []
        let urls = (options.take("notification_urls") ?? "").split { $0 == "," || $0.isWhitespace || $0.isNewline }
        for url in urls {
            guard let report = ShoutrrrURL.report(String(url), &draft) else { continue }
            var mapping = report.mapping
            mapping["events"] = events
            names.append(draft.add(report: report.name, mapping))
        }
        if let file = options.takeText("notification_urls_file") {
            draft.open("NOTIFICATION_URLS_FILE=\(file)", "its addresses are not in the imported file: write `reports`")
        }
        if let mail = legacyMail() {
            var report = mail
            report["events"] = events
            names.append(draft.add(report: "email", report))
        }
        if !names.isEmpty { mapping["reports"] = .list(names.map { .word($0) }) }
    }

    private mutating func legacyMail() -> DraftMapping? {
        let recipient = options.takeText("email_notification_recipient")
        let sender = options.takeText("email_notification_sender")
        let host = options.takeText("email_smtp_host")
        let port = options.takeText("email_smtp_port") ?? "587"
        let user = options.takeText("email_smtp_username")
        let password = secretValue("email_smtp_password")
        guard let recipient, let host else { return nil }
        let server = MailServer("\(port == "465" ? "smtps" : "smtp")://\(host):\(port)", user: user)
        var email = DraftMapping([.init(key: "smtp", value: .text(server.url))])
        if user != nil {
            let given = password ?? Given(value: nil, file: nil)
            email["password"] = .secret(given.secret(&draft, "mail_password", "password of the mail server"))
        }
        email["from"] = .text(sender ?? "noreply@nohost")
        email["to"] = .texts([recipient])
        if let tls = server.startTLS { email["starttls"] = .word(tls) }
        return DraftMapping([.init(key: "email", value: .mapping(email))])
    }

    private mutating func addRest() {
        let reasons = [
            "backup_filename": "there are no archives: a version has a time", "backup_filename_expand": "",
            "backup_latest_symlink": "the newest version is number 0: `dunnage restore JOB`",
            "backup_pruning_prefix": "a store has the versions of one job only",
            "backup_compression": "", "gzip_parallelism": "",
            "backup_from_snapshot":
                "stop what writes to the files with `docker_stop`, or dump it with a source's `command`",
            "backup_skip_backends_from_prune": "give those destinations in the job a `retention` of their own",
            "lock_timeout": "runs of one job never overlap", "docker_host": "set DOCKER_HOST in the environment",
            "aws_part_size": "parts have the size that fits",
            "aws_endpoint_insecure": "certificates are always checked",
            "webdav_url_insecure": "certificates are always checked",
        ]
        for name in options.names {
            guard let value = options.take(name) else { continue }
            let upper = name.uppercased()
            let shown = DuplicatiTarget.isCredential(name) || value.isEmpty ? upper : "\(upper)=\(value)"
            if let reason = reasons[name] {
                if !reason.isEmpty { draft.dropped(shown, reason) }
            } else if name.hasSuffix("_file") {
                draft.open(shown, "what is in that file was not read: write its value where it belongs")
            } else {
                draft.dropped(shown, "it has no counterpart")
            }
        }
    }
}
