internal import Configuration

/// What a shell may complete of `--set path=value`: keys and words of the language, and names of the configuration that
/// the line so far names.
enum SettingCompletion {
    /// - Parameters:
    ///   - words: the words of the line.
    ///   - index: which of them is completed.
    ///   - prefix: what of it is written.
    /// - Returns: what may follow; names only when the configuration can be read.
    static func candidates(_ words: [String], _ index: Int, _ prefix: String) -> [String] {
        let configuration = JobNameCompletion.configuration(words)
        return KeyCompletion.candidates(for: prefix) { section in
            switch section {
            case "jobs": configuration?.jobs.map(\.name) ?? []
            case "destinations": configuration?.destinations.keys.sorted() ?? []
            case "secrets": configuration?.secrets.keys.filter { !$0.contains(".") }.sorted() ?? []
            case "reports": configuration?.reports.keys.sorted() ?? []
            default: []
            }
        }
    }
}
