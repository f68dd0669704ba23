public import Configuration
internal import Glibc
internal import JSON
public import Support

/// The configuration that a service follows, kept in its state folder for those who plan a change of it.
///
/// The values are those that hold in the end; credentials that are written in place are dots.
public enum ServingConfiguration {
    private static let schema = "urn:dunnage:serving:v1"
    private static let maximumBytes = 4 << 20

    /// Keeps it, in place of what was kept before.
    /// - Parameters:
    ///   - loaded: the configuration.
    ///   - input: where it was read from: relative paths start there.
    ///   - state: the service's state folder.
    /// - Throws: `SystemError` when it cannot be written; what was kept before is still there then.
    public static func keep(
        _ loaded: LoadedConfiguration, from input: ConfigurationInput, in state: StateFolder
    ) throws(SystemError) {
        let document = JSONValue.object([
            .init("schema", .string(schema)), .init("folder", .string(folder(of: input.paths.first ?? "."))),
            .init("hash", .string(loaded.configuration.hash)),
            .init("configuration", .string(loaded.effective.yaml(origins: false))),
        ])
        try state.prepare()
        try SmallFile.replace(state.serving, with: document.serialized())
    }

    /// The absolute path of the folder at which a file's relative paths start.
    private static func folder(of path: String) -> String {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
        let absolute = realpath(path, &buffer).map { String(cString: $0) } ?? path
        var status = stat()
        if stat(absolute, &status) == 0, status.st_mode & S_IFMT == S_IFDIR { return absolute }
        let parent = absolute.lastIndex(of: "/").map { String(absolute[..<$0]) } ?? "."
        return parent.isEmpty ? "/" : parent
    }

    /// What a service follows, or followed last, as what a plan is compared with.
    /// - Throws: `Failure` when there is none, or it cannot be read.
    static func base(in state: StateFolder) throws(Failure) -> PlanBase {
        let bytes: [UInt8]
        do throws(SystemError) {
            bytes = try SmallFile.read(state.serving, limit: maximumBytes)
        } catch {
            guard error.code == ENOENT else { throw Failure(error) }
            throw Failure(
                .notFound, .usage,
                "No service has followed a configuration from \(state.path). Name a file or a revision with --against, "
                    + "or correct runtime.state_dir.")
        }
        guard let document = try? JSONValue(parsing: bytes), document["schema"]?.string == schema,
            let folder = document["folder"]?.string, let text = document["configuration"]?.string
        else {
            throw Failure(
                .configuration, .configuration,
                "What the service has kept at \(state.serving) cannot be read. Restart the service, which writes it "
                    + "anew.")
        }
        do throws(InvalidConfiguration) {
            let loaded = try ConfigurationLoader.load(
                utf8: Array(text.utf8), file: state.serving, folder: folder, environment: [:])
            return PlanBase(label: "the service's", loaded: loaded)
        } catch {
            throw Failure(
                .configuration, .configuration,
                "What the service has kept at \(state.serving) cannot be used by this version. Restart the service, which "
                    + "writes it anew.")
        }
    }
}
