internal import JSON
internal import Support

/// What came of a run of the service, for people: a line for each destination.
struct FollowedRunText {
    let lines: [String]

    init(_ result: ServiceBatch.Result, zone: TimeZoneClock) {
        let destinations = result.record["destinations"]?.array ?? []
        guard !destinations.isEmpty else {
            let state = result.record["state"]?.string ?? "failed"
            let message = result.record["message"]?.string.map { ": \(PrintableText.escaped($0))" } ?? ""
            lines = ["\(result.job): \(state)\(message)"]
            return
        }
        lines = destinations.map { destination in
            var parts = [destination["state"]?.string ?? "failed"]
            if let time = destination["version"]?.string.flatMap({ Timestamp(iso8601: $0) }) {
                let kind = destination["partial"]?.bool == true ? "partial version" : "version"
                parts.append("\(kind) of \(zone.text(time))")
            } else if destination["state"]?.string == "success" {
                parts.append("nothing has changed, no new version")
            }
            if let bytes = destination["uploaded_bytes"]?.integer { parts.append("\(HumanText.size(bytes)) stored") }
            if let message = destination["message"]?.string { parts.append(PrintableText.escaped(message)) }
            return "\(result.job) → \(destination["name"]?.string ?? ""): \(parts.joined(separator: "; "))"
        }
    }
}
