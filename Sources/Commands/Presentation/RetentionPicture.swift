internal import Configuration
internal import Engine
internal import Support

/// The timeline of a simulation, as an SVG.
///
/// Each row is a moment, the first one now: dots are the versions that there are then, strokes those that went since the
/// row above. A tier reaches back from its row, so its end is a slanted line. All of it is numbers and dates that were
/// made here, so nothing has to be escaped; and the same simulation always gives the same text.
struct RetentionPicture {
    private let simulation: RetentionSimulation
    private let policy: RetentionPolicy
    private let zone: TimeZoneClock
    private let rows: [Row]
    private let start: Int64
    private let end: Int64

    /// How the versions stand at a moment.
    private struct Row {
        let time: Int64
        let kept: [Int64]
        let gone: [Int64]
    }

    private static let mostRows: Int64 = 12
    private static let width = 760
    private static let left = 164
    private static let plot = 556
    private static let firstRow = 92
    private static let rowHeight = 24

    /// A picture of a simulation that began at `now`.
    init(_ simulation: RetentionSimulation, policy: RetentionPolicy, now: Timestamp, zone: TimeZoneClock) {
        self.simulation = simulation
        self.policy = policy
        self.zone = zone
        end = simulation.until.seconds
        start = min(now.seconds, simulation.lives.last?.version.time.seconds ?? now.seconds)
        let steps = max(1, min(Self.mostRows - 1, Int64(simulation.runs)))
        let length = simulation.until.seconds - now.seconds
        let times = (0...steps).map { now.seconds + length * $0 / steps }
        rows = times.enumerated().map { number, time in
            let before = number == 0 ? Int64.min : times[number - 1]
            let known = simulation.lives.filter { $0.version.time.seconds <= time }
            return Row(
                time: time,
                kept: known.filter { $0.goes.map { $0.seconds > time } ?? true }.map(\.version.time.seconds),
                gone: known.filter { $0.goes.map { $0.seconds <= time && $0.seconds > before } ?? false }
                    .map(\.version.time.seconds))
        }
    }

    /// The lines of the document.
    var lines: [String] {
        [
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(Self.width) \(bottom + 46)\" "
                + "width=\"\(Self.width)\" height=\"\(bottom + 46)\" role=\"img\" aria-labelledby=\"title desc\">",
            "<title id=\"title\">\(title)</title>", "<desc id=\"desc\">\(description)</desc>", Self.style,
            "<text class=\"head\" x=\"16\" y=\"24\">\(title)</text>",
        ] + legend + tiers + rows.enumerated().flatMap { lines(of: $1, at: y($0)) } + axis + ["</svg>"]
    }

    // MARK: Words

    private var title: String { "A version every \(CalendarDuration(seconds: simulation.interval)), \(rules)" }

    /// The rules in the words of the configuration.
    private var rules: String {
        var rules: [String] = []
        if !policy.tiers.isEmpty {
            rules.append("tiers " + policy.tiers.map(Self.text).joined(separator: ", "))
        }
        if let span = policy.keepWithin { rules.append("keep_within \(span)") }
        if let count = policy.keepVersions, count > 0 { rules.append("keep_versions \(count)") }
        if rules.isEmpty { return "every one stays" }
        if policy.minVersions > 1 { rules.append("min_versions \(policy.minVersions)") }
        return rules.joined(separator: "; ")
    }

    private static func text(_ tier: RetentionPolicy.Tier) -> String {
        "\(tier.frame?.description ?? "forever"):\(tier.interval?.description ?? "all")"
    }

    /// The whole picture for those who cannot see it.
    private var description: String {
        let states = rows.enumerated().map { number, row in
            let gone = row.gone.isEmpty ? "" : ", \(HumanText.count(row.gone.count)) gone\(number > 0 ? " since" : "")"
            return "\(date(row.time)): \(HumanText.count(row.kept.count, "version")) kept\(gone)"
        }
        return "Versions kept and gone at \(HumanText.count(rows.count, "moment")). "
            + states.joined(separator: "; ") + "."
    }

    /// A moment as far as rows differ: the day, or the minute where rows are less than a day apart.
    private func date(_ seconds: Int64) -> String {
        let step = (end - (rows.first?.time ?? end)) / Int64(max(1, rows.count - 1))
        return String(zone.text(Timestamp(seconds: seconds)).prefix(step < 86_400 ? 16 : 10))
    }

    // MARK: Places

    private func y(_ row: Int) -> Int { Self.firstRow + row * Self.rowHeight }
    private var bottom: Int { y(rows.count - 1) + 18 }

    /// Where a moment stands, in half pixels.
    private func x(_ seconds: Int64) -> Int64 {
        Int64(Self.left) * 2 + (seconds - start) * Int64(Self.plot) * 2 / max(1, end - start)
    }

