import Destinations
import Glibc
import Support
import TestSupport
import Transport

/// A container of a real Swift as a subject of the conformance checks.
enum OpenStackSubject {
    /// Options beside those of a login.
    typealias Options = [String: String]

    /// The options of a login by version 1.
    static func v1(_ server: SwiftServer, as user: SwiftServer.User? = nil) -> Options {
        let user = user ?? server.user
        return [
            "openstack-authuri": server.authURL, "auth-username": user.name, "auth-password": user.key.reveal(),
        ]
    }

    /// The options of a login by version 3, by names.
    static func v3(_ keystone: KeystoneServer, as login: KeystoneServer.Login? = nil) -> Options {
        let login = login ?? keystone.backup
        return [
            "openstack-authuri": keystone.authURL, "auth-username": login.user,
            "auth-password": login.password.reveal(), "openstack-tenant-name": login.project,
            "openstack-domain-name": login.domain, "openstack-region": keystone.regions[0],
        ]
    }

    static func freshName() -> String { "box-\(UInt64.random(in: 0 ... .max))" }

    /// A destination for a container or a folder in one.
    static func open(
        _ place: String, _ options: Options, environment: DestinationEnvironment = DestinationEnvironment()
    ) throws -> any Destination {
        try DestinationRegistry.open(url: "openstack://\(place)", options: options, environment: environment)
    }

    /// The subject for a login; only one of them needs to go through the checks with a scripted server.
    static func make(
        _ name: String, _ server: SwiftServer, _ options: Options, readers: Options, isScripted: Bool
    ) -> ConformanceSubject {
        let isOfServer = options["openstack-authuri"] == server.authURL
        let makeSmall: @Sendable () throws -> ConformanceSubject.Filling = { try small(server, options) }
        let connected: Set<ConformanceSubject.Ability> = [
            .network, .credentials, .ranges, .pages, .batchDelete, .bandwidth,
        ]
        return ConformanceSubject(
            name: name, abilities: isScripted ? connected.union([.openStack]) : [],
            url: {
                // Everything in the URL, as it is pasted.
                let query = options.filter { !$0.key.hasPrefix("auth-") }.sorted { $0.key < $1.key }
                let pairs = query.map { "\($0.key)=\(PercentEncoding.encode($0.value))" }
                let user = PercentEncoding.encode(options["auth-username"] ?? "")
                let password = PercentEncoding.encode(options["auth-password"] ?? "")
                return "openstack://\(user):\(password)@\(freshName())/folder?\(pairs.joined(separator: "&"))"
            },
            make: {
                let destination = try open("\(freshName())/backup", options)
                try destination.prepare(create: true)
                return destination
            },
            reopen: { try DestinationRegistry.open(url: $0.label, options: options) },
            makeMissing: { try open(freshName(), options) },
            makeReadOnly: { try readOnly(server, options, readers) },
            makeSmall: isOfServer ? makeSmall : nil, wire: isScripted ? wire : nil)
    }

    /// The scripted server, which knows version 1.
    static let wire = WireSubject(
        secrets: [SwiftDouble.key, "AUTH_tkwire"], server: { SwiftDouble(container: "box") },
        url: { url($0, key: SwiftDouble.key) }, urlWithWrongPassword: { url($0, key: "wrong") },
        isPut: { $0.method == "PUT" && $0.target.hasPrefix("/v1/AUTH_wire/box/") },
        isGet: { $0.method == "GET" && $0.target.hasPrefix("/v1/AUTH_wire/box/") },
        isList: { $0.method == "GET" && $0.target.hasPrefix("/v1/AUTH_wire/box?") })

    private static func url(_ address: String, key: String) -> String {
        let user = PercentEncoding.encode(SwiftDouble.user)
        return "openstack://\(user):\(key)@box/backup?openstack-authuri="
            + PercentEncoding.encode("\(address)/auth/v1.0")
            // The scripted server does not know what stands before it.
            + "&openstack-storage-url=" + PercentEncoding.encode("\(address)/v1/AUTH_wire")
    }

    private static func readOnly(
        _ server: SwiftServer, _ options: Options, _ readers: Options
    ) throws -> ConformanceSubject.Filling {
        let container = freshName()
        let writer = try open(container, options)
        try writer.prepare(create: true)
        let raw = try RawSwift(server)
        if options["openstack-authuri"] == server.authURL {
            try raw.send(.post, container, ["X-Container-Read": "\(server.reader.name),.rlistings"])
        }
        try writer.put("there", from: try LocalText.file("there"))
        return .init(destination: try open(container, readers), end: {})
    }

    private static func small(_ server: SwiftServer, _ options: Options) throws -> ConformanceSubject.Filling {
        let container = freshName()
        let raw = try RawSwift(server)
        try raw.send(.put, container, ["X-Container-Meta-Quota-Bytes": "1500000"])
        return .init(destination: try open(container, options), end: {})
    }
}

/// Local files of short texts, which live as long as the process.
enum LocalText {
    private static let folder = Result { try TemporaryFolder(prefix: "dunnage-texts") }

    static func file(_ text: String) throws -> LocalFile { try file(Array(text.utf8)) }

    static func file(_ bytes: [UInt8]) throws -> LocalFile {
        let path = "\(try folder.get().path)/\(UInt64.random(in: 0 ... .max))"
        let descriptor = try FileDescriptor.open(path, flags: O_WRONLY | O_CREAT | O_EXCL)
        try bytes.withUnsafeBytes { try descriptor.write(all: $0) }
        return LocalFile(path: path, size: Int64(bytes.count))
    }
}
