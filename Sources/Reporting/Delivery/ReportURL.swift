internal import Support

/// A receiver's URL, to which a message adds its part.
struct ReportURL {
    private let base: Substring
    private let query: Substring

    init(_ text: String) {
        let whole = text.prefix { $0 != "#" }
        base = whole.prefix { $0 != "?" }
        query = whole[base.endIndex...].dropFirst()
    }

    /// The URL with a longer path, unless it ends so already, and with parameters in place of those of the same names.
    func adding(path: String, query added: [ReportMessage.Field]) -> String {
        var text = String(base)
        if !path.isEmpty, !text.hasSuffix(path) {
            while text.hasSuffix("/") { text.removeLast() }
            text += path
        }
        let names = Set(added.map(\.name))
        var parts = query.split(separator: "&").filter { part in
            let name = PercentEncoding.decode(part.prefix { $0 != "=" })
            return !names.contains(String(decoding: name, as: UTF8.self))
        }.map(String.init)
        parts += added.map { "\(PercentEncoding.encode($0.name))=\(PercentEncoding.encode($0.value))" }
        return parts.isEmpty ? text : "\(text)?\(parts.joined(separator: "&"))"
    }
}
