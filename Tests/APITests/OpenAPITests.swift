import Foundation
import Glibc
import JSON
import Support
import Testing

@testable import API

@Suite("The description of the API")
struct OpenAPITests {
    private static let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appending(path: "../../schema/openapi.json").standardizedFileURL

    @Test("schema/openapi.json is what the service serves")
    func published() throws {
        let text = String(decoding: OpenAPI.document.serialized(pretty: true), as: UTF8.self) + "\n"
        if getenv("UPDATE_GOLDENS") != nil { try Data(text.utf8).write(to: Self.file) }
        let published = try String(contentsOf: Self.file, encoding: .utf8)
        #expect(text == published, "UPDATE_GOLDENS=1 writes it anew")
    }

    @Test("what is referred to is there, names are given once, and every parameter of a path is described")
    func whole() throws {
        var references: Set<String> = []
        func gather(_ value: JSONValue) {
            for member in value.object ?? [] {
                if member.name == "$ref", let text = member.value.string { references.insert(text) }
                gather(member.value)
            }
            for item in value.array ?? [] { gather(item) }
        }
        gather(OpenAPI.document)
        let components = try #require(OpenAPI.document["components"])
        for reference in references {
            let parts = reference.split(separator: "/").map(String.init)
            #expect(components[parts[2]]?[parts[3]] != nil, "\(reference)")
        }
        let used = Set(references.compactMap { $0.split(separator: "/").last.map(String.init) })
        for (name, _) in Schemas.all where name != "Problem" { #expect(used.contains(name), "\(name) is not used") }
        #expect(Set(Operations.all.map(\.name)).count == Operations.all.count)
        for operation in Operations.all {
            let described = Set(operation.parameters.map(\.name))
            #expect(Set(operation.path.parameters).isSubset(of: described), "\(operation.name)")
            #expect(operation.path.description.hasPrefix("/") && operation.summary.hasSuffix("."))
        }
    }

    @Test("schemas tell good values from bad ones")
    func schemas() throws {
        func problem(_ schema: Schema, _ text: String) throws -> String? {
            schema.problem(with: try JSONValue(parsing: text), at: "it")
        }
        #expect(try problem(.integer(1...3), "2") == nil && problem(.integer(1...3), "2.0") == nil)
        #expect(try problem(.integer(1...3), "4") != nil && problem(.integer(1...3), "2.5") != nil)
        #expect(try problem(.word(["a"]), "\"b\"") != nil && problem(.nullable(.boolean), "null") == nil)
        #expect(try problem(.list(.text(longest: 2), longest: 1), "[\"ab\"]") == nil)
        #expect(try problem(.list(.text(longest: 2), longest: 1), "[\"abc\"]") != nil)
        #expect(try problem(.list(.boolean, longest: 1), "[true, false]") != nil)
        for (form, good, bad) in [
            (TextForm.name, ["a", "a.b-c_9"], ["", "A", "-a", String(repeating: "a", count: 64)]),
            (
                .identifier, ["01JD6Z3M9K7Q8V5R2T4W6X8Y0A"],
                ["01jd6z3m9k7q8v5r2t4w6x8y0a", "01JD6Z3M9K7Q8V5R2T4W6X8Y0I"]
            ),
            (
                .version, ["newest", "0", "999999", "20261121T031826Z"],
                ["", "latest", "-1", "20261121T0318Z", "1234567"]
            ),
            (.base64, ["", "YQ", "YWI", "YWJj", "-_-_"], ["a", "YQ==", "a+b/"]),
            (.localPath, ["/", "/a b"], ["", "a", "/\0"]), (.path, ["/a", "C:\\a"], ["a", "1:\\a"]),
        ] {
            let pattern = try #require(form.pattern.flatMap { try? NSRegularExpression(pattern: $0) })
            for text in good + bad {
                let range = NSRange(text.startIndex..., in: text)
                #expect((pattern.firstMatch(in: text, range: range) != nil) == form.isValid(text), "\(text)")
            }
            for text in good { #expect(form.isValid(text), "\(text)") }
            for text in bad { #expect(!form.isValid(text), "\(text)") }
        }
    }
}
