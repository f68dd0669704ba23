internal import Configuration

/// The names that a shell may complete: the jobs of the configuration that the line so far names.
enum JobNameCompletion {
    /// - Parameters:
    ///   - words: the words of the line.
    ///   - index: which of them is completed.
    ///   - prefix: what of it is written.
    /// - Returns: the names of jobs, without those that the line has already; none when the file cannot be read.
    static func names(_ words: [String], _ index: Int, _ prefix: String) -> [String] {
        guard let path = configuration(words) else { return [] }
        let loaded = try? ConfigurationLoader.load(path: path, environment: ProcessEnvironment.variables)
        let names = loaded?.configuration.jobs.map(\.name) ?? []
        return names.filter { !words.contains($0) || $0 == prefix }
    }

    private static func configuration(_ words: [String]) -> String? {
        for (index, word) in words.enumerated() {
            if word == "-c" || word == "--config" { return index + 1 < words.count ? words[index + 1] : nil }
            if word.hasPrefix("--config=") { return String(word.dropFirst("--config=".count)) }
        }
        return nil
    }
}
