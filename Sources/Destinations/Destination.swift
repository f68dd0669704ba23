/// A flat namespace of write-once objects at a destination.
///
/// The contract, which the conformance suite checks for every destination:
/// - Calls block the calling thread, may come from several threads at once, and are safe to repeat.
/// - Names are non-empty, at most 255 bytes of UTF-8, without `/` and NUL, and neither `.` nor `..`.
/// - An object is visible only when it is complete and durable; a `put` that fails leaves nothing visible behind.
/// - A `put` never replaces other content: equal content is success, other content is `.exists`.
/// - A listing is complete or throws; temporary names of the destination's own never appear in it.
/// - Deleting what is not there is success.
public protocol Destination: Sendable {
    /// The name of the place for logs, reports and errors: never a secret.
    var label: String { get }

    /// Whether two writers of one free name can never both succeed: what a lease relies on.
    var createsExclusively: Bool { get }

    /// Returns every object of the namespace, sorted by the bytes of its name.
    func list() throws(DestinationError) -> [RemoteObject]

    /// Stores a local file under a name.
    func put(_ name: String, from file: LocalFile) throws(DestinationError)

    /// Fetches an object into a local file, which is created or replaced.
    /// - Returns: the object's size in bytes.
    func get(_ name: String, to path: String) throws(DestinationError) -> Int64

    /// Removes an object; a missing one is success.
    func delete(_ name: String) throws(DestinationError)

    /// Checks that the container is there and removes old leftovers of interrupted puts.
    /// - Parameter create: whether a missing container is created.
    /// - Throws: `.missingContainer` when it is missing and not to be created.
    func prepare(create: Bool) throws(DestinationError)

    /// Returns the bytes that can still be stored, or nil when the destination does not say.
    func freeSpace() throws(DestinationError) -> Int64?

    /// What is known of one object, asked for by its name and not by a listing, which may lag behind.
    /// - Throws: `.missingObject` when it is not there.
    func stat(_ name: String) throws(DestinationError) -> RemoteObject

    /// Fetches a part of an object into memory.
    /// - Parameters:
    ///   - name: the object.
    ///   - range: the bytes, from 0; all of them have to be there.
    /// - Returns: the bytes.
    /// - Throws: `.corrupt` when the object ends before the range does, `.unsupported` when only whole objects are read.
    func read(_ name: String, _ range: Range<Int64>) throws(DestinationError) -> [UInt8]

    /// Removes objects, in as few requests as the destination allows; missing ones are success.
    /// - Returns: why objects could not be removed, by their names; empty when all are gone.
    /// - Throws: what concerns no single object.
    func delete(_ names: [String]) throws(DestinationError) -> [String: DestinationError]

    /// Removes what interrupted puts have left behind: parts and unfinished uploads of our own.
    /// - Parameter age: those that nobody has written to for this long.
    /// - Returns: how many were removed.
    /// - Throws: why they cannot be looked for; one that cannot be removed is left to the next time.
    func sweep(olderThan age: Duration) throws(DestinationError) -> Int
}

extension Destination {
    /// True, unless a destination knows better of itself.
    public var createsExclusively: Bool { true }

    /// By a listing, for destinations that have no quicker way.
    public func stat(_ name: String) throws(DestinationError) -> RemoteObject {
        if let object = try list().first(where: { $0.name == name }) { return object }
        throw DestinationError(.missingObject, .stat, object: name, at: label, detail: "it is not there")
    }

    /// Refused, unless a destination can do it.
    public func read(_ name: String, _ range: Range<Int64>) throws(DestinationError) -> [UInt8] {
        throw DestinationError(.unsupported, .get, object: name, at: label, detail: "only whole objects are read here")
    }

    /// One by one, for destinations that have no quicker way.
    public func delete(_ names: [String]) throws(DestinationError) -> [String: DestinationError] {
        var failures: [String: DestinationError] = [:]
        for name in names {
            do throws(DestinationError) {
                try delete(name)
            } catch {
                if error.endsAll { throw error }
                failures[name] = error
            }
        }
        return failures
    }

    /// Nothing, for destinations that leave nothing behind.
    public func sweep(olderThan age: Duration) throws(DestinationError) -> Int { 0 }
}
