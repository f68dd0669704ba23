internal import Schedule
internal import Secrets
internal import Support
internal import YAML

/// Values that occur in many places.
extension Decoder {
    func duration(_ node: Node?) -> CalendarDuration? {
        text(node).flatMap { CalendarDuration(parsing: $0) }
    }

    func size(_ node: Node?) -> ByteCount? {
        text(node).flatMap { Scalars.size($0) }
    }

    func rate(_ node: Node?) -> TransferRate? {
        text(node).flatMap { TransferRate(parsing: $0) }
    }

    func percentage(_ node: Node?) -> Percentage? {
        text(node).flatMap { Percentage(parsing: $0) }
    }

    func clockTime(_ node: Node?) -> ClockTime? {
        text(node).flatMap { ClockTime(parsing: $0) }
    }

    func days(_ node: Node?) -> Set<Weekday> {
        Set(texts(node).compactMap { Weekday(rawValue: $0) })
    }

    func texts(_ node: Node?) -> [String] {
        items(node).map { text($0) ?? "" }
    }

    /// A word of an enumeration.
    func word<Value: RawRepresentable<String>>(_ node: Node?) -> Value? {
        text(node).flatMap { Value(rawValue: $0) }
    }

    /// Texts by name, any of which may be a reference to a secret.
    mutating func values(_ node: Node?, _ place: String) -> [String: Template] {
        var values: [String: Template] = [:]
        for entry in own(node) { values[entry.key] = template(entry.value, "\(place).\(entry.key)") }
        return values
    }

    func labels(_ node: Node?) -> [String: String] {
        Dictionary(own(node).map { ($0.key, text($0.value) ?? "") }) { $1 }
    }
}
