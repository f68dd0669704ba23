/// A backup job of Duplicati, from wherever it was described.
struct DuplicatiJob {
    /// One of its filters.
    struct Filter {
        let isInclude: Bool
        let expression: String
    }

    /// When it runs.
    struct Schedule {
        /// The next or first start, as ISO 8601 in UTC.
        let time: String
        /// The interval, such as `1D`.
        let interval: String
        /// The weekdays as `mon`…, or full names; empty when all are allowed.
        let days: [String]
    }

    /// The file it comes from.
    let origin: String
    var name: String?
    var summary = ""
    var target = ""
    var otherTargets: [String] = []
    var sources: [String] = []
    var filters: [Filter] = []
    var schedule: Schedule?
    var options = OptionBag()
    /// Whether it could have had a schedule where it comes from.
    var isScheduled = false
}

/// Options by name, taken out one by one, so that what is left is what nobody understood.
struct OptionBag {
    private(set) var names: [String] = []
    private var values: [String: String] = [:]

    /// Sets an option; Duplicati ignores dashes before a name and its case, and the last one wins.
    mutating func set(_ name: String, _ value: String) {
        var name = name.lowercased()[...]
        if name.hasPrefix("--") { name = name.dropFirst(2) }
        let key = String(name)
        if values[key] == nil { names.append(key) }
        values[key] = value
    }

    /// The value of an option that is left.
    subscript(name: String) -> String? { values[name] }

    /// Takes an option out.
    mutating func take(_ name: String) -> String? {
        guard let value = values.removeValue(forKey: name) else { return nil }
        names.removeAll { $0 == name }
        return value
    }

    /// Takes an option out that has a value.
    mutating func takeText(_ name: String) -> String? { take(name).flatMap { $0.isEmpty ? nil : $0 } }

    /// Takes a truth value out: what is present and not plainly false is true.
    mutating func takeFlag(_ name: String) -> Bool? {
        take(name).map { !["0", "off", "false", "no"].contains($0.lowercased()) }
    }

    /// Takes a whole number out.
    mutating func takeNumber(_ name: String) -> Int? {
        guard let value = values[name], let number = Int(value.filter { $0 != " " }) else { return nil }
        _ = take(name)
        return number
    }
}
