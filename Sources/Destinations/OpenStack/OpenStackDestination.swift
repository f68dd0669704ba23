internal import Support
internal import Synchronization
internal import Transport

/// A container of OpenStack Swift, or a folder of one, as a destination.
///
/// Swift puts an object in one step, or not at all. Large objects are stored in segments of their own container; the
/// list of them, written last, is the object. Contents are compared by MD5 both ways.
public final class OpenStackDestination: Destination {
    /// Container and folder as a URL.
    public let label: String

    /// Two puts of one name at the same moment may both succeed: the server looks for the name before it takes the
    /// content, and not again.
    public let createsExclusively = false

    let options: OpenStackOptions
    let session: SwiftSession
    private let memory = Mutex(Memory())

    /// What was seen on the way.
    struct Memory {
        /// Whether the container was there when it was last asked for.
        var containerIsThere = false
        /// Whether it may be made again if it vanishes.
        var mayCreate = false
        /// The objects that are lists of segments.
        var manifests: Set<String> = []
        /// Whether `manifests` is complete.
        var knowsManifests = false
        /// Where segments are kept, once that is known.
        var segmentPlace: SegmentPlace?
        /// Whether objects of the container are in an archive.
        var isArchive = false
    }

    /// Uses a container, which need not exist yet; nothing is sent.
    init(
        _ url: DestinationURL, _ options: DestinationOptions, environment: DestinationEnvironment
    ) throws(DestinationError) {
        let place = try OpenStackOptions(url, options, at: url.description)
        label = "\(url.scheme)://\(place.container)\(place.prefix.isEmpty ? "" : "/\(place.prefix.dropLast())")"
        self.options = place
        var connection = try ConnectionOptions(options, at: label, environment: environment)
        let settings: IdentitySettings
        do throws(IdentityRefusal) {
            settings = try IdentitySettings(url, options, environment: environment.variables)
        } catch {
            throw error.error(.open, at: label)
        }
        Self.complete(&connection, settings)
        session = SwiftSession(
            settings, caller: Caller(label: label, connection: connection, environment: environment))
        for note in settings.notes { session.tell(note) }
        if settings.isUnverified, !connection.transport.acceptsAnyCertificate {
            session.tell(
                "certificates are checked, although clouds.yaml or OS_INSECURE says otherwise; "
                    + "name the authority with `ca-bundle`, or set `accept-any-ssl-certificate`")
        }
    }

    /// Files with authorities and a certificate of our own may also be named where the login is.
    private static func complete(_ connection: inout ConnectionOptions, _ settings: IdentitySettings) {
        if connection.transport.certificateAuthorities == nil {
            connection.transport.certificateAuthorities = settings.certificateAuthorities
        }
        if connection.transport.clientCertificate == nil {
            connection.transport.clientCertificate = settings.clientCertificate
            connection.transport.clientKey = connection.transport.clientKey ?? settings.clientKey
        }
    }

    var caller: Caller { session.caller }

    func remember<Value>(_ body: (inout sending Memory) -> sending Value) -> Value { memory.withLock(body) }

    /// An object's name within the container.
    func target(_ name: String) -> StorageRequest.Target { .object(options.container, options.prefix + name) }

    func check(_ name: String, _ operation: DestinationError.Operation) throws(DestinationError) {
        guard let objection = ObjectNameRule.objection(to: name) else { return }
        throw DestinationError(.configuration, operation, object: name, at: label, detail: objection)
    }

    func failure(
        _ kind: DestinationError.Kind, _ operation: DestinationError.Operation, _ object: String? = nil,
        _ detail: String, advice: String? = nil
    ) -> DestinationError {
        DestinationError(kind, operation, object: object, at: label, detail: detail, advice: advice)
    }

    // MARK: One object

    /// Asks about an object, from all of its copies.
    public func stat(_ name: String) throws(DestinationError) -> RemoteObject {
        try check(name, .stat)
        let response = try caller.run(.stat, name) { attempt throws(DestinationError) in
            let response = try head(name, .stat)
            if response.isSuccess { return response }
            if response.status == 404 { throw try missing(name, .stat) }
            throw session.failure(response, .stat, name, attempt: attempt.number)
        }
        return Self.object(name, response)
    }

    /// One question about an object: with `X-Newest` all copies are asked, since one of them may lag behind.
    func head(_ name: String, _ operation: DestinationError.Operation) throws(DestinationError) -> HTTPResponse {
        try session.send(
            StorageRequest(.head, target(name), headers: ["X-Newest": "true"]), operation, name)
    }

    static func object(_ name: String, _ response: HTTPResponse) -> RemoteObject {
        let stamp = response.headers["X-Timestamp"].flatMap { Double($0) }.map {
            Timestamp(unixNanoseconds: Int64($0 * 1_000_000) * 1000)
        }
        let state = response.headers["X-Ovh-Retrieval-State"]?.lowercased()
        return RemoteObject(
            name: name, size: response.contentLength, modified: stamp,
            isArchived: state == "sealed" || state == "unsealing")
    }

    /// The error for a 404 about an object, which says the same when it is the container that is missing.
    func missing(
        _ name: String?, _ operation: DestinationError.Operation
    ) throws(DestinationError) -> DestinationError {
        guard try containerIsThere(operation, name) else { return missingContainer(operation, name) }
        return failure(.missingObject, operation, name, "there is no such object")
    }

    func missingContainer(_ operation: DestinationError.Operation, _ object: String? = nil) -> DestinationError {
        failure(
            .missingContainer, operation, object,
            "there is no container '\(options.container)' in this project and region",
            advice: "Check the container, the project and the region, or create the container first.")
    }

    /// Whether the container is there: asked once for all, where it was seen.
    private func containerIsThere(
        _ operation: DestinationError.Operation, _ object: String?
    ) throws(DestinationError) -> Bool {
        if remember({ $0.containerIsThere }) { return true }
        let response = try session.send(StorageRequest(.head, .container(options.container)), operation, object)
        if response.status == 404 { return false }
        // Somebody without the right to ask about the container may still have it.
        guard response.isSuccess || response.status == 403 else {
            throw session.failure(response, operation, object)
        }
        remember { $0.containerIsThere = true }
        return true
    }
}
