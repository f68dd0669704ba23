import Testing

@testable import Configuration

@Suite struct DiagnosticsTests {
    @Test("a broken file is answered with exactly the text of its golden file", arguments: Goldens.names(in: "Bad"))
    func badFile(_ name: String) throws {
        let error = #expect(throws: InvalidConfiguration.self) { try Goldens.load("Bad/\(name).yaml") }
        try Goldens.expect(try #require(error).render(), "Bad/\(name).txt")
    }

    @Test("a broken file never shows a password that is written in it", arguments: Goldens.names(in: "Bad"))
    func nothingLeaks(_ name: String) throws {
        let error = #expect(throws: InvalidConfiguration.self) { try Goldens.load("Bad/\(name).yaml") }
        #expect(try #require(error).render().contains("hunter") == false)
    }

    @Test("a file whose name begins with a code is answered with that code", arguments: Goldens.names(in: "Bad"))
    func codeOfName(_ name: String) throws {
        guard let code = DiagnosticCode(rawValue: String(name.prefix(4))) else { return }
        let error = #expect(throws: InvalidConfiguration.self) { try Goldens.load("Bad/\(name).yaml") }
        #expect(try #require(error).diagnostics.contains { $0.code == code })
    }

    @Test("diagnostics come in the order of the file", arguments: Goldens.names(in: "Bad"))
    func order(_ name: String) throws {
        let error = #expect(throws: InvalidConfiguration.self) { try Goldens.load("Bad/\(name).yaml") }
        let places = try #require(error).diagnostics.map { [$0.line, $0.column] }
        #expect(places == places.sorted { $0.lexicographicallyPrecedes($1) })
    }

    @Test("every code has a file that shows it")
    func everyCodeIsShown() throws {
        var shown: Set<DiagnosticCode> = [.unreadable]  // that one needs a file that is not there
        for name in Goldens.names(in: "Bad") {
            do throws(InvalidConfiguration) {
                _ = try Goldens.load("Bad/\(name).yaml")
            } catch {
                shown.formUnion(error.diagnostics.map { $0.code })
            }
        }
        for name in SeveralFilesGoldens.names {
            shown.formUnion(try SeveralFilesGoldens(name).diagnostics.map { $0.code })
        }
        for name in Goldens.names(in: "Good") {
            shown.formUnion(try Goldens.load("Good/\(name).yaml").warnings.map { $0.code })
        }
        for name in Goldens.names(in: "Policy") {
            shown.formUnion(try Goldens.load("Policy/\(name).yaml").violations.map { $0.code })
        }
        #expect(Set(DiagnosticCode.allCases).subtracting(shown) == [])
    }

    @Test("a file that can be used comes with its warnings")
    func warnings() throws {
        let loaded = try Goldens.load("Good/warnings.yaml")
        try Goldens.expect(Diagnostic.render(loaded.warnings, file: "warnings.yaml"), "Good/warnings.txt")
    }

    @Test("a file that is not there is an error of its own")
    func missingFile() throws {
        let error = #expect(throws: InvalidConfiguration.self) {
            try ConfigurationLoader.load(path: "/nonexistent/dunnage.yaml", environment: [:])
        }
        #expect(
            try #require(error).render() == """
                /nonexistent/dunnage.yaml:1:1: error[E007]: the file cannot be read: No such file or directory

                /nonexistent/dunnage.yaml: 1 error(s), 0 warning(s)

                """)
    }
}
