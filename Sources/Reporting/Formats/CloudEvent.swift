internal import Support

/// The attributes of a report as a CloudEvent.
struct CloudEvent {
    let id: String
    let type: String
    let source: String
    let subject: String
    let time: Timestamp

    init(of report: RunReport) {
        id = report.id
        let isOfRun = report.event.isEnd || report.event == .start || report.event == .missed
        type = isOfRun ? "dunnage.run.\(report.event.rawValue).v1" : "dunnage.\(report.event.rawValue).v1"
        let instance = Self.escaped(report.instance.name, inPath: true)
        source =
            report.job.map { "/instances/\(instance)/jobs/\(Self.escaped($0.name, inPath: true))" }
            ?? "/instances/\(instance)"
        subject = report.job?.name ?? report.instance.name
        time = report.run.finished
    }

    /// The header fields; values are escaped as the HTTP binding asks.
    var headers: [(name: String, value: String)] {
        [
            ("ce-specversion", "1.0"), ("ce-id", Self.escaped(id)), ("ce-type", type), ("ce-source", source),
            ("ce-subject", Self.escaped(subject)), ("ce-time", time.iso8601),
        ]
    }

    /// Escapes what a header value, or a part of a path, cannot hold.
    private static func escaped(_ text: String, inPath: Bool = false) -> String {
        let special = Array((inPath ? "\"%/?#" : "\"%").utf8)
        var escaped: [UInt8] = []
        for byte in text.utf8 {
            if byte > 0x20, byte < 0x7f, !special.contains(byte) {
                escaped.append(byte)
            } else {
                escaped += Array("%\(Hex.encode([byte]).uppercased())".utf8)
            }
        }
        return String(decoding: escaped, as: UTF8.self)
    }
}
