internal import Support
internal import Synchronization
internal import Transport

/// Logs in to OpenStack, whatever version of the identity service there is.
///
/// What it finds out on the way (the version, its address, how a domain is meant) it remembers, so that a second login
/// costs one request. Nothing is tried more often than the rules say: accounts lock.
final class IdentityService: Sendable {
    /// One exchange with a server.
    typealias Send = @Sendable (HTTPRequest) throws(IdentityRefusal) -> HTTPResponse

    static let jsonHeaders: HTTPHeaders = ["Content-Type": "application/json", "Accept": "application/json"]
    /// Catalogues of large providers have tens of kilobytes.
    static let maximumAnswer = 8 << 20

    private struct Place: Sendable {
        let version: IdentityVersion
        let base: IdentityAddress
    }

    private struct Memory {
        var place: Place?
        var defaultByID = false
        var form: LoginV2.Form?
    }

    private enum Outcome {
        case login(Login)
        case refused(IdentityRefusal)
        /// What answers is not this version of the service.
        case absent(IdentityRefusal)
    }

    private let settings: IdentitySettings
    private let send: Send
    private let memory = Mutex(Memory())

    init(_ settings: IdentitySettings, send: @escaping Send) {
        self.settings = settings
        self.send = send
    }

    /// Logs in, finding out the version first when nobody said it.
    func login() throws(IdentityRefusal) -> Login {
        guard let address = settings.address else { throw .missing(.authURL) }
        if let place = memory.withLock({ $0.place }) { return try login(at: [place], isCertain: true) }
        if let version = settings.version ?? address.statedVersion {
            return try login(at: [Place(version: version, base: address.base(of: version))], isCertain: true)
        }
        if let offer = try discover(address) {
            let base = offer.href.flatMap { address.following($0) } ?? address
            return try login(at: [Place(version: offer.version, base: base.base(of: offer.version))], isCertain: true)
        }
        // Some providers' addresses have no version and tell none.
        let places = [IdentityVersion.v3, .v2, .v1].map { Place(version: $0, base: address.base(of: $0)) }
        return try login(at: settings.isApplicationCredential ? [places[0]] : places, isCertain: false)
    }

    private func login(at places: [Place], isCertain: Bool) throws(IdentityRefusal) -> Login {
        var last: IdentityRefusal?
        for place in places {
            let outcome =
                switch place.version {
                case .v1: try tryV1(place)
                case .v2: try tryV2(place)
                case .v3: try tryV3(place)
                }
            switch outcome {
            case .login(let login):
                memory.withLock { $0.place = place }
                return login
            case .refused(let refusal): throw refusal
            case .absent(let refusal):
                if isCertain { throw refusal }
                last = refusal
            }
        }
        throw IdentityRefusal(
            .configuration,
            "the identity service tells no version, and v3, v2 and v1 all failed (\(last?.detail ?? "-"))",
            advice: "Write the whole address into `openstack-authuri`, with /v3, /v2.0 or /auth/v1.0 at its end.")
    }

    /// What the service offers; nil when it does not say.
    private func discover(_ address: IdentityAddress) throws(IdentityRefusal) -> VersionDiscovery.Offer? {
        let response = try send(
            HTTPRequest(
                .get, address.parts.isEmpty ? "\(address.url)/" : address.url, headers: ["Accept": "application/json"]))
        if response.status == 429 || response.status == 503 {
            throw IdentityAnswer(response: response, version: .v3, url: address.url, settings: settings).refusal
        }
        return VersionDiscovery(response.body)?.best
    }

    // MARK: One version each

    private func tryV1(_ place: Place) throws(IdentityRefusal) -> Outcome {
        let response = try send(try LoginV1.request(place.base, settings))
        if let login = LoginV1.login(response, settings) { return .login(login) }
        return outcome(response, place, url: place.base.url)
    }

    private func tryV2(_ place: Place) throws(IdentityRefusal) -> Outcome {
        let known = memory.withLock { $0.form }
        var first: Outcome?
        for form in known.map({ [$0] }) ?? LoginV2.forms(settings) {
            let request = try LoginV2.request(place.base, settings, form)
            let response = try send(request)
            if let login = LoginV2.login(response) {
                memory.withLock { $0.form = form }
                return .login(try checked(login))
            }
            let outcome = outcome(response, place, url: request.url)
            // The first refusal is about what the field is called; the second may only be about its length.
            first = first ?? outcome
            guard response.status == 401 || response.status == 400, case .refused = outcome else { return outcome }
        }
        return first ?? .refused(.missing(.password))
    }

    private func tryV3(_ place: Place) throws(IdentityRefusal) -> Outcome {
        var byID = memory.withLock { $0.defaultByID }
        while true {
            let request = try LoginV3.request(place.base, settings, defaultByID: byID)
            let response = try send(request)
            if let login = LoginV3.login(response) {
                let isByID = byID
                memory.withLock { $0.defaultByID = isByID }
                return .login(try checked(login))
            }
            let answer = IdentityAnswer(response: response, version: .v3, url: request.url, settings: settings)
            guard !byID, answer.row?.kind == .authentication, response.status == 401,
                response.headers["Openstack-Auth-Receipt"] == nil, LoginV3.sendsDefaultByName(settings)
            else { return outcome(response, place, url: request.url) }
            // The name `default` is not found by every database, while the id of that domain is the same everywhere.
            byID = true
        }
    }

    /// A login without a catalogue leads nowhere, unless the storage URL is known.
    private func checked(_ login: Login) throws(IdentityRefusal) -> Login {
        if login.catalogue == nil, settings.storageURL == nil {
            throw IdentityRefusal(
                .configuration, "the login brought no catalogue of services (sent: \(settings.sent(login.version)))",
                advice: "Name the project with `openstack-tenant-name` or `openstack-tenant-id`.")
        }
        return login
    }

    private func outcome(_ response: HTTPResponse, _ place: Place, url: String) -> Outcome {
        let answer = IdentityAnswer(response: response, version: place.version, url: url, settings: settings)
        let refusal = answer.refusal
        if refusal.isPassing || answer.isOfIdentityService && response.status != 404 { return .refused(refusal) }
        if place.version == .v1, response.status == 401 { return .refused(refusal) }
        return .absent(refusal)
    }
}
