internal import Support

/// Times as servers of S3 write them.
enum S3Time {
    /// Reads `2026-11-21T03:18:26.000Z`, also without a fraction; fractions are dropped.
    static func parse(_ text: String) -> Timestamp? {
        guard let dot = text.firstIndex(of: ".") else { return Timestamp(iso8601: text) }
        return Timestamp(iso8601: String(text[..<dot]))
    }
}
