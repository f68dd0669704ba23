internal import Configuration
internal import JSON
internal import Ledger
internal import Reporting
internal import Schedule
internal import Support

/// The receivers that are told of several reports together, at times of their own.
struct Digests: Sendable {
    let outbox: Outbox
    let configuration: Configuration

    private var receivers: [ReportSpecification] {
        configuration.reports.values.filter { $0.digest != nil }.sorted { $0.name < $1.name }
    }

    /// When the next digest is due that has something to tell; `nil` when there is none.
    func nextDue() throws(LedgerError) -> Timestamp? {
        var dues: [Timestamp] = []
        for receiver in receivers {
            guard let oldest = try outbox.collected(for: receiver.name).first, let due = due(receiver, after: oldest)
            else { continue }
            dues.append(due)
        }
        return dues.min()
    }

    /// Puts the digests into the outbox that are due.
    func make(at now: Timestamp, masking mask: (String) -> String) throws(LedgerError) {
        for receiver in receivers {
            let entries = try outbox.collected(for: receiver.name)
            guard let oldest = entries.first, let due = due(receiver, after: oldest), due <= now else { continue }
            let items = entries.compactMap { entry in
                (try? JSONValue(parsing: entry.report)).flatMap { DigestItem(json: $0) }
            }
            let report = RunReport(
                digestOf: items, id: RunIdentifier(at: now).description,
                instance: .init(name: configuration.instance, version: ProgramVersion.current), at: now)
            // A form that cannot be made was told of when its entries came.
            let form = try? receiver.form()
            let messages = items.isEmpty ? [] : form?.messages(for: report, masking: mask) ?? []
            try outbox.add(
                digest: messages.map { OutboxDraft($0, receiver, report, at: now, masking: mask) }, of: entries)
        }
    }

    /// The first time of the schedule after the oldest entry came.
    private func due(_ receiver: ReportSpecification, after oldest: Outbox.DigestEntry) -> Timestamp? {
        guard let timing = receiver.digest?.timing else { return nil }
        let zone = (timing.timezone ?? configuration.runtime.timezone).flatMap { Zone(named: $0) } ?? Zone()
        return timing.recurrences(seed: "\(configuration.instance)/\(receiver.name)").compactMap {
            $0.next(after: oldest.created, in: zone)
        }.min()
    }
}

extension OutboxDraft {
    /// A message about a report, for the outbox.
    init(
        _ message: ReportMessage, _ receiver: ReportSpecification, _ report: RunReport, at now: Timestamp,
        masking mask: (String) -> String
    ) {
        self.init(
            receiver: receiver.name, job: report.job?.name, message: message.id, event: report.event.rawValue,
            title: mask(report.title), created: now,
            envelope: String(decoding: message.envelope.serialized(), as: UTF8.self), body: message.body)
    }
}
