internal import YAML

/// What a profile does around a backup, and whom it tells.
extension ResticprofileImport {
    mutating func addHooks() {
        var hooks = DraftMapping()
        for (key, place) in [
            ("run-before", "before"), ("run-after", "after"), ("run-after-fail", "on_failure"),
            ("run-finally", "finally"),
        ] {
            // The profile's own commands stand around those of the backup.
            let outer = profile.takeTexts(key)
            let inner = backup.takeTexts(key)
            for line in place == "before" ? outer + inner : inner + outer {
                _ = checkTemplates(line, key)
                hooks.append(
                    .mapping(
                        DraftMapping([
                            .init(key: "command", value: .list([.word("sh"), .text("-c"), shellLine(line)])),
                            // resticprofile waits as long as it takes.
                            .init(key: "timeout", value: .word("1d")),
                        ])), to: place)
            }
        }
        guard !hooks.isEmpty else { return }
        mapping["hooks"] = .mapping(hooks)
        draft.changed(
            "run-before, run-after",
            "commands run with PATH alone in their environment: PROFILE_NAME and ERROR are not set")
    }

    mutating func addReports() {
        var names: [String] = []
        for (key, events) in [
            ("send-before", ["start"]), ("send-after", ["success", "warning"]), ("send-after-fail", ["failure"]),
            ("send-finally", ["success", "warning", "failure"]),
        ] {
            guard let node = backup.take(key) else { continue }
            for item in node.items ?? [node] {
                guard let name = report(item, key, events) else { continue }
                names.append(name)
            }
        }
        if !names.isEmpty {
            var seen: Set<String> = []
            mapping["reports"] = .list(names.filter { seen.insert($0).inserted }.map { .word($0) })
        }
    }

    private mutating func report(_ node: Node, _ key: String, _ events: [String]) -> String? {
        guard let text = node["url"]?.text.map({ filled($0) }) else { return nil }
        if node["skip-tls-verification"]?.text == "true" {
            draft.dropped(
                "\(key): skip-tls-verification", "certificates are always checked; write `tls: { ca_file: … }`")
        }
        let host = text.firstRange(of: "://").map { text[$0.upperBound...].prefix { $0 != "/" && $0 != ":" } } ?? ""
        var url = text
        var kind = "webhook"
        if host == "hc-ping.com" || host.hasPrefix("healthchecks.") {
            // One check is told of everything; the ends of its address are what `events` are here.
            kind = "healthchecks"
            for end in ["/start", "/fail", "/log"] where url.hasSuffix(end) { url = String(url.dropLast(end.count)) }
        } else if host == "ntfy.sh" || host.hasPrefix("ntfy.") {
            kind = "ntfy"
        } else if text.contains("/api/push/") {
            kind = "uptime_kuma"
            url = String(url.prefix { $0 != "?" })
        }
        var inner = DraftMapping()
        inner["url"] =
            url.hasPrefix("${") || url.contains("${")
            ? .word(url)
            : NotificationURL.value(
                url, "\(kind)_url", &draft, isSecret: kind == "healthchecks" || kind == "uptime_kuma")
        if kind == "webhook" {
            if let method = node["method"]?.text?.uppercased(), ["GET", "PUT"].contains(method) {
                inner["method"] = .word(method)
            }
            if node["method"] == nil { inner["method"] = .word("GET") }
            for header in node["headers"]?.items ?? [] {
                guard let name = header["name"]?.text, let text = header["value"]?.text else { continue }
                var headers = DraftMapping()
                headers[name] =
                    DuplicatiTarget.isCredential(name)
                    ? .secret(
                        draft.add(
                            secret: "header_\(name.lowercased())", value: filled(text), "header \(name) of a webhook"))
                    : value(text)
                inner.merge(headers, into: "headers")
            }
            if node["body"] != nil || node["body-template"] != nil {
                draft.changed("\(key): body", "a report is sent in its own form; see `format: template`")
            }
        }
        var report = DraftMapping([.init(key: kind, value: .mapping(inner))])
        if kind == "webhook" || kind == "ntfy" { report["events"] = .list(events.map { .word($0) }) }
        if kind == "healthchecks" {
            report["events"] = .list(["start", "success", "warning", "failure"].map { .word($0) })
        }
        return draft.add(report: kind, report)
    }

    mutating func addRest() {
        let silent: Set<String> = [
            "lock", "force-inactive-lock", "initialize", "verbose", "quiet", "status-file", "cache-dir",
            "cleanup-cache",
            "no-cache", "tag", "host", "extended-status", "no-error-on-warning", "snapshots", "list", "find", "mount",
            "base-dir", "option", "pack-size", "schedule", "use-stdin", "source-relative", "exclude-empty", "force",
            "group-by", "parent", "read-concurrency", "no-scan", "skip-if-unchanged", "stats", "ls", "with-atime",
            "theme", "run-init", "init", "unlock",
        ]
        let reasons = [
            "prometheus-push": "see `metrics` in the reports' documentation",
            "prometheus-save-to-file": "reports carry the same figures",
            "env-file": "its variables were not read: set them where Dunnage runs",
            "cacert": "add the authority to the system's certificates",
            "tls-client-cert": "client certificates are not used",
            "priority": "write `limits: { cpu: low }`", "nice": "write `limits: { cpu: low }`",
            "ionice": "write `limits: { io: low }`", "ionice-class": "write `limits: { io: low }`",
            "no-lock": "a store is always locked while it is changed",
            "stream-error": "write a `hooks: { on_failure: … }`",
            "systemd-drop-in-files": "systemd's units are your own",
            "dry-run": "use `dunnage plan`",
            "ignore-inode": "a file is read when its size, time or change time differs",
            "ignore-ctime": "a file is read when its size, time or change time differs",
        ]
        for entry in profile.take("env")?.entries ?? [] {
            draft.dropped("env: \(entry.key)", "set it where Dunnage runs, if the destination or a hook needs it")
        }
        for key in profile.keys { note(key, profile.take(key), silent, reasons) }
        for key in backup.keys { note("backup: \(key)", backup.take(key), silent, reasons) }
    }

    private mutating func note(_ option: String, _ node: Node?, _ silent: Set<String>, _ reasons: [String: String]) {
        let key = String(option.split(separator: " ").last ?? "")
        if silent.contains(key) { return }
        let shown = DuplicatiTarget.isCredential(key) ? option : "\(option): \(node?.shown ?? "")"
        draft.dropped(shown, reasons[key] ?? "it has no counterpart")
    }
}
