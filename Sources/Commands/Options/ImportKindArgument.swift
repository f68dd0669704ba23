internal import ArgumentParser
internal import Importing

/// What the files of an import are, as an argument.
struct ImportKindArgument: ExpressibleByArgument {
    let kind: ImportKind

    static var allValueStrings: [String] { ImportKind.allCases.map(\.rawValue) }

    init?(argument: String) {
        guard let kind = ImportKind(rawValue: argument) else { return nil }
        self.kind = kind
    }
}
