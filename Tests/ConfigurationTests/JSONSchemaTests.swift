import Foundation
import JSON
import Support
import Testing
import YAML

@testable import Configuration

/// The published schema, through a validator that knows nothing of Dunnage: Python's `jsonschema`.
@Suite struct JSONSchemaTests {
    /// Files that are refused for what JSON Schema cannot express, by the reason.
    private static let beyondTheSchema: [String: [String]] = [
        "names that refer to each other": [
            "E030-no-secrets", "E030-undefined-secret", "E031-undefined-destination", "E032-undefined-report",
            "E036-undefined-job", "E038-jobs-wait-for-each-other", "E039-undefined-source", "E050-unused-secret",
            "E027-value-in-place-of-name", "E030-near-misses", "E031-case", "E031-url-in-place-of-name", "E032-typo",
            "E050-several",
        ],
        "stores that would be shared, and things named twice": [
            "E034-same-url-twice", "E034-shared-store", "E034-shared-through-defaults", "E035-named-twice",
            "E034-three-jobs", "E035-everything",
        ],
        "variables and secrets, which any text may hold": [
            "E023-interpolation", "E033-undefined-variables", "E051-secret-too-early", "mask-variables",
            "E023-duplicati-placeholder", "E023-environment-prefix", "E023-github-expression", "E023-nested-deep",
            "E023-shell-forms", "E033-messages", "E051-everywhere", "compose-short-variable", "unicode-decomposed",
            "marks-block-literal", "marks-crlf-block", "marks-folded-double", "marks-folded-plain",
            "marks-folded-single", "marks-same-part-twice",
        ],
        "the inside of expressions": [
            "E025-filters", "E021-tiers-as-text", "marks-block-text", "marks-quoted-escapes", "E020-restic-tiers",
            "E020-time-zone", "E020-verify-percent", "E022-huge", "E024-placeholders", "E025-groups",
            "E028-command-paths", "mask-url-forms",
        ],
        "values that only together make no sense": [
            "E040-tiers", "E041-memory", "E041-sizes", "E042-never-due", "E015-command-and-missing", "E040-in-defaults",
            "E041-volume-in-defaults",
        ],
        "`3.0`, which is a whole number in JSON": ["E013-float-for-integer", "E013-version-with-point"],
        "`True`, which is `true` once it is JSON": ["E012-boolean-capital"],
        "keys of the user's own, which count as entries": ["E014-only-extensions"],
        "keys that stand twice, which JSON forbids by itself": ["E002-duplicate-in-flow", "E002-duplicate-key"],
    ]

    private static let exceptions = Set(beyondTheSchema.values.flatMap { $0 })

    private static let validator: String? = {
        let check = Process()
        check.executableURL = URL(filePath: "/usr/bin/env")
        check.arguments = ["python3", "-c", "import jsonschema; jsonschema.Draft202012Validator"]
        check.standardError = FileHandle.nullDevice
        do { try check.run() } catch { return nil }
        check.waitUntilExit()
        return check.terminationStatus == 0 ? "python3" : nil
    }()

    private static let program = """
        import json, sys
        from jsonschema import Draft202012Validator as Validator
        schema = json.load(open(sys.argv[1]))
        Validator.check_schema(schema)
        validator = Validator(schema)
        for line in open(sys.argv[2], encoding="utf-8"):
            name, text = line.split("\\t", 1)
            error = next(validator.iter_errors(json.loads(text)), None)
            where = "/".join(map(str, error.absolute_path)) if error else ""
            print(name, "ok" if error is None else "refused at " + where, sep="\\t")
        """

