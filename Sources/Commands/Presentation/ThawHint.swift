internal import Configuration
internal import Support

/// The command that orders from the archive what another command found to lie there.
enum ThawHint {
    /// `dunnage thaw` with the words of a command line, and the version that is meant for sure.
    static func command(_ store: StoreChoice, version: Timestamp) -> String {
        var words = ["dunnage", "thaw"]
        switch store.place {
        case .job(let job, let destination, let input):
            words.append(job)
            words += store.patterns
            for path in input.paths { words += ["--config", path] }
            for setting in input.settings { words += ["--set", setting] }
            if let destination { words += ["--destination", destination] }
            if let shard = input.shard { words += ["--shard", shard.description] }
        case .url(let url, let passphraseFile):
            words += store.patterns
            words += ["--store", url]
            if let passphraseFile { words += ["--passphrase-file", passphraseFile] }
        }
        words += ["--version", version.iso8601, "--wait"]
        return words.map(quoted).joined(separator: " ")
    }

    /// A word as a shell reads it back.
    private static func quoted(_ word: String) -> String {
        let plain = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:=@%+,")
        if !word.isEmpty, word.allSatisfy({ plain.contains($0) }) { return word }
        return "'\(word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''"))'"
    }
}
