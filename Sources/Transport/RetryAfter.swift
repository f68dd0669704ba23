public import Support

extension HTTPResponse {
    /// The server's clock, by its `Date`; nil when it does not tell.
    public var serverTime: Timestamp? { headers["Date"].flatMap { Timestamp(httpDate: $0) } }

    /// How long the server asks to wait, by its `Retry-After` in seconds or as a date; nil when it does not ask.
    public func retryAfter(now: Timestamp) -> Duration? {
        guard let value = headers["Retry-After"] else { return nil }
        if let seconds = Int64(value) { return seconds < 0 ? nil : .seconds(seconds) }
        guard let date = Timestamp(httpDate: value) else { return nil }
        return .seconds(max(0, date.seconds - now.seconds))
    }
}

extension Timestamp {
    /// Reads the one form that HTTP still allows servers to send: `Sun, 06 Nov 1994 08:49:37 GMT`.
    public init?(httpDate text: String) {
        let parts = text.split(separator: " ", omittingEmptySubsequences: true)
        guard parts.count == 6, parts[0].hasSuffix(","), parts[1].count == 2, parts[3].count == 4, parts[5] == "GMT",
            let month = Self.months.firstIndex(of: String(parts[2]))
        else { return nil }
        let number = month < 9 ? "0\(month + 1)" : "\(month + 1)"
        self.init(iso8601: "\(parts[3])-\(number)-\(parts[1])T\(parts[4])Z")
    }

    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
}
