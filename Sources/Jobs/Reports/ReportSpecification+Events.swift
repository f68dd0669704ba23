internal import Configuration
internal import Reporting

extension ReportSpecification {
    /// Whether it is to be told of such an event.
    func tells(of event: RunReport.Event) -> Bool {
        Event(rawValue: event.rawValue).map { events.contains($0) } ?? false
    }

    /// Whether it is to be told of such an event in its next digest.
    func collects(_ event: RunReport.Event) -> Bool {
        guard let digest, let event = Event(rawValue: event.rawValue) else { return false }
        return digest.events.contains(event)
    }

    /// How much of the log goes with it, in the words of a report.
    var reportedDetail: RunReport.Log.Detail { RunReport.Log.Detail(rawValue: logDetail.rawValue) ?? .problems }
}
