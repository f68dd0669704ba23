internal import YAML

/// Checks what no key of a source can tell alone.
enum SourceCheck {
    static func run(_ root: Node, _ check: inout SchemaCheck) {
        for job in root["jobs"]?.entries ?? [] where !Extension.isExtension(job.key) {
            let sources = job.value["sources"]?.items ?? []
            var outputs: [String: Int] = [:]
            for (index, source) in sources.enumerated() {
                let place = "jobs.\(job.key).sources[\(index)]"
                checkKeys(source, place, &check)
                if isOutput(source), let path = checkPlace(source, place, &check) { outputs[path] = index }
            }
            if !outputs.isEmpty { checkBelow(outputs, sources, "jobs.\(job.key).sources", &check) }
        }
    }

    private static func isOutput(_ source: Node) -> Bool {
        ConfigurationSchema.outputKeys.contains { source[$0] != nil }
    }

    /// Some keys belong to commands, some to paths.
    private static func checkKeys(_ source: Node, _ place: String, _ check: inout SchemaCheck) {
        guard let output = ConfigurationSchema.outputKeys.first(where: { source[$0] != nil }) else { return }
        for entry in source.entries ?? [] {
            switch entry.key {
            case "if_missing", "require_mountpoint":
                check.add(
                    .conflictingKeys, "\(place) cannot have both `\(output)` and `\(entry.key)`", at: entry.keyRange,
                    in: Place(), notes: ["the path of a command's output need not exist"])
            default: break
            }
        }
    }

    /// The path of a command's output, which is taken as it is.
    private static func checkPlace(_ source: Node, _ place: String, _ check: inout SchemaCheck) -> String? {
        guard let node = source["path"], let path = check.text(node), path.hasPrefix("/") else { return nil }
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
        guard parts.contains(where: { $0.isEmpty || $0 == "." || $0 == ".." }) else { return path }
        let isFolder = path.hasSuffix("/")
        check.add(
            .badPath, "`\(path)` cannot be the path of a command's output in \(place)", at: node.range, in: Place(),
            notes: [
                isFolder
                    ? "the output is a file, and its path does not end with `/`"
                    : "it is a path of the version, taken as it is, without `//`, `.` and `..`"
            ])
        return nil
    }

    /// The output is a file: nothing else can be below.
    private static func checkBelow(
        _ outputs: [String: Int], _ sources: [Node], _ place: String, _ check: inout SchemaCheck
    ) {
        for other in sources {
            // Longer paths exist on no system.
            guard let node = other["path"], let text = check.text(node), text.utf8.count <= 4096 else { continue }
            for slash in text.indices where text[slash] == "/" {
                guard let index = outputs[String(text[..<slash])] else { continue }
                check.add(
                    .badPath, "`\(text)` is below the output of a command in \(place)[\(index)]", at: node.range,
                    in: Place(), notes: ["`\(text[..<slash])` is a file of the version"],
                    help: ["give the output another path"])
                break
            }
        }
    }
}
