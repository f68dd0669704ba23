import Testing

@testable import Configuration

@Suite("Explanations of codes")
struct ExplanationTests {
    /// The codes of an example's problems.
    ///
    /// What nothing acts on yet is the point of one code only, and a secret that is against a policy is in the clear too.
    private func codes(_ example: ExampleFile, of code: DiagnosticCode) -> [DiagnosticCode] {
        let diagnostics: [Diagnostic]
        do throws(InvalidConfiguration) {
            diagnostics =
                try ConfigurationLoader.load(utf8: example.bytes, file: "f", folder: "/", environment: [:]).diagnostics
        } catch {
            diagnostics = error.diagnostics
        }
        return diagnostics.map { $0.code }.filter {
            ($0 != .notActedOn || code == .notActedOn) && ($0 != .literalSecret || code != .literalAgainstPolicy)
        }
    }

    /// Those that no single file can show.
    private static let beyondOneFile: Set<DiagnosticCode> = [
        .unreadable, .definedTwice, .badOverride, .variableTwice, .variableFile,
    ]

    @Test("every code is explained, in sentences", arguments: DiagnosticCode.allCases)
    func everyCode(_ code: DiagnosticCode) throws {
        let explanation = try #require(DiagnosticCode.explanation(of: code))
        #expect(explanation.title.hasSuffix(".") && explanation.text.hasSuffix("."))
        #expect((explanation.wrong == nil) == Self.beyondOneFile.contains(code))
        #expect((explanation.wrong == nil) == (explanation.right == nil))
    }

    @Test("the wrong example has that problem and no other", arguments: DiagnosticCode.allCases)
    func wrong(_ code: DiagnosticCode) throws {
        guard let example = try #require(DiagnosticCode.explanation(of: code)).wrong else { return }
        #expect(Set(codes(example, of: code)) == [code])
        #expect(example.answer(to: code.rawValue) != nil)
    }

    @Test("the right example has no problem", arguments: DiagnosticCode.allCases)
    func right(_ code: DiagnosticCode) throws {
        guard let example = try #require(DiagnosticCode.explanation(of: code)).right else { return }
        #expect(codes(example, of: code) == [])
    }

    @Test("an explanation is printed with both examples and the program's answer")
    func printed() throws {
        let text = try #require(DiagnosticCode.explanation(of: .badDuration)).render(for: "E021")
        #expect(text.hasPrefix("E021: A duration cannot be read.\n\nA duration is a number with a unit"))
        #expect(text.contains("\n\nWrong:\n\n    defaults:\n      retention: { keep_within: 6M }\n\nRight:\n\n"))
        #expect(text.contains("dunnage.yaml:2:29: error[E021]: `6M` is not a duration in defaults.retention"))
        #expect(text.contains("\n  |                             ^~\n"))
        #expect(text.hasSuffix("\n") && !text.hasSuffix("\n\n"))
    }
}
