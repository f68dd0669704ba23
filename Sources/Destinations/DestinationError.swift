/// A destination could not do what it was asked.
///
/// Callers decide by `kind` alone; people read `description`, one paragraph of what failed, where, why, and what to do.
public struct DestinationError: Error, Sendable, Hashable {
    /// What a caller may do about it.
    public enum Kind: String, Sendable, CaseIterable {
        /// The same call may succeed later: a lost connection, a busy server, a network mount that hangs.
        case transient
        /// The destination asks to slow down.
        case throttled
        /// The credentials are not accepted.
        case authentication
        /// The credentials are accepted, but do not allow this.
        case permission
        /// The object is not there.
        case missingObject
        /// The folder, bucket or container is not there.
        case missingContainer
        /// The name is taken by other content.
        case exists
        /// Another object has taken the name's place while it was read.
        case changed
        /// The space or the quota is used up.
        case quota
        /// The object lies in an archive, from which it has to be ordered before it can be read.
        case archived
        /// The object is locked, and can be neither deleted nor replaced for now.
        case locked
        /// What arrived is not what was sent.
        case corrupt
        /// The destination, or this version of Dunnage, cannot do this at all.
        case unsupported
        /// The URL or an option is wrong.
        case configuration
        /// The server's certificate is not accepted.
        case certificate
        /// The file on this machine could not be read or written; the destination is not at fault.
        case localFile
        /// There is no room for the file on this machine; the destination is not at fault.
        case localSpace
        /// The caller asked to stop.
        case cancelled
        /// A defect in Dunnage.
        case internalFault
    }

    /// What was being done.
    public enum Operation: String, Sendable, CaseIterable {
        /// Making a destination from its URL and options.
        case open
        /// Checking or creating the container.
        case prepare
        /// Listing the objects.
        case list
        /// Storing an object.
        case put
        /// Fetching an object.
        case get
        /// Removing an object.
        case delete
        /// Asking for the free space.
        case freeSpace
        /// Asking about an object.
        case stat
        /// Removing what interrupted puts have left.
        case sweep
        /// Locking an object, or asking whether it is.
        case lock
        /// Ordering an object from an archive, or asking whether it has come.
        case thaw
        /// Asking about, or removing, old versions of objects.
        case versions
        /// Asking what the destination offers.
        case probe
    }

    /// What a caller may do about it.
    public var kind: Kind

    /// What was being done.
    public var operation: Operation

    /// The object it was done to, if any.
    public var object: String?

    /// Where: the destination's label, never a secret.
    public var destination: String

    /// Why, without a final full stop and without secrets.
    public var detail: String

    /// What to do, as whole sentences.
    public var advice: String

    /// How long to wait at least, if the destination said so.
    public var retryAfter: Duration?

    /// Whether the destination may have done it nevertheless: the answer was lost, not the request.
    public var mayHaveArrived = false

    /// Whether no answer came at all, which many such in a row make an outage of.
    var isOfConnection = false

    /// How often the destination itself has tried, when it did not stop at the first failure: whoever called it need not.
    public var attempts: Int?

    /// Creates an error; the advice is the kind's own unless a better one is known.
    public init(
        _ kind: Kind, _ operation: Operation, object: String? = nil, at destination: String, detail: String,
        advice: String? = nil, retryAfter: Duration? = nil
    ) {
        self.kind = kind
        self.operation = operation
        self.object = object
        self.destination = destination
        self.detail = detail
        self.advice = advice ?? kind.usualAdvice
        self.retryAfter = retryAfter
    }

    /// Whether it concerns more than one object, so that going on with the next is of no use: also a failure that the
    /// destination has tried to get over for as long as it may.
    var endsAll: Bool {
        switch kind {
        case .cancelled, .authentication, .missingContainer, .certificate: true
        case .transient, .throttled: attempts != nil
        default: false
        }
    }

    /// Whether the same call may succeed when it is repeated after a pause.
    public var isRetryable: Bool { attempts == nil && (kind == .transient || kind == .throttled) }
}

extension DestinationError: CustomStringConvertible {
    /// One paragraph: what failed, where, why, and what to do.
    public var description: String {
        let tries = attempts.map { $0 > 1 ? " (after \($0) attempts)" : "" } ?? ""
        return "\(operation.failure(of: object)) at \(destination): \(detail)\(tries). \(advice)"
    }
}

extension DestinationError.Operation {
    fileprivate func failure(of object: String?) -> String {
        let name = object ?? "an object"
        return switch self {
        case .open: "Cannot use the destination"
        case .prepare: "Cannot use the destination"
        case .list: "Cannot list the objects"
        case .put: "Cannot store \(name)"
        case .get: "Cannot fetch \(name)"
        case .delete: "Cannot delete \(name)"
        case .freeSpace: "Cannot find out the free space"
        case .stat: "Cannot ask about \(name)"
        case .sweep: "Cannot remove the leftovers of interrupted uploads"
        case .lock: "Cannot lock \(name), or ask for its lock,"
        case .thaw: "Cannot order \(name) from the archive"
        case .versions: "Cannot see to the old versions"
        case .probe: "Cannot ask what the destination offers"
        }
    }
}

extension DestinationError.Kind {
    /// What to do when nothing more particular is known.
    fileprivate var usualAdvice: String {
        switch self {
        case .transient: "Nothing was lost; run again when the destination can be reached."
        case .throttled: "Nothing was lost; run again later, or with fewer parallel uploads."
        case .authentication: "Check the user name and the password or key of this destination."
        case .permission: "Give the account that Dunnage runs as the right to do this."
        case .missingObject: "Run `verify` to see what else is missing."
        case .missingContainer: "Check the URL, or create the folder or container first."
        case .exists: "Nothing was overwritten; make sure that no other backup writes to the same place."
        case .changed: "Run again; make sure that no other backup writes to the same place."
        case .archived: "Order it from the archive with `dunnage thaw`, and try again when it has come."
        case .locked: "Try again when the lock has ended; nothing was removed."
        case .certificate: "Install the authority's certificate, or name it in the option `ca-bundle`."
        case .quota: "Free some space there, or keep fewer versions; nothing that was stored before is lost."
        case .corrupt: "Nothing wrong was kept; run again, and if it happens again check the disk and the connection."
        case .unsupported: "Use another destination for now."
        case .configuration: "Correct the destination's URL or options."
        case .localFile: "Check the file system of the temporary folder on this machine."
        case .localSpace:
            "Free some space there, or set TMPDIR to a folder that has more; nothing that was stored is lost."
        case .cancelled: "Nothing was lost; run again to continue."
        case .internalFault: "Please report this as a defect."
        }
    }
}
