internal import ArgumentParser
internal import Configuration

/// How the problems of a configuration are told.
enum DiagnosticFormatArgument: String, CaseIterable, ExpressibleByArgument {
    case text
    case json
    case sarif
    case github
    case junit

    /// The form itself.
    var format: DiagnosticFormat {
        switch self {
        case .text: .text
        case .json: .json
        case .sarif: .sarif
        case .github: .github
        case .junit: .junit
        }
    }
}
