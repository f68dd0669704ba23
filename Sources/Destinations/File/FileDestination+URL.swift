extension FileDestination {
    /// The options of Duplicati's `file` destination.
    static let options: [DestinationOption] = [
        DestinationOption("use-move-for-put", .withoutEffect("files are always copied")),
        DestinationOption("alternate-target-paths", .withoutEffect("only the folder of the URL is used")),
        DestinationOption("alternate-destination-marker", .withoutEffect("only the folder of the URL is used")),
        DestinationOption("force-smb-authentication", .withoutEffect("mount the share first")),
        DestinationOption("disable-length-verification", .withoutEffect("the length is always verified")),
        DestinationOption("disable-filename-sanitation", .accepted),
    ]

    /// Uses the folder of a `file://` URL.
    init(url: DestinationURL, options: DestinationOptions) throws(DestinationError) {
        let path = url.hostAndPath
        if path.isEmpty {
            throw DestinationError(.configuration, .open, at: url.description, detail: "the URL names no folder")
        }
        if path.hasPrefix("\\\\") || path.dropFirst().hasPrefix(":\\") || path.dropFirst().hasPrefix(":/") {
            throw DestinationError(
                .configuration, .open, at: url.description, detail: "this is a path of a Windows machine",
                advice: "Mount the drive or share on this machine, and name the folder as file:///path.")
        }
        self.init(folder: path)
    }
}
