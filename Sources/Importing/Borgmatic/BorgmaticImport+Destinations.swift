internal import YAML

/// Where borg's repositories are, and what is done around a backup.
extension BorgmaticImport {
    mutating func addDestinations() {
        var uses: [DraftValue] = []
        for item in keys.take("repositories")?.items ?? [] {
            let place = filled(item["path"]?.text ?? item.text ?? "")
            let label = item["label"]?.text
            guard !place.isEmpty else { continue }
            guard var destination = destination(place) else { continue }
            if let key = sshKey, destination.isRemote {
                destination.merge(DraftMapping([.init(key: "ssh-keyfile", value: .text(key))]), into: "options")
            }
            uses.append(.word(draft.add(destination: label ?? usualName(place), destination)))
        }
        if uses.isEmpty {
            var first = DraftMapping([
                .init(
                    key: "enabled", value: .word("false"),
                    comment: ["No repository could be taken over: set the destination's `url`, then remove this line."])
            ])
            for entry in mapping.entries { first[entry.key] = entry.value }
            mapping = first
            let name = draft.add(
                destination: "store", DraftMapping([.init(key: "url", value: .text("file:///TARGET/{job}"))]))
            uses.append(.word(name))
            draft.open("repositories", "none could be taken over: set the destination's `url`")
        }
        mapping["destinations"] = .list(uses)
    }

    /// The key that `ssh_command` names.
    private var sshKey: String? {
        guard let command = keys["ssh_command"]?.text else { return nil }
        let words = ShellWords.words(command)
        return words.firstIndex(of: "-i").flatMap { $0 + 1 < words.count ? words[$0 + 1] : nil }
    }

    private func usualName(_ place: String) -> String {
        place.contains("://") ? String(place.prefix { $0 != ":" }) : place.contains(":") ? "ssh" : "folder"
    }

    private mutating func destination(_ place: String) -> DraftMapping? {
        if place.contains("repo.borgbase.com") || place.contains(".rsync.net") && place.contains("borg") {
            draft.dropped("repository \(place)", "that server keeps borg's repositories only: add another destination")
            return nil
        }
        if place.hasPrefix("/") || place.hasPrefix("~/") || place.hasPrefix("file://") {
            var path = place.hasPrefix("file://") ? String(place.dropFirst(7)) : place
            if path.hasPrefix("~/") { path = "${HOME}\(path.dropFirst())" }
            return DraftMapping([
                .init(
                    key: "url",
                    value: Variables.written("file://\(NewStoreURL.escaped(NewStoreURL.path(beside: path)))"))
            ])
        }
        if place.hasPrefix("ssh://") {
            let rest = place.dropFirst(6)
            let authority = String(rest.prefix { $0 != "/" })
            return ssh(authority, String(rest.dropFirst(authority.count)))
        }
        if place.hasPrefix("rclone:") {
            let path = String(place.dropFirst(7)).replacing(":", with: "/")
            return DraftMapping([
                .init(
                    key: "url",
                    value: Variables.written("rclone://\(NewStoreURL.escaped(NewStoreURL.path(beside: path)))"))
            ])
        }
        if let colon = place.firstIndex(of: ":"), !place.contains("://") {
            return ssh(String(place[..<colon]), String(place[place.index(after: colon)...]))
        }
        draft.dropped("repository \(place)", "that kind of place is not known: add a destination by hand")
        return nil
    }

    private mutating func ssh(_ authority: String, _ path: String) -> DraftMapping {
        // `/./` and `/~/` are paths from the user's home on.
        var path = path
        var isRelative = !path.hasPrefix("/")
        for start in ["/./", "/~/", "~/"] where path.hasPrefix(start) {
            path = String(path.dropFirst(start.count))
            isRelative = true
        }
        let (url, user) = NewStoreURL.ssh(authority, path: path)
        var destination = DraftMapping([.init(key: "url", value: Variables.written(url))])
        var options = DraftMapping()
        if let user { options["auth-username"] = Variables.written(user) }
        if isRelative { options["ssh-relative-path"] = .word("true") }
        destination.merge(options, into: "options")
        return destination
    }

    // MARK: Transfers

