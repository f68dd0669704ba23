internal import JSON

/// Whether a value is what a schema says.
extension Schema {
    /// What is wrong with a value; nil when nothing is.
    /// - Parameters:
    ///   - value: the value.
    ///   - place: what it is called.
    /// - Returns: one sentence.
    func problem(with value: JSONValue, at place: String) -> String? {
        switch self {
        case .nullable(let schema): return value == .null ? nil : schema.problem(with: value, at: place)
        case .named(let name): return Schemas.named(name)?.problem(with: value, at: place)
        case .anything: return value.object == nil ? "\(place) is not an object." : nil
        case .boolean: return value.bool == nil ? "\(place) is not true or false." : nil
        case .text(let form, let longest):
            guard let text = value.string else { return "\(place) is not a text." }
            return Self.problem(with: text, form, longest, at: place)
        case .word(let words):
            guard let text = value.string, words.contains(text) else {
                return "\(place) is not one of: \(words.joined(separator: ", "))."
            }
            return nil
        case .integer(let bounds): return Self.problem(with: value, bounds, at: place)
        case .list(let item, let longest):
            guard let items = value.array else { return "\(place) is not a list." }
            if let longest, items.count > longest { return "\(place) has more than \(longest) items." }
            for (index, one) in items.enumerated() {
                if let problem = item.problem(with: one, at: "\(place)[\(index)]") { return problem }
            }
            return nil
        case .object(let properties, let isOpen):
            return Self.problem(with: value, properties, isOpen: isOpen, at: place)
        }
    }

    private static func problem(
        with value: JSONValue, _ properties: [Property], isOpen: Bool, at place: String
    ) -> String? {
        guard let members = value.object else { return "\(place) is not an object." }
        for property in properties {
            guard let found = value[property.name] else {
                if property.isRequired { return "\(place) lacks `\(property.name)`." }
                continue
            }
            if let problem = property.schema.problem(with: found, at: "`\(property.name)`") { return problem }
        }
        let known = Set(properties.map(\.name))
        guard !isOpen, let other = members.first(where: { !known.contains($0.name) }) else { return nil }
        return "\(place) has no member `\(other.name.prefix(60))`; there \(known.count == 1 ? "is" : "are"): "
            + "\(properties.map(\.name).joined(separator: ", "))."
    }

    private static func problem(with value: JSONValue, _ bounds: ClosedRange<Int64>, at place: String) -> String? {
        // In JSON 1.0 is a whole number too.
        let number =
            value.integer ?? value.number.flatMap { $0 == $0.rounded() && abs($0) < 1e15 ? Int64($0) : nil }
        guard let number else { return "\(place) is not a whole number." }
        return bounds.contains(number) ? nil : outOfBounds(bounds, at: place)
    }

    private static func outOfBounds(_ bounds: ClosedRange<Int64>, at place: String) -> String {
        bounds.upperBound == .max
            ? "\(place) is less than \(bounds.lowerBound)."
            : "\(place) is not between \(bounds.lowerBound) and \(bounds.upperBound)."
    }

    private static func problem(
        with text: String, _ form: TextForm?, _ longest: Int?, at place: String
    ) -> String? {
        if let longest, text.unicodeScalars.count > longest { return "\(place) is longer than \(longest) characters." }
        if let form, !form.isValid(text) { return "\(place) is not \(form.noun)." }
        return nil
    }

    /// What a text of a path or a query stands for; nil when it does not fit.
    func value(ofParameter text: String) -> JSONValue? {
        let value: JSONValue
        switch self {
        case .integer:
            guard !text.isEmpty, text.utf8.count <= 18, text.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }),
                let number = Int64(text)
            else { return nil }
            value = .integer(number)
        case .boolean:
            guard let flag = Bool(text) else { return nil }
            value = .bool(flag)
        default: value = .string(text)
        }
        return problem(with: value, at: "") == nil ? value : nil
    }
}
