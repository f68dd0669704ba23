internal import Support
internal import YAML

/// A configuration that can be used, with what should be better in its file.
public struct LoadedConfiguration: Sendable, Hashable {
    /// The values.
    public let configuration: Configuration
    /// The problems that do not stand in the way, in the order of the file.
    public let warnings: [Diagnostic]
}

/// Reads configuration files.
public enum ConfigurationLoader {
    /// Reads and checks a file.
    /// - Parameters:
    ///   - path: the file; relative paths in it start at its folder.
    ///   - environment: the variables for `${…}`.
    /// - Returns: the values, and what should be better in the file.
    /// - Throws: `InvalidConfiguration` with every problem of the file, not only the first.
    public static func load(
        path: String, environment: [String: String]
    ) throws(InvalidConfiguration) -> LoadedConfiguration {
        let bytes: [UInt8]
        do throws(SystemError) {
            bytes = try ConfigurationFile.read(path)
        } catch {
            throw failure(path, Finding.unreadable(path, error))
        }
        return try load(utf8: bytes, file: path, folder: ConfigurationFile.folder(of: path), environment: environment)
    }

    /// Checks a text.
    /// - Parameters:
    ///   - bytes: the text in UTF-8.
    ///   - file: what the text is called in diagnostics.
    ///   - folder: the absolute path of the folder that relative paths start at.
    ///   - environment: the variables for `${…}`.
    /// - Returns: the values, and what should be better in the text.
    /// - Throws: `InvalidConfiguration` with every problem of the text.
    public static func load(
        utf8 bytes: [UInt8], file: String, folder: String, environment: [String: String]
    ) throws(InvalidConfiguration) -> LoadedConfiguration {
        guard bytes.count <= ConfigurationFile.limit else { throw failure(file, Finding.tooLarge()) }
        let source: SourceText
        do throws(InvalidEncoding) {
            source = try SourceText(utf8: bytes)
        } catch {
            throw failure(file, Finding.encoding(bytes, error), source: error.before)
        }
        let document = YAMLDocument(parsing: source)
        let formatter = DiagnosticFormatter(file: file, source: source, hidden: HiddenText(in: document))
        let interpolation = Interpolation(environment: environment)
        var check = SchemaCheck(source: source, file: file, interpolation: interpolation)
        for problem in document.problems { check.add(problem) }
        let root = check.run(document)
        let diagnostics = check.findings.sorted().map { formatter.diagnostic($0) }
        guard let root, !diagnostics.contains(where: { $0.severity == .error }) else {
            throw InvalidConfiguration(file: file, diagnostics: diagnostics)
        }
        var decoder = Decoder(
            root: root, interpolation: interpolation, folder: folder, hash: Fingerprint.of(source))
        return LoadedConfiguration(configuration: decoder.configuration(), warnings: diagnostics)
    }

    private static func failure(_ file: String, _ finding: Finding, source: SourceText? = nil) -> InvalidConfiguration {
        let formatter = DiagnosticFormatter(file: file, source: source, hidden: HiddenText())
        return InvalidConfiguration(file: file, diagnostics: [formatter.diagnostic(finding)])
    }
}

extension SchemaCheck {
    /// Checks the whole document.
    /// - Returns: the tree with complete jobs, when there is one.
    fileprivate mutating func run(_ document: YAMLDocument) -> Node? {
        guard let written = document.root, written.scalar?.value != .null else {
            if document.problems.isEmpty {
                add(.empty, "the file is empty", at: source.range(0, 0), in: Place(), help: ["begin with `version: 1`"])
            }
            return nil
        }
        let root = Defaults.applied(to: written)
        check(root, .object(ConfigurationSchema.root), at: Place())
        guard root.entries != nil else { return nil }
        ReferenceCheck.run(root, &self)
        StoreCheck.run(root, written: written, &self)
        SourceCheck.run(root, &self)
        SecretCheck.run(root, &self)
        return root
    }

    fileprivate mutating func add(_ problem: YAMLProblem) {
        var notes = problem.notes
        let code: DiagnosticCode
        switch problem.kind {
        case .syntax: code = .syntax
        case .duplicateKey(let first):
            code = .duplicateKey
            notes.append("first defined at \(file):\(first.line)")
        case .severalDocuments: code = .severalDocuments
        case .alias: code = .alias
        case .limit: code = .limit
        case .tag: code = .tag
        }
        add(code, problem.message, at: problem.range, in: Place(), notes: notes, help: problem.help)
    }
}

extension Finding {
    fileprivate static func unreadable(_ path: String, _ error: SystemError) -> Finding {
        let start = Mark(index: 0, line: 1, column: 1)
        return Finding(
            code: .unreadable, message: "the file cannot be read: \(error.message)",
            range: SourceRange(start: start, end: start))
    }

    fileprivate static func tooLarge() -> Finding {
        let start = Mark(index: 0, line: 1, column: 1)
        return Finding(
            code: .limit, message: "the file is larger than \(ByteCount(Int64(ConfigurationFile.limit)))",
            range: SourceRange(start: start, end: start))
    }

    fileprivate static func encoding(_ bytes: [UInt8], _ error: InvalidEncoding) -> Finding {
        let isWide = bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF])
        return Finding(
            code: .encoding, message: isWide ? "the file is UTF-16, not UTF-8" : "the file is not UTF-8 from here on",
            range: SourceRange(start: error.mark, end: error.mark), help: ["save the file as UTF-8"])
    }
}
