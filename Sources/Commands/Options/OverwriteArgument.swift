internal import ArgumentParser
internal import Engine

/// What happens to a file that is already where one is to be restored, and differs.
enum OverwriteArgument: String, CaseIterable, ExpressibleByArgument {
    case never
    case newer
    case always
    case patch

    /// The rule in the engine's words.
    var rule: OverwriteRule {
        switch self {
        case .never: .never
        case .newer: .newer
        case .always: .always
        case .patch: .patch
        }
    }
}
