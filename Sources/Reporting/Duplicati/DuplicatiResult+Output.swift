internal import JSON
internal import Support

extension DuplicatiResult {
    /// The result as Duplicati's JSON has it.
    var json: JSONValue { .object(members.map { .init($0.name, $0.value.json) }) }

    /// The result as Duplicati's text has it: `Name: value`, what is inside of another four blanks further in.
    func lines(indent: String = "") -> [String] {
        members.flatMap { member -> [String] in
            let name = "\(indent)\(member.name):"
            let inner = indent + "    "
            switch member.value {
            case .result(let result): return [name] + result.lines(indent: inner)
            case .list([]): return ["\(name) []"]
            case .list(let items): return ["\(name) ["] + Self.limited(items, inner) + ["\(indent)]"]
            case .pairs(let pairs) where pairs.isEmpty: return ["\(name) []"]
            case .pairs(let pairs):
                let items = pairs.flatMap { pair in
                    ["\(inner)Key: \(pair.key)", "\(inner)Value: [\(pair.value.joined(separator: ", "))],"]
                }
                return ["\(name) ["] + items + ["\(indent)]"]
            case .null: return ["\(name) null"]
            case .number(let number): return ["\(name) \(number)"]
            case .flag(let flag): return ["\(name) \(flag ? "True" : "False")"]
            case .text(let text): return ["\(name) \(text)"]
            case .time(let time), .offsetTime(let time): return ["\(name) \(time?.duplicatiText ?? "null")"]
            }
        }
    }

    /// Of a list ten items, each with a comma.
    private static func limited(_ items: [String], _ indent: String) -> [String] {
        let shown = items.prefix(10).map { "\(indent)\($0)," }
        return items.count > 10 ? shown + ["\(indent)..."] : shown
    }
}

extension DuplicatiValue {
    fileprivate var json: JSONValue {
        switch self {
        case .null: .null
        case .number(let number): .integer(number)
        case .flag(let flag): .bool(flag)
        case .text(let text): .string(text)
        case .time(let time): time.map { .string($0.duplicatiJSON) } ?? .null
        case .offsetTime(let time): time.map { .string($0.duplicatiOffset) } ?? .null
        case .list(let items): .array(items.map { .string($0) })
        case .pairs(let pairs):
            .array(
                pairs.map { pair in
                    let faults = pair.value.map { value in
                        JSONValue.object([.init("Key", .string("Error")), .init("Value", .string(value))])
                    }
                    return .object([.init("Key", .string(pair.key)), .init("Value", .array(faults))])
                })
        case .result(let result): result.json
        }
    }
}
