/// Samples of one metric, in the text format of Prometheus.
///
/// Source: Prometheus, "Exposition formats", text format 0.0.4.
struct MetricFamily {
    /// What a sample is.
    enum Kind: String {
        /// Only grows, until what counts it begins anew.
        case counter
        /// Goes up and down.
        case gauge
    }

    /// One value.
    struct Sample {
        var labels: [(name: String, value: String)]
        var value: Double
    }

    let name: String
    let kind: Kind
    let help: String
    var samples: [Sample] = []

    init(_ name: String, _ help: String, _ kind: Kind = .gauge) {
        self.name = name
        self.kind = kind
        self.help = help
    }

    /// Adds a sample; a value that is not known is none.
    mutating func add(_ value: Double?, _ labels: KeyValuePairs<String, String> = [:]) {
        guard let value else { return }
        samples.append(Sample(labels: labels.map { ($0.key, $0.value) }, value: value))
    }

    mutating func add(_ value: Int64?, _ labels: KeyValuePairs<String, String> = [:]) {
        add(value.map(Double.init), labels)
    }

    mutating func add(_ value: Bool, _ labels: KeyValuePairs<String, String> = [:]) {
        add(value ? 1.0 : 0.0, labels)
    }

    /// The lines of the family; empty without a sample.
    var text: String {
        guard !samples.isEmpty else { return "" }
        var text = "# HELP \(name) \(Self.escaped(help, quotes: false))\n# TYPE \(name) \(kind.rawValue)\n"
        for sample in samples {
            text += name
            if !sample.labels.isEmpty {
                let labels = sample.labels.map { "\($0.name)=\"\(Self.escaped($0.value, quotes: true))\"" }
                text += "{\(labels.joined(separator: ","))}"
            }
            text += " \(Self.number(sample.value))\n"
        }
        return text
    }

    private static func escaped(_ text: String, quotes: Bool) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": escaped += "\\\\"
            case "\n": escaped += "\\n"
            case "\"" where quotes: escaped += "\\\""
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }

    /// Whole numbers without a point, so that large ones can be read.
    private static func number(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? String(Int64(value)) : "\(value)"
    }
}
