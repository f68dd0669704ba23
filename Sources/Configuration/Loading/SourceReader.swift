internal import Glibc
internal import Support
internal import YAML

/// Reads the files of a configuration, and those that they include, into one tree each.
struct SourceReader {
    /// How deep files may include each other.
    static let deepest = 8
    /// How many files may make up a configuration.
    static let most = 500

    /// Knows the texts, and what is wrong with them.
    var check: SchemaCheck
    /// The trees in the order they were read: a file before those that it includes.
    private(set) var roots: [Node] = []
    private var read: [FileIdentity: Int] = [:]
    private let standardInput: Int32
    private let placement: FilePlacement?

    /// - Parameters:
    ///   - check: collects what is wrong.
    ///   - standardInput: the descriptor that `-` stands for.
    ///   - placement: what the files stand in for.
    init(_ check: SchemaCheck, standardInput: Int32 = 0, placement: FilePlacement? = nil) {
        self.check = check
        self.standardInput = standardInput
        self.placement = placement
    }

    private func meant(_ path: String) -> String { placement?.meant(path) ?? path }
    private func actual(_ path: String) -> String { placement?.actual(path) ?? path }

    // MARK: What the command line names

    /// Reads a file, the files of a folder, or standard input.
    mutating func read(_ path: String) {
        guard path != ConfigurationInput.standardInput else { return readStandardInput() }
        do throws(SystemError) {
            let identity = try FileIdentity(path)
            guard identity.isFolder else {
                let number = check.sources.add(meant(path), .file, folder: meant(ConfigurationFile.folder(of: path)))
                return readFile(path, number, at: SourceSet.beginning(of: number), chain: [])
            }
            let names = try FilesOfFolder.names(in: path)
            let prefix = path.hasSuffix("/") ? path : "\(path)/"
            for name in names {
                let number = check.sources.add(
                    meant(prefix + name), .file, folder: meant(ConfigurationFile.folder(of: prefix + name)))
                readFile(prefix + name, number, at: SourceSet.beginning(of: number), chain: [])
            }
            guard names.isEmpty else { return }
            let number = check.sources.add(path, .file, folder: path)
            check.add(
                .unreadable, "the folder has no file that ends with `.yaml`", at: SourceSet.beginning(of: number),
                in: Place())
        } catch {
            let number = check.sources.add(path, .file, folder: "/")
            unreadable(error, at: SourceSet.beginning(of: number))
        }
    }

    /// Reads a text that is no file.
    mutating func read(_ bytes: [UInt8], name: String, folder: String) {
        parse(bytes, check.sources.add(name, .file, folder: folder), chain: [])
    }

    private mutating func readStandardInput() {
        let number = check.sources.add("<stdin>", .standardInput, folder: ConfigurationFile.folder(of: "x"))
        do throws(SystemError) {
            let copy = dup(standardInput)
            guard copy >= 0 else { throw SystemError("read", path: "<stdin>") }
            let file = FileDescriptor(owning: copy, path: "<stdin>")
            parse(try ConfigurationFile.read(from: file, "<stdin>"), number, chain: [])
        } catch {
            unreadable(error, at: SourceSet.beginning(of: number))
        }
    }

    // MARK: Files

    private mutating func readFile(_ path: String, _ number: Int, at place: SourceRange, chain: [Int]) {
        do throws(SystemError) {
            let identity = try FileIdentity(path)
            if let other = read[identity] { return alreadyRead(other, number, at: place, chain: chain) }
            let bytes = try ConfigurationFile.read(path)
            read[identity] = number
            parse(bytes, number, chain: chain)
        } catch {
            unreadable(error, at: place, subject: path)
        }
    }

    private mutating func unreadable(_ error: SystemError, at place: SourceRange, subject: String = "") {
        let isInclude = check.sources[place].text != nil
        check.add(
            .unreadable, "\(isInclude ? "the included file" : "the file") cannot be read: \(error.message)", at: place,
            in: Place(), subject: subject)
    }

    private mutating func alreadyRead(_ other: Int, _ number: Int, at place: SourceRange, chain: [Int]) {
        let names = check.sources.all.map { $0.name }
        if let start = chain.firstIndex(of: other) {
            let circle = chain[start...].map { names[$0] } + [names[other]]
            check.add(
                .badInclude, "\(names[other]) includes itself", at: place, in: Place(),
                notes: [circle.joined(separator: " → ")], subject: names[number])
        } else {
            check.add(
                .badInclude, "\(names[number]) is read twice", at: place, in: Place(),
                notes: ["it was read as \(names[other]) before"], help: ["name every file once"],
                subject: names[number])
        }
    }

