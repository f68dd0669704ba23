internal import Configuration

/// The names that a shell may complete: the jobs of the configuration that the line so far names.
enum JobNameCompletion {
    /// - Parameters:
    ///   - words: the words of the line.
    ///   - index: which of them is completed.
    ///   - prefix: what of it is written.
    /// - Returns: the names of jobs, without those that the line has already; none when the file cannot be read.
    static func names(_ words: [String], _ index: Int, _ prefix: String) -> [String] {
        let names = configuration(words)?.jobs.map(\.name) ?? []
        return names.filter { !words.contains($0) || $0 == prefix }
    }

    /// The configuration of all files that a line names; none when it cannot be read.
    static func configuration(_ words: [String]) -> Configuration? {
        var paths: [String] = []
        for (index, word) in words.enumerated() {
            if word == "-c" || word == "--config", index + 1 < words.count { paths.append(words[index + 1]) }
            if word.hasPrefix("--config=") { paths.append(String(word.dropFirst("--config=".count))) }
        }
        // Standard input belongs to the shell here.
        guard !paths.isEmpty, !paths.contains("-") else { return nil }
        let loaded = try? ConfigurationLoader.load(
            ConfigurationInput(paths), environment: ProcessEnvironment.variables)
        return loaded?.configuration
    }
}
