internal import JSON

extension DiagnosticReport {
    /// A log of one run, as code scanning reads it.
    /// - SeeAlso: “Static Analysis Results Interchange Format (SARIF) Version 2.1.0”, OASIS.
    func sarif(version: String) -> String {
        let codes = DiagnosticCode.allCases.filter { code in diagnostics.contains { $0.code == code } }
        let positions = Dictionary(uniqueKeysWithValues: codes.enumerated().map { ($0.element, Int64($0.offset)) })
        let driver = JSONValue.object([
            .init("name", .string("dunnage")), .init("version", .string(version)),
            .init("rules", .array(codes.map { $0.sarif })),
        ])
        let run = JSONValue.object([
            .init("tool", .object([.init("driver", driver)])),
            // Marks count Unicode scalars.
            .init("columnKind", .string("unicodeCodePoints")),
            .init("results", .array(diagnostics.map { $0.sarif(rule: positions[$0.code] ?? -1) })),
        ])
        let document = JSONValue.object([
            .init("$schema", .string("https://json.schemastore.org/sarif-2.1.0.json")),
            .init("version", .string("2.1.0")), .init("runs", .array([run])),
        ])
        return String(decoding: document.serialized(pretty: true), as: UTF8.self) + "\n"
    }
}

extension Diagnostic.Severity {
    /// SARIF has the same words for the levels.
    fileprivate var sarif: JSONValue { .string(rawValue) }
}

extension DiagnosticCode {
    fileprivate var sarif: JSONValue {
        let name = "\(self)"
        var members: [JSONValue.Member] = [
            .init("id", .string(rawValue)), .init("name", .string(name.prefix(1).uppercased() + name.dropFirst())),
        ]
        if let explanation = DiagnosticCode.explanation(of: self) {
            members.append(.init("shortDescription", .object([.init("text", .string(explanation.title))])))
            members.append(.init("fullDescription", .object([.init("text", .string(explanation.text))])))
        }
        members.append(.init("defaultConfiguration", .object([.init("level", severity.sarif)])))
        members.append(.init("help", .object([.init("text", .string("See `dunnage explain \(rawValue)`."))])))
        return .object(members)
    }
}

extension Diagnostic {
    fileprivate func sarif(rule: Int64) -> JSONValue {
        var region: [JSONValue.Member] = [
            .init("startLine", .integer(Int64(line))), .init("startColumn", .integer(Int64(column))),
            .init("endLine", .integer(Int64(endLine))), .init("endColumn", .integer(Int64(endColumn))),
        ]
        if let excerpt { region.append(.init("snippet", .object([.init("text", .string(excerpt.line))]))) }
        let place = JSONValue.object([
            .init("artifactLocation", .object([.init("uri", .string(FileReference.uri(of: file)))])),
            .init("region", .object(region)),
        ])
        // A variable or a flag of the command line is no file, and has no lines.
        let location: JSONValue =
            line > 0
            ? .object([.init("physicalLocation", place)])
            : .object([.init("logicalLocations", .array([.object([.init("name", .string(file))])]))])
        return .object([
            .init("ruleId", .string(code.rawValue)), .init("ruleIndex", .integer(rule)),
            .init("level", severity.sarif), .init("message", .object([.init("text", .string(paragraph))])),
            .init("locations", .array([location])),
        ])
    }
}

/// Paths as references of URIs.
enum FileReference {
    /// An absolute path as a `file` URI, a relative one as a reference that is resolved where the log is read.
    static func uri(of path: String) -> String {
        var text = path.hasPrefix("/") ? "file://" : ""
        let isUnreserved: (UInt8) -> Bool = { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: "-._~/".utf8.contains(byte)
            }
        }
        for byte in path.utf8 {
            if isUnreserved(byte) {
                text.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                let digits = String(byte, radix: 16, uppercase: true)
                text += digits.count == 1 ? "%0\(digits)" : "%\(digits)"
            }
        }
        return text
    }
}
