internal import YAML

/// A file of a configuration, as it was read.
public struct ConfigurationDocument: Sendable, Hashable {
    /// What diagnostics call it.
    public let name: String
    /// Its absolute path, as it was named.
    public let path: String
    /// All of it, without a byte order mark.
    public let text: String
}

extension ConfigurationReading {
    /// The files that make up the configuration, in the order in which they were read; standard input is none.
    public var documents: [ConfigurationDocument] {
        sourceFiles.compactMap { source in
            guard let text = source.text else { return nil }
            let name = source.name.lastIndex(of: "/").map { source.name[source.name.index(after: $0)...] }
            var characters = String.UnicodeScalarView()
            characters.append(contentsOf: text.characters)
            return ConfigurationDocument(
                name: source.name, path: "\(source.folder)/\(name ?? source.name[...])", text: String(characters))
        }
    }
}
