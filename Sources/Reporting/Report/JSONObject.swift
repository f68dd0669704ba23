internal import JSON

/// Members in the order of their assignment; nil adds none.
struct JSONObject {
    private var members: [JSONValue.Member] = []

    var value: JSONValue { .object(members) }

    subscript(name: String) -> JSONValue? {
        get { members.first { $0.name == name }?.value }
        set {
            members.removeAll { $0.name == name }
            if let newValue { members.append(.init(name, newValue)) }
        }
    }
}