    mutating func addTransfers() {
        if let rate = keys.takeNumber("upload_rate_limit") ?? keys.takeNumber("remote_rate_limit"), rate > 0 {
            mapping["limits"] = .mapping(DraftMapping([.init(key: "upload", value: .word("\(rate)KiB/s"))]))
        }
        if let retries = keys.takeNumber("retries"), retries > 0 {
            var retry = DraftMapping([.init(key: "attempts", value: .number(min(retries, 999) + 1))])
            if let wait = keys.takeNumber("retry_wait"), wait > 0 {
                retry["backoff"] = .word("linear")
                retry["initial"] = .word("\(wait)s")
            }
            mapping["retry"] = .mapping(retry)
        }
        if let text = keys.takeText("compression") {
            let words = text.split { $0 == "," }.map(String.init)
            switch words.first {
            case "none": mapping["options"] = .flow(("compression", .word("none")))
            case "lz4", "auto": break
            default:
                let level = words.dropFirst().last.flatMap { Int($0) } ?? 3
                mapping["options"] = .flow(
                    ("compression", .word(level >= 10 ? "best" : level >= 4 ? "balanced" : "fast")))
                draft.changed("compression: \(text)", "volumes are deflated, at a level that is about as thorough")
            }
        }
    }

    mutating func addVerification() {
        var verify = DraftMapping()
        for check in keys.take("checks")?.items ?? [] {
            let name = check["name"]?.text ?? check.text ?? ""
            let frequency = check["frequency"]?.text.flatMap { Spans.words($0) }
            switch name {
            case "repository", "archives": continue
            case "disabled": verify["after_backup"] = .word("off")
            case "data":
                verify["remote"] = .flow(("schedule", .word("H 5 * * sun")), ("full_cycle", .word(frequency ?? "3mo")))
                draft.changed(
                    "checks: data", "what is stored is read back in parts, all of it every \(frequency ?? "3mo")")
            case "extract": verify["restore_drill"] = .flow(("schedule", .word("H 4 1 * *")))
            default: draft.dropped("checks: \(name)", "there is no such check; see `verify`")
            }
        }
        if keys.take("prefix") != nil { draft.dropped("prefix", "a store has the versions of one job only") }
        for key in ["check_last", "check_repositories"] where keys.take(key) != nil {
            draft.dropped(key, "checks look at the whole store")
        }
        if !verify.isEmpty { mapping["verify"] = .mapping(verify) }
    }

    // MARK: Hooks

    mutating func addHooks() {
        var hooks = DraftMapping()
        for (key, place) in [
            ("before_everything", "before"), ("before_actions", "before"), ("before_backup", "before"),
            ("after_backup", "after"), ("after_actions", "after"), ("after_everything", "finally"),
            ("on_error", "on_failure"),
        ] {
            for command in keys.takeTexts(key) { hooks.append(.mapping(shell(command)), to: place) }
        }
        for item in keys.take("commands")?.items ?? [] { addCommand(ForeignMapping(item), to: &hooks) }
        for key in [
            "before_prune", "after_prune", "before_compact", "after_compact", "before_check", "after_check",
            "before_extract", "after_extract",
        ] {
            guard let node = keys.take(key) else { continue }
            draft.dropped("\(key): \(node.shown)", "hooks are around backups; retention and checks belong to them")
        }
        guard !hooks.isEmpty else { return }
        mapping["hooks"] = .mapping(hooks)
        draft.changed(
            "hooks",
            "commands run with PATH alone in their environment, and borgmatic's placeholders such as {error} are not filled in"
        )
    }

    private mutating func addCommand(_ command: ForeignMapping, to hooks: inout DraftMapping) {
        var command = command
        let before = command.takeText("before")
        let after = command.takeText("after")
        let actions = Set(command.takeTexts("when"))
        let states = Set(command.takeTexts("states"))
        let lines = command.takeTexts("run")
        guard actions.isEmpty || actions.contains("create") else {
            return draft.dropped(
                "commands: \(lines.joined(separator: "; "))",
                "hooks are around backups, and this is for \(actions.sorted().joined(separator: ", "))")
        }
        let place: String
        if before != nil {
            place = "before"
        } else if after == "error" || states == ["fail"] {
            place = "on_failure"
        } else if states == ["finish"] {
            place = "after"
        } else {
            place = after == "action" ? "after" : "finally"
        }
        for line in lines { hooks.append(.mapping(shell(line)), to: place) }
    }

    private func shell(_ line: String) -> DraftMapping {
        // borgmatic waits as long as it takes.
        DraftMapping([
            .init(key: "command", value: .list([.word("sh"), .text("-c"), written(line)])),
            .init(key: "timeout", value: .word("1d")),
        ])
    }
}

extension DraftMapping {
    /// Whether a destination is reached by SSH.
    fileprivate var isRemote: Bool {
        switch self["url"] {
        case .text(let url)?, .word(let url)?: url.hasPrefix("ssh://")
        default: false
        }
    }
}
