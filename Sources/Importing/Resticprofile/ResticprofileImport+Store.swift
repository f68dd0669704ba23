internal import YAML

/// Where a profile's data goes, for how long, and when.
extension ResticprofileImport {
    mutating func addEncryption() {
        let place: DraftValue?
        if let file = profile.takeText("password-file") {
            let path = filledPath(file)
            if !path.hasPrefix("/"), !path.hasPrefix("${") {
                draft.open("password-file: \(file)", "it is relative: write the absolute path")
            }
            place = .flow(("file", Variables.written(path)))
        } else if let command = profile.takeText("password-command") {
            place = .flow(("command", .texts(ShellWords.words(filled(command)))))
        } else {
            place = nil
        }
        let password = environment("RESTIC_PASSWORD")
        let name: String
        if let place {
            name = draft.add(secret: "\(self.name)_passphrase", at: place)
        } else {
            name = draft.add(secret: "passphrase", value: password, "passphrase of the store")
        }
        mapping["encryption"] = .flow(("passphrase", .secret(name)))
        if profile.takeFlag("insecure-no-password") == true { mapping["encryption"] = .word("none") }
    }

    /// Takes a variable out of the profile's environment.
    mutating func environment(_ name: String) -> String? {
        guard let node = profile["env"] else { return nil }
        var variables = ForeignMapping(node)
        for key in variables.keys where key.uppercased() == name {
            let value = variables.takeText(key)
            let rest = (node.entries ?? []).filter { $0.key != key }
            profile.replace("env", node.replacingContent(.mapping(rest)))
            return value
        }
        return nil
    }

    mutating func addDestination() {
        let text = profile.takeText("repository").map { filledPath($0) } ?? environment("RESTIC_REPOSITORY")
        guard let text, let place = ResticRepository.place(text) else {
            var first = DraftMapping([
                .init(
                    key: "enabled", value: .word("false"),
                    comment: [
                        "The repository could not be taken over: set the destination's `url`, then remove this line."
                    ])
            ])
            for entry in mapping.entries { first[entry.key] = entry.value }
            mapping = first
            let use = draft.add(
                destination: name, DraftMapping([.init(key: "url", value: .text("file:///TARGET/{job}"))]))
            mapping["destinations"] = .list([.word(use)])
            let kind = text.map { String($0.prefix { $0 != ":" }) } ?? "none"
            return draft.open(
                "repository \(kind)",
                kind == "rest"
                    ? "a REST server keeps restic's repositories only: set another `url`"
                    : "set the destination's `url`")
        }
        var destination = DraftMapping([.init(key: "url", value: place.url)])
        var inner = place.options
        if let region = environment("AWS_DEFAULT_REGION") ?? environment("AWS_REGION"), place.name == "s3" {
            inner["s3-location-constraint"] = .text(region)
        }
        for credential in place.credentials {
            let value = environment(credential.variable)
            if credential.option.hasSuffix("-file") {
                if let value { inner[credential.option] = .text(value) }
                continue
            }
            let stem = "\(place.name)_\(credential.option == "auth-username" ? "user" : "password")"
            inner[credential.option] = .secret(draft.add(secret: stem, value: value, credential.purpose))
        }
        destination.merge(inner, into: "options")
        mapping["destinations"] = .list([.word(draft.add(destination: place.name, destination))])
    }

    mutating func addRetention() {
        var keys = ForeignMapping(profile.take("retention"))
        let forget = ForeignMapping(profile["forget"])
        if keys.isEmpty { keys = forget }
        _ = profile.take("forget")
        var retention = DraftMapping()
        var rules: [ThinningTiers.Rule] = []
        for unit in ThinningTiers.units where unit.end != "secondly" {
            guard let text = keys.takeText("keep-\(unit.end)") else { continue }
            let count = text.lowercased() == "unlimited" ? -1 : Int(text) ?? 0
            rules.append(.init(option: "keep-\(unit.end): \(text)", count: count, unit: unit.unit, days: unit.days))
        }
        let (tiers, useless) = ThinningTiers.tiers(rules, isSum: false)
        if !tiers.isEmpty {
            retention["tiers"] = .word(tiers)
            draft.changed(
                rules.map(\.option).joined(separator: ", "),
                "tiers count ages back from now; restic counts periods that have a snapshot")
        }
        for rule in useless { draft.dropped(rule.option, "it reaches no further back than the rule before it") }
        if let text = keys.takeText("keep-within"), let span = Spans.calendar(text, units: Spans.restic) {
            retention["keep_within"] = .word(span)
        }
        if let count = keys.takeNumber("keep-last"), count > 0 { retention["keep_versions"] = .number(count) }
        for key in keys.keys where key.hasPrefix("keep-") {
            draft.dropped("\(key): \(keys[key]?.shown ?? "")", "there is no such rule; see `retention`")
        }
        if !retention.isEmpty { mapping["retention"] = .mapping(retention) }
        if let node = forget["schedule"] {
            draft.dropped("forget: schedule: \(node.shown)", "retention is applied after each backup")
        }
    }