    private static func number(_ halves: Int64) -> String { halves % 2 == 0 ? "\(halves / 2)" : "\(halves / 2).5" }

    // MARK: Parts

    private func lines(of row: Row, at y: Int) -> [String] {
        var lines = [
            "<path class=\"row\" d=\"M\(Self.left) \(y)h\(Self.plot)\"/>",
            "<text x=\"16\" y=\"\(y + 4)\">\(date(row.time))</text>",
            "<text class=\"count\" x=\"\(Self.left - 14)\" y=\"\(y + 4)\">\(HumanText.count(row.kept.count))</text>",
        ]
        for (name, times, rise, stroke) in [("gone", row.gone, -5, "v10"), ("kept", row.kept, 0, "h0")]
        where !times.isEmpty {
            // What falls on the same half pixel is one mark, so a picture stays small however many versions there are.
            let places = Set(times.map { x($0) }).sorted()
            let path = places.map { "M\(Self.number($0)) \(y + rise)\(stroke)" }.joined()
            lines.append("<path class=\"\(name)\" d=\"\(path)\"/>")
        }
        return lines
    }

    /// Where each tier ends, seen from each row.
    private var tiers: [String] {
        var labelled: Int64?
        let spans = (policy.tiers.compactMap(\.frame) + [policy.keepWithin].compactMap { $0 })
            .sorted { $0.fixedSeconds < $1.fixedSeconds }
        return spans.flatMap { span -> [String] in
            let points = rows.enumerated().compactMap { number, row -> String? in
                let time = row.time - span.fixedSeconds
                return time < start ? nil : "\(Self.number(x(time))),\(y(number))"
            }
            guard points.count > 1 else { return [] }
            var lines = ["<polyline class=\"tier\" points=\"\(points.joined(separator: " "))\"/>"]
            let place = x(end - span.fixedSeconds)
            if labelled.map({ $0 - place >= 56 }) ?? true {
                lines.append("<text class=\"small\" x=\"\(Self.number(place))\" y=\"\(bottom + 2)\">\(span)</text>")
                labelled = place
            }
            return lines
        }
    }

    private var axis: [String] {
        let length = end - start
        let days: [Int64] = [1, 2, 7, 14, 28, 56, 91, 182, 365, 730, 1825, 3650]
        let steps = [3600, 10_800, 21_600, 43_200] + days.map { $0 * 86_400 }
        let step = steps.first { length / $0 <= 6 } ?? max(1, length / 6)
        let line = "<path class=\"axis\" d=\"M\(Self.left) \(bottom + 8)h\(Self.plot)\"/>"
        return [line]
            + stride(from: start, through: end, by: Int64.Stride(step)).flatMap { time in
                let text = zone.text(Timestamp(seconds: time))
                let label = step < 86_400 ? text.prefix(16).suffix(11) : text.prefix(10)
                let place = Self.number(x(time))
                return [
                    "<path class=\"axis\" d=\"M\(place) \(bottom + 8)v5\"/>",
                    "<text class=\"small\" x=\"\(place)\" y=\"\(bottom + 26)\">\(label)</text>",
                ]
            }
    }

    private var legend: [String] {
        [
            "<text x=\"16\" y=\"66\">on</text>",
            "<text class=\"count\" x=\"\(Self.left - 14)\" y=\"66\">kept</text>",
            "<path class=\"kept\" d=\"M168 46h0\"/>", "<text x=\"178\" y=\"50\">a version, where it was made</text>",
            "<path class=\"gone\" d=\"M362 41v10\"/>", "<text x=\"370\" y=\"50\">gone since the row above</text>",
        ]
            + (policy.tiers.isEmpty && policy.keepWithin == nil
                ? []
                : [
                    "<polyline class=\"tier\" points=\"534,46 556,46\"/>",
                    "<text x=\"562\" y=\"50\">so far back a rule reaches</text>",
                ])
    }

    /// Colours that can be seen on white and on black; shapes tell the same without them.
    private static let style = """
        <style>
        text { font: 12px system-ui, sans-serif; fill: #57606a }
        .head { font-weight: 600; font-size: 14px }
        .count { text-anchor: end; font-variant-numeric: tabular-nums }
        .small { text-anchor: middle; font-size: 11px }
        .row, .axis { stroke: #8c959f; stroke-opacity: 0.35; fill: none }
        .kept { stroke: #1f6feb; stroke-width: 7; stroke-linecap: round; fill: none }
        .gone { stroke: #9a6700; stroke-opacity: 0.6; fill: none }
        .tier { stroke: #8c959f; stroke-dasharray: 3 3; fill: none }
        @media (prefers-color-scheme: dark) {
        text { fill: #9198a1 }
        .kept { stroke: #58a6ff }
        .gone { stroke: #d29922 }
        }
        </style>
        """
}
