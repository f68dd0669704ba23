internal import JSON

/// The body of an `application/problem+json` (RFC 9457).
enum ProblemDocument {
    static func encode(status: Int, detail: String) -> [UInt8] {
        var output: [UInt8] = []
        JSONWriter.append("{\"type\":\"about:blank\",\"title\":", to: &output)
        JSONWriter.appendString(StatusText.of(status), to: &output)
        JSONWriter.append(",\"status\":", to: &output)
        JSONWriter.appendInteger(Int64(status), to: &output)
        JSONWriter.append(",\"detail\":", to: &output)
        JSONWriter.appendString(detail, to: &output)
        JSONWriter.append("}\n", to: &output)
        return output
    }
}
