internal import Configuration

/// The files of a configuration as a ConfigMap, and the folder that it becomes in a pod.
struct ConfigurationFolder {
    /// Where it is mounted.
    static let path = "/config"
    /// What the values of a ConfigMap may have together.
    static let limit = 1 << 20

    /// A file in it.
    struct File {
        /// Its key in the ConfigMap.
        let key: String
        /// Its path below the folder.
        let path: String
        let text: String
    }

    /// The files by their keys.
    let files: [File]
    /// What stands for the folder on this machine.
    let origin: FolderPath
    /// The paths of the command line, as they are in a pod.
    let paths: [String]

    /// - Parameters:
    ///   - documents: the files.
    ///   - inputs: the paths of the command line.
    ///   - here: the folder that relative paths start at.
    init(_ documents: [ConfigurationDocument], inputs: [String], here: String) {
        let named = documents.compactMap { document in FolderPath(document.path).map { (path: $0, document) } }
        var origin = named.first?.path.parent ?? FolderPath.root
        let inputs = inputs.compactMap { FolderPath($0.hasPrefix("/") ? $0 : "\(here)/\($0)") }
        for path in named.map(\.path) + inputs {
            while !origin.contains(path) { origin = origin.parent }
        }
        var keys: Set<String> = []
        files = named.map { path, document in
            let relative = path.below(origin)
            var key = String(relative.map { $0 == "/" ? "." : $0 })
            // What differs in more than letters, digits and marks gets a number.
            if !ObjectNames.isKey(key) { key = "file\(keys.count + 1).yaml" }
            while !keys.insert(key).inserted { key = "\(keys.count + 1).\(key)" }
            return File(key: key, path: relative, text: document.text)
        }.sorted { $0.key < $1.key }
        self.origin = origin
        paths = inputs.map { $0 == origin ? Self.path : "\(Self.path)/\($0.below(origin))" }
    }

    /// Whether the keys are not the paths, so that a volume has to say which is which.
    var needsItems: Bool { files.contains { $0.key != $0.path } }

    /// How much of the ConfigMap is taken.
    var size: Int { files.reduce(0) { $0 + $1.key.utf8.count + $1.text.utf8.count } }

    /// The files as the volume of a pod.
    func volume(_ name: String) -> ManifestValue {
        let items = files.map { file -> ManifestValue in ["key": .text(file.key), "path": .text(file.path)] }
        return [
            "name": "config",
            "configMap": .object(
                .init("name", .text(name)), needsItems ? .init("items", .list(items)) : nil),
        ]
    }
}

extension FolderPath {
    /// The topmost folder.
    static var root: FolderPath { FolderPath(path: "/") }

    /// The path from a folder above it on.
    func below(_ folder: FolderPath) -> String {
        String(text.dropFirst(folder.text == "/" ? 1 : folder.text.count + 1))
    }
}
