internal import Support
internal import Synchronization
internal import Transport

/// The storage of one account: requests with a login that holds, at the address that the login brought.
final class SwiftSession: Sendable {
    private struct State {
        var storage: [Int: String] = [:]
        var info: SwiftInfo?
        var told: Set<String> = []
    }

    let caller: Caller
    private let settings: IdentitySettings
    private let keeper: LoginKeeper
    private let state = Mutex(State())

    init(_ settings: IdentitySettings, caller: Caller) {
        self.caller = caller
        self.settings = settings
        let service = IdentityService(settings) { request throws(IdentityRefusal) in
            do throws(DestinationError) {
                return try caller.send(request, .open)
            } catch {
                throw IdentityRefusal(error)
            }
        }
        let ready = Mutex(settings.readyToken)
        keeper = LoginKeeper(now: caller.environment.clock.now) { () throws(IdentityRefusal) in
            let token = ready.withLock { token in
                defer { token = nil }
                return token
            }
            if let token { return Login(token: token, life: nil, version: .v3) }
            guard settings.credential != nil else { throw .tokenEnded }
            return try service.login()
        }
    }

    /// Where, for errors.
    var label: String { caller.label }

    // MARK: One attempt

    /// Sends a request once, and again with a new login if the storage refuses the old one.
    func send(
        _ request: StorageRequest, into sink: (any ResponseSink)? = nil, _ operation: DestinationError.Operation,
        _ object: String? = nil
    ) throws(DestinationError) -> HTTPResponse {
        var isSecond = false
        while true {
            let kept = try login(operation, object)
            let storage = try storage(kept, operation, object)
            let response = try caller.send(
                request.http(storage, token: kept.login.token), into: sink, operation, object)
            // Ceph's gateway answers 403 to a token that has ended; a token of this minute has not.
            let isRefused =
                response.status == 401 || response.status == 403 && keeper.age(of: kept) > .seconds(60)
            if !isRefused || isSecond { return response }
            isSecond = true
            keeper.forget(kept)
        }
    }

    /// Sends a request as often as it makes sense, and returns an answer of success or of a status that is accepted.
    func call(
        _ request: StorageRequest, _ operation: DestinationError.Operation, _ object: String? = nil,
        accepting accepted: Set<Int> = []
    ) throws(DestinationError) -> HTTPResponse {
        try caller.run(operation, object) { attempt throws(DestinationError) in
            let response = try send(request, operation, object)
            if response.isSuccess || accepted.contains(response.status) { return response }
            throw failure(response, operation, object, attempt: attempt.number)
        }
    }

    /// The error that an answer means.
    func failure(
        _ response: HTTPResponse, _ operation: DestinationError.Operation, _ object: String?, attempt: Int = 2
    ) -> DestinationError {
        var error = SwiftAnswer(response: response, operation: operation).error(object, at: label, attempt: attempt)
        // A proxy's page may repeat what it was sent.
        if let token = keeper.known?.token { error.detail = error.detail.replacing(token.reveal(), with: "••••") }
        return error
    }

    // MARK: Login and address

    private func login(
        _ operation: DestinationError.Operation, _ object: String?
    ) throws(DestinationError) -> LoginKeeper.Kept {
        do throws(IdentityRefusal) {
            return try keeper.current()
        } catch {
            throw error.error(operation, object: object, at: label)
        }
    }

    private func storage(
        _ kept: LoginKeeper.Kept, _ operation: DestinationError.Operation, _ object: String?
    ) throws(DestinationError) -> String {
        if let known = state.withLock({ $0.storage[kept.number] }) { return known }
        let chosen: String
        do throws(IdentityRefusal) {
            chosen = try choose(kept.login)
        } catch {
            throw error.error(operation, object: object, at: label)
        }
        let url = try withAccount(chosen, kept.login, operation, object)
        if settings.address?.isSecure == true, url.hasPrefix("http://") {
            tell("the storage is reached without TLS, although the identity service has it")
        }
        state.withLock { $0.storage = [kept.number: url] }
        return url
    }

    private func choose(_ login: Login) throws(IdentityRefusal) -> String {
        let url: String
        if let fixed = settings.storageURL ?? login.storageURL {
            url = fixed
        } else {
            let choice = try EndpointChoice(
                login.catalogue ?? ServiceCatalogue(services: []), settings.endpoint, defaultRegion: login.defaultRegion
            )
            if let warning = choice.warning { tell(warning) }
            url = choice.url
        }
        guard let address = IdentityAddress(url) else {
            throw IdentityRefusal(
                .configuration, "the catalogue's storage URL is no http or https URL",
                advice: "Name the storage URL with `openstack-storage-url`.")
        }
        return address.url
    }

    /// Adds the account to an endpoint without one, if it is there: some gateways have none in their addresses.
    private func withAccount(
        _ url: String, _ login: Login, _ operation: DestinationError.Operation, _ object: String?
    ) throws(DestinationError) -> String {
        guard settings.storageURL == nil, url.hasSuffix("/v1"), let project = login.projectID else { return url }
        let longer = "\(url)/AUTH_\(StorageRequest.encoded(project))"
        let request = HTTPRequest(.head, longer, headers: ["X-Auth-Token": login.token.reveal()])
        let response = try caller.send(request, operation, object)
        if response.status >= 500 || response.status == 429 { throw failure(response, operation, object) }
        return response.isSuccess ? longer : url
    }

    /// Tells somebody something once.
    func tell(_ sentence: String) {
        if state.withLock({ $0.told.insert(sentence).inserted }) { caller.environment.warn("\(label): \(sentence)") }
    }

    // MARK: What the cluster can do

    /// What the cluster tells of itself; asked once, and without a token.
    ///
    /// A call of its own: not to be made from within an attempt of another one.
    func info(_ operation: DestinationError.Operation) throws(DestinationError) -> SwiftInfo {
        if let known = state.withLock({ $0.info }) { return known }
        let info = try caller.run(operation) { _ throws(DestinationError) in
            let storage = try storage(try login(operation, nil), operation, nil)
            guard let url = SwiftInfo.url(for: storage) else { return SwiftInfo() }
            let response = try caller.send(HTTPRequest(.get, url), operation)
            // Where it is switched off, the usual limits hold.
            return response.isSuccess ? SwiftInfo(response.body) ?? SwiftInfo() : SwiftInfo()
        }
        state.withLock { $0.info = info }
        return info
    }
}

extension IdentityRefusal {
    /// A connection to the identity service that failed.
    fileprivate init(_ error: DestinationError) {
        self.init(
            error.kind, "the identity service cannot be asked: \(error.detail)", advice: error.advice,
            retryAfter: error.retryAfter)
        isOfConnection = error.isOfConnection
    }

    fileprivate static let tokenEnded = IdentityRefusal(
        .authentication, "the token of `openstack-auth-token` is not accepted, or no longer",
        advice: "Give a new one, or better a credential that can log in again, such as an application credential.")
}
