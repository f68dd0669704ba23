public import Support

/// A destination with storage from which objects have to be ordered before they can be read.
public protocol Archiving: Destination {
    /// Orders an object from the archive; asking again is harmless.
    /// - Parameters:
    ///   - name: the object.
    ///   - days: how long the copy stays readable, at least 1.
    ///   - speed: how soon it is to come; the sooner, the dearer.
    /// - Throws: `.unsupported` when the destination has no archive.
    func thaw(_ name: String, days: Int, speed: ThawSpeed) throws(DestinationError)

    /// Whether an object can be read now.
    func thawState(of name: String) throws(DestinationError) -> ThawState
}

/// How soon an ordered object is to come.
public enum ThawSpeed: String, Sendable, Hashable, CaseIterable {
    /// Within 12 to 48 hours; the cheapest.
    case bulk
    /// Within 3 to 12 hours.
    case standard
    /// Within minutes, where the archive can do that.
    case expedited
}

/// Where an object stands between archive and reader.
public enum ThawState: Sendable, Hashable {
    /// It can be read as it is.
    case readable
    /// It lies in the archive.
    case archived
    /// It was ordered and is on its way.
    case ordered
    /// A copy can be read until a time, where the destination tells which.
    case thawed(until: Timestamp?)

    /// Whether it can be read now.
    public var isReadable: Bool {
        switch self {
        case .readable, .thawed: true
        case .archived, .ordered: false
        }
    }
}
