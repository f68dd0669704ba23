internal import Engine
internal import Support

/// A run's progress in one line.
enum ProgressLine {
    private static let barColumns = 20

    /// For a terminal of so many columns, where the line is drawn again and again.
    static func bar(_ snapshot: ProgressSnapshot, _ meter: ProgressMeter, columns: Int) -> String {
        var parts = [words(for: snapshot.phase)]
        if let fraction = meter.fraction { parts.append("\(drawn(fraction)) \(percent(fraction))") }
        parts += figures(snapshot, meter)
        // A line that wraps cannot be drawn over.
        while parts.count > 1, PrintableText.width(parts.joined(separator: "  ")) >= columns { parts.removeLast() }
        return String(parts.joined(separator: "  ").prefix(max(0, columns - 1)))
    }

    /// For a log or a pipe.
    static func plain(_ snapshot: ProgressSnapshot, _ meter: ProgressMeter) -> String {
        var parts = figures(snapshot, meter)
        if let fraction = meter.fraction { parts.insert(percent(fraction), at: 0) }
        return "\(words(for: snapshot.phase)): \(parts.isEmpty ? "…" : parts.joined(separator: ", "))"
    }

    private static func figures(_ snapshot: ProgressSnapshot, _ meter: ProgressMeter) -> [String] {
        var parts: [String] = []
        if snapshot.totalEntries > 0 {
            parts.append("\(HumanText.count(snapshot.entries))/\(HumanText.count(snapshot.totalEntries)) entries")
        } else if snapshot.entries > 0 {
            parts.append(HumanText.count(snapshot.entries, "entry", plural: "entries"))
        }
        let bytes = snapshot.bytes > 0 ? snapshot.bytes : snapshot.transferred
        if bytes > 0 { parts.append(HumanText.size(Int64(bytes))) }
        if let rate = meter.bytesPerSecond, rate >= 1 { parts.append("\(HumanText.size(Int64(rate)))/s") }
        if let left = meter.timeLeft { parts.append("\(HumanText.duration(left)) left") }
        return parts
    }

    private static func words(for phase: RunProgress.Phase) -> String {
        switch phase {
        case .preparing: "Preparing"
        case .indexing: "Reading the indexes"
        case .backingUp: "Backing up"
        case .finishing: "Finishing"
        case .restoring: "Restoring"
        case .verifying: "Verifying"
        case .deleting: "Deleting"
        case .compacting: "Compacting"
        case .repairing: "Repairing"
        case .copying: "Copying"
        case .thawing: "Waiting for the archive"
        case .locking: "Locking"
        }
    }

    private static func percent(_ fraction: Double) -> String { "\(Int(fraction * 100))%" }

    private static func drawn(_ fraction: Double) -> String {
        let full = Int(fraction * Double(barColumns))
        return "[\(String(repeating: "#", count: full))\(String(repeating: ".", count: barColumns - full))]"
    }
}
