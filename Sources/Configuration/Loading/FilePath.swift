/// Paths that a configuration names.
enum FilePath {
    /// The path, from a folder when it is relative.
    static func absolute(_ path: String, from folder: String) -> String {
        if path.hasPrefix("/") { return path }
        let relative = path.hasPrefix("./") ? String(path.dropFirst(2)) : path
        return folder == "/" ? "/\(relative)" : "\(folder)/\(relative)"
    }
}
