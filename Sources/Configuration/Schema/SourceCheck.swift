internal import YAML

/// Checks what no key of a source can tell alone.
enum SourceCheck {
    static func run(_ root: Node, _ check: inout SchemaCheck) {
        for job in root["jobs"]?.entries ?? [] where !Extension.isExtension(job.key) {
            let sources = job.value["sources"]?.items ?? []
            for (index, source) in sources.enumerated() {
                let place = "jobs.\(job.key).sources[\(index)]"
                checkKeys(source, place, &check)
                if source["command"] != nil { checkPlace(source, among: sources, place, &check) }
            }
        }
    }

    /// Some keys belong to commands, some to paths.
    private static func checkKeys(_ source: Node, _ place: String, _ check: inout SchemaCheck) {
        let isCommand = source["command"] != nil
        for entry in source.entries ?? [] {
            switch entry.key {
            case "if_missing" where isCommand:
                check.add(
                    .conflictingKeys, "\(place) cannot have both `command` and `if_missing`", at: entry.keyRange,
                    in: Place(), notes: ["the path of a command's output need not exist"])
            default: break
            }
        }
    }

    /// The output is a file: nothing else can be there or below.
    private static func checkPlace(
        _ source: Node, among sources: [Node], _ place: String, _ check: inout SchemaCheck
    ) {
        guard let node = source["path"], let path = check.text(node), path.hasPrefix("/") else { return }
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
        if parts.contains(where: { $0.isEmpty || $0 == "." || $0 == ".." }) {
            let isFolder = path.hasSuffix("/")
            check.add(
                .badPath, "`\(path)` cannot be the path of a command's output in \(place)", at: node.range, in: Place(),
                notes: [
                    isFolder
                        ? "the output is a file, and its path does not end with `/`"
                        : "it is a path of the version, taken as it is, without `//`, `.` and `..`"
                ])
            return
        }
        for other in sources {
            guard let node = other["path"], let text = check.text(node), text.hasPrefix("\(path)/") else { continue }
            check.add(
                .badPath, "`\(text)` is below the output of a command in \(place)", at: node.range, in: Place(),
                notes: ["`\(path)` is a file of the version"], help: ["give the output another path"])
        }
    }
}
