import Glibc
import Support
import Testing

@testable import Configuration

/// Folders with a configuration of several files, flags in `set.txt` and variables in `env.txt`, and the exact text
/// that is printed for them in `expected.txt`.
struct SeveralFilesGoldens {
    static let names = ["includes", "defined-twice", "circles", "overrides", "variables", "places"]

    let diagnostics: [Diagnostic]
    let text: String

    init(_ name: String) throws {
        let folder = "\(Goldens.folder)/Several/\(name)"
        func lines(_ file: String) -> [String] {
            guard let bytes = try? ConfigurationFile.read("\(folder)/\(file)") else { return [] }
            return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
        }
        var environment = Goldens.environment
        for line in lines("env.txt") {
            let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            environment[String(parts[0])] = String(parts[1]).replacing("FOLDER", with: folder)
        }
        let input = ConfigurationInput(["\(folder)/dunnage.yaml"], settings: lines("set.txt"))
        let error = #expect(throws: InvalidConfiguration.self) {
            try ConfigurationLoader.load(input, environment: environment)
        }
        let found = try #require(error)
        diagnostics = found.diagnostics
        text = found.render().replacing("\(folder)/", with: "").replacing(folder, with: "FOLDER")
    }
}

@Suite struct SeveralFilesGoldenTests {
    @Test(
        "a configuration of several parts is answered with exactly the text of its golden file",
        arguments: SeveralFilesGoldens.names)
    func golden(_ name: String) throws {
        let found = try SeveralFilesGoldens(name)
        try Goldens.expect(found.text, "Several/\(name)/expected.txt")
        #expect(!found.text.contains("hunter"))
    }
}
