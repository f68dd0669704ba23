internal import YAML

/// Whom borgmatic tells of its backups, and the keys that nothing becomes of.
extension BorgmaticImport {
    mutating func addReports() {
        var names: [String] = []
        for key in ["healthchecks", "cronitor", "uptime_kuma"] {
            guard let node = keys.take(key) else { continue }
            let option = key == "uptime_kuma" ? "push_url" : "ping_url"
            guard let text = (node[option] ?? node).text.map({ filled($0) }) else { continue }
            // A bare identifier is one of the service's own host.
            let isWhole = text.contains("://") || Variables.only(text) != nil
            let url = isWhole ? text : key == "healthchecks" ? "https://hc-ping.com/\(text)" : text
            guard url.contains("://") || Variables.only(url) != nil else {
                draft.dropped("\(key): \(text)", "it is not a URL")
                continue
            }
            let value: DraftValue =
                Variables.only(url) != nil
                ? .secret(secret("\(key)_url", url, "address of \(key)"))
                : NotificationURL.value(url, "\(key)_url", &draft, isSecret: true)
            var report = DraftMapping([
                .init(key: key, value: .mapping(DraftMapping([.init(key: "url", value: value)])))
            ])
            if let states = events(node["states"]) { report["events"] = states }
            names.append(draft.add(report: key, report))
            drop(node, key, except: [option, "states"])
        }
        names += addNtfy() + addPagerDuty() + addApprise()
        for key in ["cronhub", "loki", "zabbix", "pushover", "sentry"] {
            guard keys.take(key) != nil else { continue }
            draft.dropped(key, "it cannot be told directly; an Apprise API (`apprise`) or a `webhook` may do")
        }
        if !names.isEmpty { mapping["reports"] = .list(names.map { .word($0) }) }
    }

    private func events(_ node: Node?) -> DraftValue? {
        let states = node?.texts ?? []
        var events: [String] = []
        if states.contains("start") { events.append("start") }
        if states.contains("finish") { events += ["success", "warning"] }
        if states.contains("fail") { events.append("failure") }
        return events.isEmpty ? nil : .list(events.map { .word($0) })
    }

    private mutating func drop(_ node: Node, _ key: String, except: Set<String>) {
        for entry in node.entries ?? [] where !except.contains(entry.key) {
            draft.dropped("\(key): \(entry.key)", "reports have a form of their own here")
        }
    }

    private mutating func addNtfy() -> [String] {
        guard let node = keys.take("ntfy"), let topic = node["topic"]?.text else { return [] }
        guard !topic.isEmpty else {
            draft.dropped("ntfy", "it has no topic")
            return []
        }
        let server = node["server"]?.text.map { filled($0) } ?? "https://ntfy.sh"
        let base = server.hasSuffix("/") ? String(server.dropLast()) : server
        var ntfy = DraftMapping([
            .init(key: "url", value: NotificationURL.value("\(base)/\(filled(topic))", "ntfy_url", &draft))
        ])
        if let token = node["access_token"]?.text {
            ntfy["token"] = .secret(secret("ntfy_token", token, "access token of ntfy"))
        } else if node["username"] != nil {
            draft.open("ntfy: username", "ntfy is told with an access token: create one and write `token`")
        }
        var report = DraftMapping([.init(key: "ntfy", value: .mapping(ntfy))])
        // Without `states` borgmatic tells of failures only.
        report["events"] = events(node["states"]) ?? .list([.word("failure")])
        drop(node, "ntfy", except: ["topic", "server", "access_token", "states", "username", "password"])
        return [draft.add(report: "ntfy", report)]
    }

    private mutating func addPagerDuty() -> [String] {
        guard let node = keys.take("pagerduty"), let key = node["integration_key"]?.text ?? node.text else { return [] }
        let name = secret("pagerduty_key", key, "integration key of PagerDuty")
        let pagerDuty = DraftMapping([.init(key: "routing_key", value: .secret(name))])
        var report = DraftMapping([.init(key: "pagerduty", value: .mapping(pagerDuty))])
        report["events"] = .list([.word("failure")])
        return [draft.add(report: "pagerduty", report)]
    }

    private mutating func addApprise() -> [String] {
        guard let node = keys.take("apprise") else { return [] }
        var names: [String] = []
        let events = events(node["states"]) ?? .list([.word("failure")])
        for service in node["services"]?.items ?? [] {
            guard let url = service["url"]?.text else { continue }
            let label = service["label"]?.text ?? "apprise"
            guard let report = AppriseURL.report(filled(url), &draft) else {
                draft.dropped(
                    "apprise: \(label)", "it cannot be told directly; an Apprise API (`apprise`) passes on to it")
                continue
            }
            var mapping = report
            mapping["events"] = events
            names.append(draft.add(report: label, mapping))
        }
        drop(node, "apprise", except: ["services", "states"])
        return names
    }

    mutating func addRest() {
        let silent: Set<String> = [
            "ssh_command", "archive_name_format", "match_archives", "lock_wait", "umask", "borg_base_directory",
            "borg_cache_directory", "borg_config_directory", "borg_security_directory", "files_cache",
            "checkpoint_interval", "checkpoint_volume", "chunker_params", "extra_borg_options", "verbosity",
            "syslog_verbosity", "log_file_verbosity", "monitoring_verbosity", "color", "progress", "statistics",
            "list_details", "show_progress", "relocated_repo_access_is_ok", "unknown_unencrypted_repo_access_is_ok",
            "user_runtime_directory", "user_state_directory", "local_path", "remote_path", "temporary_directory",
            "borgmatic_source_directory", "store_config_files", "atime", "ctime", "birthtime", "numeric_ids",
            "numeric_owner", "working_directory", "compact_threshold", "check_i_know_what_i_am_doing", "json",
        ]
        let reasons = [
            "archive_name_format": "versions have no names but their times",
            "extra_borg_options": "they are borg's own",
            "working_directory": "relative sources are not taken over",
            "log_file": "the log goes to standard error: redirect it",
            "skip_actions": "see `retention`, `compact` and `verify`",
            "read_special": "devices and pipes are not stored; a source's `command` can read them",
            "zfs": "take and mount a snapshot in a hook's `command`, and `undo` it",
            "btrfs": "take and mount a snapshot in a hook's `command`, and `undo` it",
            "lvm": "take and mount a snapshot in a hook's `command`, and `undo` it",
            "append_only": "use the destination's `immutability`",
            "storage_quota": "write a `quota` for the destination",
            "bootstrap": "the configuration is not stored in versions",
        ]
        for key in keys.keys {
            guard let node = keys.take(key) else { continue }
            if let reason = reasons[key] {
                draft.dropped("\(key): \(node.shown)", reason)
            } else if !silent.contains(key) {
                let isHidden = DuplicatiTarget.isCredential(key)
                draft.dropped(isHidden ? key : "\(key): \(node.shown)", "it has no counterpart")
            }
        }
    }
}