    /// The times of a `schedule`, which is a text, a list, or a mapping with `at`.
    private mutating func times(_ node: Node?, _ option: String) -> [String] {
        let texts = (node?["at"] ?? node)?.texts ?? []
        return texts.compactMap { text in
            if let cron = OnCalendar.cron(text) { return cron }
            draft.open("\(option): \(text)", "cron cannot say it: write a `schedule`")
            return nil
        }
    }

    mutating func addSchedule() {
        let times = times(backup.take("schedule"), "schedule")
        switch times.count {
        case 0: mapping["schedule"] = .word("manual")
        case 1: mapping["schedule"] = .word(times[0])
        default:
            mapping["schedule"] = .mapping(DraftMapping([.init(key: "cron", value: .list(times.map { .word($0) }))]))
        }
        for key in backup.keys where key.hasPrefix("schedule-") {
            let node = backup.take(key)
            guard !["schedule-log", "schedule-permission", "schedule-priority"].contains(key) else { continue }
            draft.dropped("\(key): \(node?.shown ?? "")", "see `schedule`: `jitter`, `catch_up`, `on_overlap`")
        }
    }

    mutating func addChecks() {
        let check = ForeignMapping(profile.take("check"))
        let times = times(check["schedule"], "check: schedule")
        if let time = times.first {
            var remote = DraftMapping([.init(key: "schedule", value: .word(time))], isFlow: true)
            if let subset = check["read-data-subset"]?.text {
                if subset.hasSuffix("%") {
                    remote["sample"] = .word(subset)
                } else if subset.contains("/") {
                    let parts = subset.split(separator: "/").compactMap { Double($0) }
                    if parts.count == 2, parts[1] > 0 {
                        remote["sample"] = .word("\(Int(min((100 / parts[1]).rounded(.up), 100)))%")
                    }
                }
            } else if check["read-data"]?.text == "true" {
                remote["sample"] = .word("100%")
            }
            mapping["verify"] = .mapping(DraftMapping([.init(key: "remote", value: .mapping(remote))]))
        }
        if backup.takeFlag("check-after") == true || backup.takeFlag("check-before") == true {
            draft.changed(
                "check-before, check-after", "a sample is read back after each backup: `verify: { after_backup: 1 }`")
        }
        for key in ["check-before", "check-after"] { _ = backup.take(key) }
        for (key, reason) in [
            ("prune", "room is given back after each backup: `compact`"),
            ("copy", "name several `destinations` in the job"),
        ] {
            if profile.take(key) != nil { draft.dropped(key, reason) }
        }
    }

    mutating func addTransfers() {
        var limits = DraftMapping()
        for (key, ours) in [("limit-upload", "upload"), ("limit-download", "download")] {
            guard let rate = backup.takeNumber(key) ?? profile.takeNumber(key), rate > 0 else { continue }
            limits[ours] = .word("\(rate)KiB/s")
        }
        let priority = global?["priority"]?.text?.lowercased() ?? ""
        if ["low", "background", "idle"].contains(priority) || global?["nice"] != nil { limits["cpu"] = .word("low") }
        if global?["ionice"]?.text == "true" { limits["io"] = .word("low") }
        if !limits.isEmpty { mapping["limits"] = .mapping(limits) }
        guard let level = profile.takeText("compression") ?? backup.takeText("compression") else { return }
        if level == "off" { mapping["options"] = .flow(("compression", .word("none"))) }
        if level == "max" { mapping["options"] = .flow(("compression", .word("best"))) }
    }
}
