internal import Configuration
public import Jobs
internal import Listening
internal import Logging
public import Service
internal import Support
internal import Synchronization

/// Has a service answer: at the socket in its state folder, and at the addresses of its configuration.
///
/// A thread of its own takes over what a new configuration says of tokens, certificates and addresses, and tries again
/// what could not be had.
public final class APIServer: Sendable {
    private struct State {
        var socket: Listener?
        var sites: [ServiceSite: Listener] = [:]
        var thread: WorkerThread?
        var isEnding = false
        var isWhole = true
    }

    private let api: ServiceAPI
    private let service: Service
    private let setting: ServiceSetting
    private let alarm = Alarm()
    private let state = Mutex(State())

    /// How long requests that are under way may take at the end, and restores to stop.
    private static let grace = 5

    /// A server that has not begun.
    public init(_ service: Service, _ setting: ServiceSetting) {
        api = ServiceAPI(service, setting)
        self.service = service
        self.setting = setting
    }

    /// Begins to answer.
    /// - Throws: `Failure` when an address or a certificate of the configuration cannot be had.
    public func start() throws(Failure) {
        let configuration = service.configuration
        openSocket()
        let isWhole = api.takeTokens(configuration)
        for site in ServiceSite.all(configuration.runtime) {
            do throws(ListeningError) {
                try open(site)
            } catch {
                stop()
                throw Failure(.local, .failure, "\(error)")
            }
        }
        service.follow { [alarm] _ in alarm.ring() }
        let thread: WorkerThread
        do throws(SystemError) {
            thread = try WorkerThread("api") { [self] in attend() }
        } catch {
            stop()
            throw Failure(error)
        }
        state.withLock { state in
            state.thread = thread
            state.isWhole = isWhole
        }
    }

    /// Ends restores, lets requests end, and gives the addresses back.
    public func stop() {
        let thread = state.withLock { state in
            state.isEnding = true
            return state.thread
        }
        alarm.ring()
        thread?.join()
        api.restores.end(within: Self.grace)
        // Only now nobody opens another one.
        let listeners = state.withLock { [$0.socket].compactMap { $0 } + $0.sites.values }
        for listener in listeners { listener.stop(grace: .seconds(1)) }
    }

    /// The addresses that are listened at; for tests.
    var addresses: [Listening.ListenAddress] { state.withLock { $0.sites.values.flatMap(\.addresses) } }

    // MARK: Addresses

    private func openSocket() {
        let site = ServiceSite(address: .socket(path: setting.state.socket), tls: nil)
        do throws(ListeningError) {
            let listener = try site.listener(api, report: report)
            state.withLock { $0.socket = listener }
        } catch {
            // Backups go on without it.
            setting.logger.error("socket of the service not to be had", metadata: ["error": "\(error)"])
        }
    }

    private func open(_ site: ServiceSite) throws(ListeningError) {
        let listener = try site.listener(api, report: report)
        state.withLock { $0.sites[site] = listener }
        for address in listener.addresses {
            setting.logger.notice(
                "listening", metadata: ["address": "\(address)", "tls": "\(site.tls != nil)"])
        }
    }

    private var report: @Sendable (ListenerEvent) -> Void {
        { [logger = setting.logger] event in
            logger.log(level: event.isProblem ? .warning : .info, "\(event)")
        }
    }

    // MARK: Changes

    private func attend() {
        while true {
            // Secrets are rotated without anybody telling.
            alarm.wait(milliseconds: state.withLock { $0.isWhole } ? 300_000 : 30_000)
            if state.withLock({ $0.isEnding }) { return }
            takeOver(service.configuration)
        }
    }

    private func takeOver(_ configuration: Configuration) {
        var isWhole = api.takeTokens(configuration)
        let wanted = ServiceSite.all(configuration.runtime)
        let (gone, known) = state.withLock { state in
            let gone = state.sites.filter { !wanted.contains($0.key) }
            for site in gone.keys { state.sites[site] = nil }
            return (gone, Set(state.sites.keys))
        }
        for (site, listener) in gone {
            listener.stop(grace: .seconds(1))
            setting.logger.notice("not listening any more", metadata: ["address": "\(site.address)"])
        }
        for site in wanted where !known.contains(site) {
            do throws(ListeningError) {
                try open(site)
            } catch {
                isWhole = false
                setting.logger.error("address not to be had", metadata: ["error": "\(error)"])
            }
        }
        state.withLock { $0.isWhole = isWhole }
    }
}
