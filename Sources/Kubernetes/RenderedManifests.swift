/// Manifests, and what should be known about them.
public struct RenderedManifests: Sendable {
    /// Some of them, in a file.
    public struct File: Sendable, Hashable {
        /// The file's name.
        public let name: String
        /// Its documents.
        let documents: [ManifestValue]
    }

    /// The manifests by files, in the order in which they are to be applied.
    public let files: [File]
    /// What the configuration says that they cannot.
    public let warnings: [RenderProblem]
    /// The Secret that has to be there.
    public let secret: String
    /// The keys that it must have; with none, no Secret is needed.
    public let secretKeys: [String]
    /// The namespace, when it was given.
    let namespace: String?
    /// The fingerprint of the configuration.
    public let hash: String

    /// How every file of ours begins.
    public static let mark = "# Rendered by `dunnage render kubernetes`; change the configuration, not this file."

    /// All of them as one stream of YAML.
    public var stream: String {
        "\(Self.mark)\n\(secretNote)" + files.flatMap(\.documents).map { "---\n\(Self.text($0))" }.joined()
    }

    /// The files of a kustomize base, `kustomization.yaml` among them.
    public var base: [(name: String, text: String)] {
        let kustomization = ManifestValue.object(
            .init("apiVersion", "kustomize.config.k8s.io/v1beta1"), .init("kind", "Kustomization"),
            namespace.map { .init("namespace", .text($0)) },
            .init("resources", .list(files.map { .text($0.name) })))
        return [("kustomization.yaml", "\(Self.mark)\n\(secretNote)\(Self.text(kustomization))")]
            + files.map { file in
                (file.name, "\(Self.mark)\n" + file.documents.map { Self.text($0) }.joined(separator: "---\n"))
            }
    }

    private var secretNote: String {
        secretKeys.isEmpty ? "" : "# Needs the Secret \(secret) with: \(secretKeys.joined(separator: ", ")).\n"
    }

    private static func text(_ value: ManifestValue) -> String {
        var writer = ManifestWriter()
        writer.write(value)
        return writer.text
    }
}
