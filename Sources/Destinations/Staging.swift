/// A destination on this machine that takes a file without copying it, when the file was written in the right place.
public protocol Staging: Destination {
    /// A path that is free, for a file that will be given to ``Destination/put(_:from:)``.
    ///
    /// The file stays there and is the caller's to remove; what a crash leaves is swept later.
    func stagingPath() -> String
}

extension FileDestination: Staging {
    /// The path of a part file in the folder.
    public func stagingPath() -> String { "\(folder)/\(PartFile.freshName())" }

    /// Whether a file is where ``stagingPath()`` said.
    func isStaged(_ path: String) -> Bool {
        let start = "\(folder)/"
        guard path.hasPrefix(start) else { return false }
        let name = String(path.dropFirst(start.count))
        return !name.contains("/") && PartFile.isName(name)
    }
}
