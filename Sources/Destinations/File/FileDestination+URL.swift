extension FileDestination {
    /// The options of Duplicati's `file` destination.
    static let options: [DestinationOption] = [
        DestinationOption("use-move-for-put"), DestinationOption("alternate-target-paths"),
        DestinationOption("alternate-destination-marker"),
        DestinationOption("force-smb-authentication", .withoutEffect("mount the share first")),
        DestinationOption("disable-length-verification", .withoutEffect("the length is always verified")),
        DestinationOption("disable-filename-sanitation", .accepted),
    ]

    /// Uses the folder of a `file://` URL.
    init(url: DestinationURL, options: DestinationOptions) throws(DestinationError) {
        let paths = [url.hostAndPath] + Self.alternatives(options["alternate-target-paths"])
        let marker = options["alternate-destination-marker"].flatMap { $0.isEmpty ? nil : $0 }
        if let marker, let objection = ObjectNameRule.objection(to: marker) {
            throw DestinationError(
                .configuration, .open, at: url.description,
                detail: "the option 'alternate-destination-marker': \(objection)")
        }
        for path in paths { try Self.check(path, url) }
        let folder = paths.first { Self.isThere($0, marker) } ?? url.hostAndPath
        self.init(folder: folder, marker: marker, linksFiles: options.flag("use-move-for-put") ?? false)
    }

    /// The folders of a list with `:` or `;` between them.
    private static func alternatives(_ list: String?) -> [String] {
        (list ?? "").split(whereSeparator: { $0 == ":" || $0 == ";" }).map(String.init)
    }

    /// Whether a folder is there, with its marker if it needs one.
    private static func isThere(_ path: String, _ marker: String?) -> Bool {
        guard let folder = try? Folder.open(path) else { return false }
        guard let marker else { return true }
        return (try? folder.status(of: marker)) != nil
    }

    private static func check(_ path: String, _ url: DestinationURL) throws(DestinationError) {
        if path.isEmpty {
            throw DestinationError(.configuration, .open, at: url.description, detail: "the URL names no folder")
        }
        if path.hasPrefix("\\\\") || path.dropFirst().hasPrefix(":\\") || path.dropFirst().hasPrefix(":/") {
            throw DestinationError(
                .configuration, .open, at: url.description, detail: "this is a path of a Windows machine",
                advice: "Mount the drive or share on this machine, and name the folder as file:///path.")
        }
    }
}
