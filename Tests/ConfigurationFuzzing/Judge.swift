import Configuration
import YAML

/// Decides whether the answer to a file is one that may be given.
public struct Judge {
    /// What became of a file.
    public enum Verdict: Sendable, Hashable {
        /// The file was accepted, and rightly.
        case accepted
        /// The file was refused, with diagnostics that are in order.
        case refused
        /// The answer is wrong.
        case wrong(String)
    }

    /// A judge.
    public init() {}

    /// Reads a file and looks at the answer.
    /// - Parameters:
    ///   - bytes: the file.
    ///   - rendersAll: whether the answer is also told in every form.
    /// - Returns: what became of it.
    public func verdict(on bytes: [UInt8], rendersAll: Bool = false) -> Verdict {
        do throws(InvalidConfiguration) {
            let loaded = try load(bytes)
            if let problem = objection(to: loaded, bytes) { return .wrong(problem) }
            return .accepted
        } catch {
            return objection(to: error, rendersAll).map { .wrong($0) } ?? .refused
        }
    }

    private func load(_ bytes: [UInt8]) throws(InvalidConfiguration) -> LoadedConfiguration {
        try ConfigurationLoader.load(utf8: bytes, file: "f.yaml", folder: "/etc", environment: GoodFiles.environment)
    }

    // MARK: Files that are refused

    private func objection(to error: InvalidConfiguration, _ rendersAll: Bool) -> String? {
        guard error.diagnostics.contains(where: { $0.severity == .error }) else { return "refused without an error" }
        for diagnostic in error.diagnostics {
            let isForward = (diagnostic.line, diagnostic.column) <= (diagnostic.endLine, diagnostic.endColumn)
            guard diagnostic.line >= 1, diagnostic.column >= 1, isForward else { return "a place that is none" }
            guard !diagnostic.message.isEmpty, diagnostic.message.utf8.count < 4000 else {
                return "a message that is none"
            }
        }
        guard rendersAll else { return nil }
        let report = DiagnosticReport(file: "f.yaml", isValid: false, diagnostics: error.diagnostics)
        let isSilent = DiagnosticFormat.allCases.contains { report.render(as: $0, color: true, version: "1").isEmpty }
        return isSilent ? "a form that says nothing" : nil
    }

    // MARK: Files that are accepted

    private func objection(to loaded: LoadedConfiguration, _ bytes: [UInt8]) -> String? {
        let document: YAMLDocument
        do throws(InvalidEncoding) {
            document = YAMLDocument(parsing: try SourceText(utf8: bytes))
        } catch {
            return "accepted what is not UTF-8"
        }
        guard let root = document.root, document.problems.isEmpty else { return "accepted what is not YAML" }
        if let breach = Rule.configuration.breach(root, at: "") { return "accepted although \(breach)" }
        if let difference = Reading(root).difference(to: loaded.configuration) { return difference }
        do throws(InvalidConfiguration) {
            let again = try load(Array(PlainText.of(root).utf8)).configuration
            return isSame(again, loaded.configuration) ? nil : "its plain form means something else"
        } catch {
            return "its plain form is refused: \(error)"
        }
    }

    private func isSame(_ a: Configuration, _ b: Configuration) -> Bool {
        a.instance == b.instance && a.runtime == b.runtime && a.secrets == b.secrets
            && a.destinations == b.destinations && a.jobs == b.jobs && a.reports == b.reports
    }
}
