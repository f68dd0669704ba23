internal import Glibc
internal import Support
internal import YAML

/// A cloud of clouds.yaml, with what secure.yaml and a vendor's profile add to it.
///
/// Both files are looked for where OpenStack's own programs look: the file that `OS_CLIENT_CONFIG_FILE` names, the
/// current folder, `$XDG_CONFIG_HOME/openstack` (or `~/.config/openstack`) and `/etc/openstack`.
struct CloudFile {
    /// The variables of the process.
    let environment: [String: String]
    /// The folder that relative places are in.
    var currentFolder = "."
    /// The folder for the whole machine.
    var machineFolder = "/etc/openstack"

    /// The settings of a cloud.
    /// - Throws: a refusal, when no file has the cloud, or a file cannot be read.
    func layer(named name: String) throws(IdentityRefusal) -> IdentityLayer {
        let clouds = try merged("clouds")
        guard let clouds, let cloud = clouds["clouds"]?[name] else {
            let known = clouds?["clouds"]?.names ?? []
            let hint = EditDistance.suggestion(for: name, among: known).map { " Did you mean `\($0)`?" } ?? ""
            throw IdentityRefusal(
                .configuration, clouds == nil ? "there is no clouds.yaml" : "clouds.yaml has no cloud `\(name)`",
                advice: "Correct `openstack-cloud` or OS_CLOUD, or add the cloud to clouds.yaml.\(hint)")
        }
        var whole = cloud
        if let secret = try merged("secure")?["clouds"]?[name] { whole = secret.merged(over: whole) }
        if let vendor = whole["profile"]?.text {
            let profile = try merged("clouds-public")?["public-clouds"]?[vendor] ?? clouds["public-clouds"]?[vendor]
            if let profile { whole = whole.merged(over: profile) }
        }
        return Self.layer(whole)
    }

    private static func layer(_ cloud: Tree) -> IdentityLayer {
        var layer = IdentityLayer()
        for key in IdentityKey.allCases {
            let found = key.paths.lazy.compactMap { cloud[path: $0]?.text }.first { !$0.isEmpty }
            layer[key] = found.map { Secret($0) }
        }
        if layer[.region] == nil, case .list(let regions)? = cloud["regions"], let first = regions.first {
            layer[.region] = (first.text ?? first["name"]?.text).map { Secret($0) }
        }
        return layer
    }

    /// The first file of a name in any folder, as OpenStack's programs read no second one.
    private func merged(_ name: String) throws(IdentityRefusal) -> Tree? {
        for path in paths(of: name) {
            let bytes: [UInt8]
            do throws(SystemError) {
                bytes = try SmallFile.read(path, limit: 1 << 20)
            } catch {
                if error.code == ENOENT || error.code == ENOTDIR { continue }
                throw Self.unreadable(path, error.message)
            }
            guard let text = try? SourceText(utf8: bytes) else { throw Self.unreadable(path, "it is not UTF-8") }
            let document = YAMLDocument(parsing: text)
            if let problem = document.problems.first {
                throw Self.unreadable(path, "line \(problem.range.start.line): \(problem.message)")
            }
            return document.root.map { Tree($0) } ?? .map([:])
        }
        return nil
    }

    private func paths(of name: String) -> [String] {
        var paths: [String] = []
        if let named = environment["OS_CLIENT_\(name == "secure" ? "SECURE" : "CONFIG")_FILE"], !named.isEmpty {
            if name != "clouds-public" { paths.append(named) }
        }
        var folders = [currentFolder]
        if let folder = environment["XDG_CONFIG_HOME"], !folder.isEmpty {
            folders.append("\(folder)/openstack")
        } else if let home = environment["HOME"], !home.isEmpty {
            folders.append("\(home)/.config/openstack")
        }
        folders.append(machineFolder)
        // A secure.yaml may also lie beside the file that the environment names.
        if name == "secure", let named = environment["OS_CLIENT_CONFIG_FILE"], let slash = named.lastIndex(of: "/") {
            folders.insert(String(named[..<slash]), at: 0)
        }
        for folder in folders { paths += ["yaml", "yml", "json"].map { "\(folder)/\(name).\($0)" } }
        return paths
    }

    private static func unreadable(_ path: String, _ why: String) -> IdentityRefusal {
        IdentityRefusal(
            .configuration, "the file \(path) cannot be used: \(why)", advice: "Correct the file, or its permissions.")
    }
}

extension CloudFile {
    /// What is left of a document once its places are forgotten.
    private enum Tree {
        case text(String)
        case list([Tree])
        case map([String: Tree])

        init(_ node: Node) {
            switch node.content {
            case .scalar(let scalar): self = .text(scalar.value == .null ? "" : scalar.text)
            case .sequence(let items): self = .list(items.map { Tree($0) })
            case .mapping(let entries):
                self = .map(Dictionary(entries.map { ($0.key, Tree($0.value)) }) { _, last in last })
            }
        }

        var text: String? { if case .text(let text) = self { text } else { nil } }

        var names: [String] { if case .map(let entries) = self { entries.keys.sorted() } else { [] } }

        subscript(name: String) -> Tree? { if case .map(let entries) = self { entries[name] } else { nil } }

        subscript(path path: [String]) -> Tree? {
            var tree: Tree? = self
            for name in path { tree = tree?[name] }
            return tree
        }

        /// This one's values, and the other's where it has none.
        func merged(over other: Tree) -> Tree {
            guard case .map(let mine) = self, case .map(let theirs) = other else { return self }
            return .map(mine.merging(theirs) { mine, theirs in mine.merged(over: theirs) })
        }
    }
}
