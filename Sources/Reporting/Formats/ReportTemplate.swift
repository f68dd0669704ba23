internal import JSON
internal import Mustache

/// A text of somebody's own, with places that a report fills: Mustache.
///
/// The places are named as the members of our JSON: `{{job.name}}`, `{{#destinations}}{{name}}{{/destinations}}`. Where
/// the text is sent as JSON, what is filled in is escaped for a JSON string, unless it stands in three braces.
public struct ReportTemplate: Sendable, Hashable {
    /// The text as it was written.
    public let text: String
    /// What it is sent as.
    public let contentType: String

    /// A template.
    /// - Parameters:
    ///   - text: with places in double braces.
    ///   - contentType: what it is sent as.
    /// - Throws: `ReportingError.invalidTemplate`.
    public init(_ text: String, contentType: String = "application/json") throws(ReportingError) {
        self.text = text
        self.contentType = contentType
        _ = try Self.parsed(text, isJSON: isJSON)
    }

    /// A text that something else than Mustache reads.
    init(unread text: String) {
        self.text = text
        contentType = "text/plain"
    }

    private var isJSON: Bool {
        let type = contentType.prefix { $0 != ";" }.lowercased()
        return type == "application/json" || type.hasSuffix("+json")
    }

    /// The text with a report's values.
    func rendered(_ report: RunReport, masking mask: (String) -> String) -> String {
        let document = report.trimmed { report.json(kept: $0, masking: mask).serialized() }
        // What was made here can be read again; what could not would be filled with nothing.
        guard let values = try? JSONValue(parsing: document),
            let template = try? Self.parsed(text, isJSON: isJSON)
        else { return "" }
        return template.render(values.mustache)
    }

    private static func parsed(_ text: String, isJSON: Bool) throws(ReportingError) -> MustacheTemplate {
        _ = registration
        do {
            return try MustacheTemplate(string: "{{% CONTENT_TYPE: \(isJSON ? typeName : "TEXT")}}\(text)")
        } catch {
            throw .invalidTemplate(reason: "\(error)")
        }
    }

    private static let typeName = "JSON"

    /// Makes the escaping known, once in a process.
    private static let registration: Void = MustacheContentTypes.register(JSONText(), named: typeName)
}

/// The inside of a JSON string.
private struct JSONText: MustacheContentType {
    func escapeText(_ text: String) -> String {
        String(decoding: JSONValue.string(text).serialized().dropFirst().dropLast(), as: UTF8.self)
    }
}

extension JSONValue {
    /// The value as Mustache looks into it.
    fileprivate var mustache: Any {
        switch self {
        case .null: return String?.none as Any
        case .bool(let value): return value
        case .integer(let value): return value
        case .number(let value): return value
        case .string(let text): return text
        case .array(let items): return items.map(\.mustache)
        case .object(let members):
            return Dictionary(members.map { ($0.name, $0.value.mustache) }) { $1 }
        }
    }
}

extension ReportMessage {
    /// A text of somebody's own.
    static func template(
        _ template: ReportTemplate, _ report: RunReport, _ mask: (String) -> String
    ) -> ReportMessage {
        ReportMessage(
            id: report.id,
            headers: [Field("Content-Type", template.contentType), Field("Idempotency-Key", report.id)],
            body: Array(template.rendered(report, masking: mask).utf8))
    }
}
