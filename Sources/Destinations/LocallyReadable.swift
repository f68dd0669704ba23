/// A destination whose objects are files of this machine, so that they can be read without being fetched first.
public protocol LocallyReadable: Destination {
    /// The path of an object, which need not be there.
    ///
    /// Whoever opens it reads the object as it was when it was opened, also if it is deleted meanwhile.
    func localPath(of name: String) -> String?
}

extension FileDestination: LocallyReadable {
    /// The path of an object.
    public func localPath(of name: String) -> String? {
        ObjectNameRule.objection(to: name) == nil ? "\(folder)/\(name)" : nil
    }
}
