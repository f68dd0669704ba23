/// The forms in which diagnostics are told.
public enum DiagnosticFormat: String, Sendable, Hashable, CaseIterable {
    /// For people, editors and `grep`.
    case text
    /// One JSON document.
    case json
    /// SARIF 2.1.0, for code scanning.
    case sarif
    /// The workflow commands of GitHub Actions, which become annotations of a pull request.
    case github
    /// JUnit's XML, for the test reports of most other continuous integration.
    case junit
}
