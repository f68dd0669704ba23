internal import Configuration

/// The names that a shell may complete: the destinations of the configuration that the line so far names.
enum DestinationNameCompletion {
    /// - Parameters:
    ///   - words: the words of the line.
    ///   - index: which of them is completed.
    ///   - prefix: what of it is written.
    /// - Returns: the names of destinations, without those that the line has already.
    static func names(_ words: [String], _ index: Int, _ prefix: String) -> [String] {
        let names = JobNameCompletion.configuration(words)?.destinations.keys.sorted() ?? []
        return names.filter { !words.contains($0) || $0 == prefix }
    }
}
