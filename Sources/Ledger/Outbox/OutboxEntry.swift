internal import Foundation
internal import GRDB
public import Support

/// A report for one receiver, as it is put into the outbox.
public struct OutboxDraft: Sendable, Hashable {
    /// The receiver's name in the configuration.
    public var receiver: String
    /// The job that it tells of; nil for none.
    ///
    /// Reports of one job reach a receiver in their order.
    public var job: String?
    /// What names it at the receiver, the same for every attempt: a second one of this name is not taken.
    public var message: String
    /// What it tells of, in one word.
    public var event: String
    /// What it tells of, in one line.
    public var title: String
    /// When it came into being.
    public var created: Timestamp
    /// All that is sent beside the body, as JSON.
    public var envelope: String
    /// What is sent.
    public var body: [UInt8]

    /// A draft from its parts.
    public init(
        receiver: String, job: String?, message: String, event: String, title: String, created: Timestamp,
        envelope: String, body: [UInt8]
    ) {
        self.receiver = receiver
        self.job = job
        self.message = message
        self.event = event
        self.title = title
        self.created = created
        self.envelope = envelope
        self.body = body
    }
}

/// A report that waits in the outbox.
public struct OutboxEntry: Sendable, Hashable {
    /// Its number, which grows.
    public let number: Int64
    /// What is to be sent, and to whom.
    public let draft: OutboxDraft
    /// When it is tried the next time, if nothing before it waits.
    public let due: Timestamp
    /// How often it was tried.
    public let attempts: Int
    /// Why the last attempt failed; nil when there was none.
    public let failure: String?

    init(_ row: Row) {
        number = row["number"]
        let job: String = row["job"]
        let body: [UInt8] = Array(row["body"] as Data)
        draft = OutboxDraft(
            receiver: row["receiver"], job: job.isEmpty ? nil : job, message: row["message"], event: row["event"],
            title: row["title"], created: Timestamp(unixNanoseconds: row["created"]), envelope: row["envelope"],
            body: body)
        due = Timestamp(unixNanoseconds: row["due"])
        attempts = row["attempts"]
        failure = row["failure"]
    }
}
