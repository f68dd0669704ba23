internal import Schedule
internal import YAML

extension Decoder {
    func schedule(_ node: Node) -> ScheduleSpecification? {
        guard let timing = timing(node) else { return nil }
        return ScheduleSpecification(
            timing: timing, catchUp: word(node["catch_up"]) ?? .once, overlap: word(node["on_overlap"]) ?? .skip,
            timeout: duration(node["timeout"]), window: node["window"].flatMap { window($0) },
            after: (node["after"].map { $0.items ?? [$0] } ?? []).compactMap { order($0) })
    }

    /// A schedule of any kind; `nil` for `manual`.
    func timing(_ node: Node?) -> Timing? {
        guard let node, let rule = rule(node) else { return nil }
        return Timing(rule: rule, timezone: text(node["timezone"]), jitter: duration(node["jitter"]))
    }

    private func rule(_ node: Node) -> Timing.Rule? {
        if let span = duration(node["every"]) {
            return .every(span, at: clockTime(node["at"]), days: days(node["days"]))
        }
        let written = node["cron"] ?? node
        let words = written.items == nil ? [text(written)].compactMap { $0 } : texts(written)
        let expressions = words.compactMap { try? CronExpression($0) }
        return expressions.isEmpty ? nil : .cron(expressions)
    }

    private func window(_ node: Node) -> ScheduleSpecification.Window? {
        guard let from = clockTime(node["from"]), let to = clockTime(node["to"]) else { return nil }
        return ScheduleSpecification.Window(
            from: from, to: to, days: days(node["days"]), excess: word(node["on_exceed"]) ?? .suspend)
    }

    private func order(_ node: Node) -> ScheduleSpecification.Order? {
        guard let job = text(node["job"]) else { return nil }
        return ScheduleSpecification.Order(
            job: job, result: word(node["result"]) ?? .success, isOptional: text(node["optional"]) != "false")
    }
}