    private mutating func parse(_ bytes: [UInt8], _ number: Int, chain: [Int]) {
        let beginning = SourceSet.beginning(of: number)
        guard bytes.count <= ConfigurationFile.limit else {
            let limit = ByteCount(Int64(ConfigurationFile.limit))
            return check.add(.limit, "the file is larger than \(limit)", at: beginning, in: Place())
        }
        let text: SourceText
        do throws(InvalidEncoding) {
            text = try SourceText(utf8: bytes, number: number)
        } catch {
            check.sources.set(error.before, for: number)
            let isWide = bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF])
            return check.add(
                .encoding, isWide ? "the file is UTF-16, not UTF-8" : "the file is not UTF-8 from here on",
                at: SourceRange(start: error.mark, end: error.mark), in: Place(), help: ["save the file as UTF-8"])
        }
        let document = YAMLDocument(parsing: text)
        check.sources.set(text, HiddenText(in: document), for: number)
        for problem in document.problems { check.add(problem) }
        guard let root = document.root, root.scalar?.value != .null else {
            if document.problems.isEmpty {
                check.add(.empty, "the file is empty", at: beginning, in: Place(), help: ["begin with `version: 1`"])
            }
            return
        }
        roots.append(root)
        if let include = root["include"] { self.include(include, from: number, chain: chain + [number]) }
    }

    // MARK: Includes

    private mutating func include(_ node: Node, from number: Int, chain: [Int]) {
        var place = Place()
        place.path = "include"
        place.key = "include"
        check.check(node, ConfigurationSchema.include.shape, at: place)
        for item in node.items ?? [] {
            guard case .string? = item.scalar?.value, let text = check.text(item), !text.isEmpty, !text.hasPrefix("~")
            else { continue }
            guard chain.count <= Self.deepest else {
                check.add(
                    .badInclude, "files include each other more than \(Self.deepest) deep", at: item.range, in: Place(),
                    notes: [chain.map { check.sources.all[$0].name }.joined(separator: " → ")])
                return
            }
            let pattern = IncludePattern(text: actual(text), folder: actual(check.sources.all[number].folder))
            include(pattern, item, number, chain)
        }
    }

    private mutating func include(_ pattern: IncludePattern, _ item: Node, _ number: Int, _ chain: [Int]) {
        var names = [pattern.text]
        if pattern.hasWildcards {
            guard (try? FileIdentity(pattern.fixedFolder))?.isFolder == true else {
                return check.add(
                    .badInclude, "the folder of `\(meant(pattern.text))` does not exist", at: item.range, in: Place(),
                    notes: ["it would be \(meant(pattern.fixedFolder))"])
            }
            // A pattern that matches the file it stands in does not mean that file.
            let own = try? FileIdentity(pattern.absolute(fileName(of: number)))
            names = pattern.matches().filter { (try? FileIdentity(pattern.absolute($0))) != own }
            if names.isEmpty {
                check.add(.emptyInclude, "no file matches `\(meant(pattern.text))`", at: item.range, in: Place())
            }
        }
        for name in names {
            guard check.sources.all.count < Self.most else {
                return check.add(
                    .limit, "the configuration has more than \(Self.most) files", at: item.range, in: Place())
            }
            let path = pattern.absolute(name)
            let shown = name.hasPrefix("/") ? meant(name) : shownFolder(of: number) + name
            let included = check.sources.add(shown, .include, folder: meant(ConfigurationFile.folder(of: path)))
            readFile(path, included, at: item.range, chain: chain)
        }
    }

    /// The folder of a file as its name shows it: empty, or with a slash at its end.
    private func shownFolder(of number: Int) -> String {
        let name = check.sources.all[number].name
        return name.lastIndex(of: "/").map { String(name[...$0]) } ?? ""
    }

    private func fileName(of number: Int) -> String {
        let name = check.sources.all[number].name
        return name.lastIndex(of: "/").map { String(name[name.index(after: $0)...]) } ?? name
    }
}

extension SchemaCheck {
    /// Reports what YAML itself finds wrong.
    mutating func add(_ problem: YAMLProblem) {
        var notes = problem.notes
        let code: DiagnosticCode
        switch problem.kind {
        case .syntax: code = .syntax
        case .duplicateKey(let first):
            code = .duplicateKey
            notes.append("first defined at \(sources.place(of: SourceRange(start: first, end: first)))")
        case .severalDocuments: code = .severalDocuments
        case .alias: code = .alias
        case .limit: code = .limit
        case .tag: code = .tag
        }
        add(code, problem.message, at: problem.range, in: Place(), notes: notes, help: problem.help)
    }
}
