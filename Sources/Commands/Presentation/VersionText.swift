internal import JSON
internal import Jobs

/// The program's version.
struct VersionText {
    let json: Bool

    func write(to console: Console) throws {
        guard json else { return try console.print("dunnage \(ProgramVersion.current)") }
        try console.print(
            document: "version", [.init("version", .string(ProgramVersion.current))])
    }
}

extension Console {
    /// Writes a JSON document whose first member says what it is.
    func print(document name: String, _ members: [JSONValue.Member]) throws {
        let schema = JSONValue.Member("schema", .string("urn:dunnage:\(name):v1"))
        try write(JSONValue.object([schema] + members).serialized(pretty: true) + [UInt8(ascii: "\n")])
    }
}