    /// What the validator says of each document: `nil` for nothing to complain about.
    private func validate(_ documents: [(name: String, json: JSONValue)]) throws -> [String: String?] {
        let folder = try TemporaryFolder()
        let schema = JSONSchema.document().serialized(pretty: true)
        try Data(schema).write(to: URL(filePath: "\(folder.path)/schema.json"))
        let lines = documents.map { "\($0.name)\t\(String(decoding: $0.json.serialized(), as: UTF8.self))\n" }.joined()
        try Data(lines.utf8).write(to: URL(filePath: "\(folder.path)/documents"))
        try Data(Self.program.utf8).write(to: URL(filePath: "\(folder.path)/validate.py"))
        let python = Process()
        python.executableURL = URL(filePath: "/usr/bin/env")
        python.arguments = [
            "python3", "\(folder.path)/validate.py", "\(folder.path)/schema.json", "\(folder.path)/documents",
        ]
        let pipe = Pipe()
        python.standardOutput = pipe
        try python.run()
        let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        python.waitUntilExit()
        #expect(python.terminationStatus == 0)
        var verdicts: [String: String?] = [:]
        for line in output.split(separator: "\n") {
            let parts = line.split(separator: "\t", maxSplits: 1).map(String.init)
            verdicts[parts[0]] = parts[1] == "ok" ? .some(nil) : .some(parts[1])
        }
        #expect(verdicts.count == documents.count)
        return verdicts
    }

    /// A file as JSON, if it is YAML at all.
    private func json(_ path: String) throws -> JSONValue? {
        let source = try SourceText(utf8: try ConfigurationFile.read(path))
        return YAMLDocument(parsing: source).root.map { Self.json($0) }
    }

    private static func json(_ node: Node) -> JSONValue {
        switch node.content {
        case .sequence(let items): return .array(items.map { json($0) })
        case .mapping(let entries): return .object(entries.map { .init($0.key, json($0.value)) })
        case .scalar(let scalar):
            switch scalar.value {
            case .null: return .null
            case .boolean(let value): return .bool(value)
            case .integer(let value): return .integer(value)
            case .float(let value): return value.isFinite ? .number(value) : .string("\(value)")
            case .string(let text): return .string(text)
            }
        }
    }

    @Test(
        "an independent validator accepts what this program accepts",
        .enabled(if: validator != nil, "python3-jsonschema is not installed"))
    func good() throws {
        var documents: [(name: String, json: JSONValue)] = []
        for name in Goldens.names(in: "Good") {
            documents.append((name, try #require(try json("\(Goldens.folder)/Good/\(name).yaml"))))
        }
        for name in Goldens.names(in: "Policy") {
            documents.append((name, try #require(try json("\(Goldens.folder)/Policy/\(name).yaml"))))
        }
        for name in [
            "examples/compose/demo", "examples/compose/nas", "examples/kubernetes", "examples/quickstart",
            "examples/complete", "packaging/debian",
        ] {
            documents.append((name, try #require(try json("\(Goldens.folder)/../../../\(name)/dunnage.yaml"))))
        }
        for (name, verdict) in try validate(documents) { #expect(verdict == nil, "\(name)") }
    }

    @Test(
        "it refuses what this program refuses, where JSON Schema can tell",
        .enabled(if: validator != nil, "python3-jsonschema is not installed"))
    func bad() throws {
        var documents: [(name: String, json: JSONValue)] = []
        for name in Goldens.names(in: "Bad") {
            // A file that is no YAML has nothing that could be shown to a validator.
            guard let tree = try? json("\(Goldens.folder)/Bad/\(name).yaml") else { continue }
            let problems = YAMLDocument(
                parsing: try SourceText(utf8: try Goldens.bytes("Bad/\(name).yaml"))
            ).problems
            if problems.isEmpty || Self.exceptions.contains(name) { documents.append((name, tree)) }
        }
        let verdicts = try validate(documents)
        let accepted = Set(verdicts.filter { $0.value == nil }.keys)
        #expect(accepted.subtracting(Self.exceptions) == [], "accepted, though this program refuses them")
        #expect(Self.exceptions.subtracting(accepted) == [], "no exceptions any more")
        #expect(documents.count - accepted.count > 40)
    }
}
