public import Destinations

/// A kind of destination under test: how to make one, and what can be arranged around it.
///
/// What a kind cannot offer stays nil or out of `abilities`, and the checks that need it say that they were skipped.
public struct ConformanceSubject: Sendable {
    /// What a check may need beyond the operations of the protocol.
    public enum Ability: String, Sendable, CaseIterable {
        /// It is reached over a network, through a server whose faults can be scripted.
        case network
        /// It logs in.
        case credentials
        /// Its requests are signed.
        case signatures
        /// It fetches parts of objects.
        case ranges
        /// Its listings come in pages.
        case pages
        /// It deletes many objects in one request.
        case batchDelete
        /// It stores an object in several parts.
        case parts
        /// It limits its bandwidth.
        case bandwidth
        /// It locks objects.
        case locks
        /// It has tiers that must be thawed before they can be read.
        case archive
        /// It keeps old versions of objects.
        case versions
        /// It has storage classes.
        case storageClasses
        /// It is OpenStack Swift.
        case openStack
        /// It is S3.
        case s3
    }

    /// A destination whose space can be used up and given back.
    public struct Filling: Sendable {
        /// The destination, prepared, with less than 2 MiB of space.
        public let destination: any Destination
        /// Gives the resources back.
        public let end: @Sendable () -> Void

        /// Describes a small destination.
        public init(destination: any Destination, end: @escaping @Sendable () -> Void) {
            self.destination = destination
            self.end = end
        }
    }

    /// A word for the kind.
    public let name: String

    /// What it offers beyond the operations.
    public let abilities: Set<Ability>

    /// Makes a destination for a container that exists and is empty, prepared.
    public let make: @Sendable () throws -> any Destination

    /// Makes another destination for the same container, as a second process would.
    public let reopen: @Sendable (any Destination) throws -> any Destination

    /// Makes a destination whose container does not exist, but could be created.
    public let makeMissing: @Sendable () throws -> any Destination

    /// Makes a destination that may be read, with one object `there` of the content `there`, but not written.
    public let makeReadOnly: (@Sendable () throws -> Filling)?

    /// Makes a destination with little space.
    public let makeSmall: (@Sendable () throws -> Filling)?

    /// Puts leftovers of interrupted puts into the container: one that is two days old and one that is new.
    public let leaveLeftovers: (@Sendable (any Destination) throws -> Void)?

    /// Counts the leftovers in the container.
    public let countLeftovers: (@Sendable (any Destination) throws -> Int)?

    /// How the kind speaks, for checks with a scripted server.
    public let wire: WireSubject?

    /// The server behind it, where it is S3.
    public let s3: S3Place?

    /// A URL of the kind, to be opened through the registry.
    public let url: @Sendable () -> String

    /// Describes a kind of destination.
    public init(
        name: String, abilities: Set<Ability>, url: @escaping @Sendable () -> String,
        make: @escaping @Sendable () throws -> any Destination,
        reopen: @escaping @Sendable (any Destination) throws -> any Destination,
        makeMissing: @escaping @Sendable () throws -> any Destination,
        makeReadOnly: (@Sendable () throws -> Filling)? = nil, makeSmall: (@Sendable () throws -> Filling)? = nil,
        leaveLeftovers: (@Sendable (any Destination) throws -> Void)? = nil,
        countLeftovers: (@Sendable (any Destination) throws -> Int)? = nil, wire: WireSubject? = nil,
        s3: S3Place? = nil
    ) {
        self.s3 = s3
        self.wire = wire
        self.name = name
        self.abilities = abilities
        self.url = url
        self.make = make
        self.reopen = reopen
        self.makeMissing = makeMissing
        self.makeReadOnly = makeReadOnly
        self.makeSmall = makeSmall
        self.leaveLeftovers = leaveLeftovers
        self.countLeftovers = countLeftovers
    }
}
