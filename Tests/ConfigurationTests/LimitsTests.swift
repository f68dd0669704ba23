import Testing

@testable import Configuration

@Suite struct LimitsTests {
    private func codes(_ text: String) -> Set<DiagnosticCode> {
        do throws(InvalidConfiguration) {
            _ = try ConfigurationLoader.load(utf8: Array(text.utf8), file: "f", folder: "/", environment: [:])
            return []
        } catch {
            #expect(error.diagnostics.allSatisfy { $0.render().utf8.count < 8000 })
            return Set(error.diagnostics.map { $0.code })
        }
    }

    @Test("a very long text is an ordinary mistake")
    func longTexts() {
        let long = String(repeating: "long ", count: 20_000)
        #expect(codes("version: \(long)\n").contains(.wrongType))
        #expect(codes("version: 1\n\"\(long)\": 2\n").contains(.syntax))  // YAML ends keys at 1024 characters
        #expect(codes("version: 1\n? \"\(long)\"\n: 2\n").contains(.limit))
        #expect(codes("version: 1\ninstance: '\(long)${NOBODY}'\n").contains(.undefinedVariable))
        #expect(codes("version: 1\njobs: { a: { retention: { keep_within: \(long) } } }\n").contains(.badDuration))
    }

    @Test("thousands of mistakes are all told")
    func manyMistakes() {
        let keys = (0..<500).map { "key\($0): { a: [1, 2] }\n" }.joined()
        #expect(codes("version: 1\n" + keys) == [.unknownKey, .missingKey])
    }

    @Test("ten megabytes are refused without being parsed")
    func tooLong() {
        #expect(codes("a: " + String(repeating: "x", count: 10_000_000)) == [.limit])
        let error = #expect(throws: InvalidConfiguration.self) {
            try ConfigurationLoader.load(path: "/dev/zero", environment: [:])
        }
        #expect(error?.description.contains("larger than 4 MiB") == true)
    }
}
