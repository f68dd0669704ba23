internal import Engine
internal import JSON
internal import Support

/// Decisions of retention, for people.
enum RetentionText {
    /// A line for each version.
    static func table(_ decision: RetentionDecision, _ zone: TimeZoneClock) -> Table {
        var table = Table([("VERSION", .right), ("TIME", .left), ("", .left), ("WHY", .left)])
        for (number, verdict) in decision.verdicts.enumerated() {
            table.add(["\(number)", zone.text(verdict.version.time), verdict.isKept ? "kept" : "deleted", why(verdict)])
        }
        return table
    }

    private static func why(_ verdict: RetentionDecision.Verdict) -> String {
        "\(verdict.reason)\(verdict.version.isFull ? "" : " (partial)")"
    }

    /// How many go, and whether that is allowed.
    static func closing(_ decision: RetentionDecision, limit: Int, now: Timestamp = .now()) -> [String] {
        let count = decision.deleted.count
        guard count > 0 else { return ["Every version stays."] }
        let sentence =
            "\(HumanText.count(count)) of \(HumanText.count(decision.verdicts.count, "version")) "
            + "\(count == 1 ? "goes" : "go") with the next run."
        if let jump = ClockJump(in: decision, now: now) {
            return [
                "\(HumanText.count(count)) of \(HumanText.count(decision.verdicts.count, "version")) are due, but there "
                    + "is none from \(jump.before) to \(jump.after), as after a clock that jumped: "
                    + "a run deletes none, until `dunnage retention apply` is told --confirm \(count)."
            ]
        }
        guard count > limit else { return [sentence] }
        return [
            "\(HumanText.count(count)) of \(HumanText.count(decision.verdicts.count, "version")) are due, more than the "
                + "\(HumanText.count(limit)) that one run may delete (max_delete): "
                + "a run refuses to, until `dunnage retention apply` is told --confirm \(count)."
        ]
    }
}

extension RetentionDecision {
    /// The verdicts for machines, the newest version first.
    var json: [JSONValue] {
        verdicts.enumerated().map { number, verdict in
            .object([
                .init("number", .integer(Int64(number))), .init("time", .string(verdict.version.time.iso8601)),
                .init("full", .bool(verdict.version.isFull)), .init("kept", .bool(verdict.isKept)),
                .init("reason", .string("\(verdict.reason)")), .init("held", .bool(verdict.version.isHeld)),
            ])
        }
    }
}
