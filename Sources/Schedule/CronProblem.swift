/// Why a text is no cron expression.
public struct CronProblem: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong, in words: `60 is out of range for the minutes`.
    public let description: String
    /// The part of the text concerned; `nil` when it is all.
    public let part: String?
    /// What to write instead.
    public let advice: String?

    init(_ description: String, part: String? = nil, advice: String? = nil) {
        self.description = description
        self.part = part
        self.advice = advice
    }
}
