internal import Configuration
internal import Glibc
internal import Support

/// The files of a Git revision, written to a folder of their own.
final class GitRevision {
    /// The full name of the commit.
    let commit: String
    private let root: String
    private let meant: String
    private let folder: TemporaryFolder

    /// More than any file of a configuration; what is larger is left out.
    private static let largest: Int64 = 4 << 20

    /// Writes the files of a revision.
    /// - Parameters:
    ///   - name: a revision as git knows it: `main`, `HEAD~1`, `4be1d2c`.
    ///   - path: a file or folder of the repository's work tree.
    ///   - environment: the variables of this process.
    /// - Throws: `Failure` when git is missing, the path is in no repository, or there is no such revision.
    init(_ name: String, ofRepositoryWith path: String, environment: [String: String]) throws(Failure) {
        // Git would take it for an option.
        guard !name.isEmpty, !name.hasPrefix("-") else { throw Self.unknown(name, "this repository") }
        let own = Self.real(path) ?? path
        let start = Self.isFolder(own) ? own : Self.parent(of: own)
        do throws(SystemError) {
            folder = try TemporaryFolder(prefix: "dunnage-plan")
        } catch {
            throw Failure(error)
        }
        var git = GitProgram(folder: start, environment: environment, scratch: folder.path)
        root = try git.line(["rev-parse", "--show-toplevel"])
        git = GitProgram(folder: root, environment: environment, scratch: folder.path)
        do throws(Failure) {
            commit = try git.line(["rev-parse", "--verify", "--quiet", "\(name)^{commit}"])
        } catch {
            guard access(root, F_OK) == 0 else { throw error }
            throw Self.unknown(name, root)
        }
        meant = Self.meant(path, real: own, root: root)
        try Self.writeFiles(of: commit, git, to: folder.path)
    }

    private static func unknown(_ name: String, _ place: String) -> Failure {
        Failure(
            .notFound, .usage,
            "“\(name)” is no revision of \(place). Name a branch, tag or commit; a shallow clone lacks older commits.")
    }

    private static func writeFiles(of commit: String, _ git: GitProgram, to folder: String) throws(Failure) {
        let index = ["GIT_INDEX_FILE": "\(folder)/index"]
        let listed = try git.run(["ls-tree", "-r", "-l", "-z", "--full-tree", commit])
        var wanted: [UInt8] = []
        for line in listed.split(separator: 0) {
            guard let tab = line.firstIndex(of: UInt8(ascii: "\t")) else { continue }
            let words = line[..<tab].split(separator: UInt8(ascii: " ")).map { String(decoding: $0, as: UTF8.self) }
            guard words.count == 4, words[1] == "blob", let size = Int64(words[3]), size <= largest else { continue }
            wanted += line[(tab + 1)...]
            wanted.append(0)
        }
        try git.run(["read-tree", commit], variables: index)
        try git.run(
            ["checkout-index", "-z", "--stdin", "--force", "--prefix=\(folder)/tree/"], input: wanted, variables: index)
    }

    // MARK: Paths

    /// What the files stand in for.
    var placement: FilePlacement { FilePlacement("\(folder.path)/tree", standingFor: meant) }

    /// Where a path of the work tree is in this revision; nil when it is not there.
    func path(of path: String) -> String? {
        let real = Self.real(path) ?? path
        guard real == root || real.hasPrefix("\(root)/") else { return nil }
        return self.path(inRepository: String(real.dropFirst(root.count + 1)))
    }

    /// Where a path is that is named from the top of the repository; nil when it is not there.
    func path(inRepository path: String) -> String? {
        var bare = path
        while bare.hasSuffix("/") { bare.removeLast() }
        let found = bare.isEmpty || bare == "." ? "\(folder.path)/tree" : "\(folder.path)/tree/\(bare)"
        return access(found, F_OK) == 0 ? found : nil
    }

    /// The top of the work tree as the path has it that names a file of it: links on the way stay.
    private static func meant(_ path: String, real: String, root: String) -> String {
        guard real.hasPrefix("\(root)/"), let here = getcwd(nil, 0) else { return root }
        defer { free(here) }
        let inside = real.dropFirst(root.count)
        let plain = path.hasPrefix("./") ? String(path.dropFirst(2)) : path
        let absolute = plain.hasPrefix("/") ? plain : "\(String(cString: here))/\(plain)"
        return absolute.hasSuffix(inside) ? String(absolute.dropLast(inside.count)) : root
    }

    private static func real(_ path: String) -> String? {
        guard let found = realpath(path, nil) else { return nil }
        defer { free(found) }
        return String(cString: found)
    }

    private static func parent(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    private static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }
}
