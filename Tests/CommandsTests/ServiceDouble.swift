import Jobs
import Ledger
import Listening
import Support
import Synchronization

/// A service at the socket of a state folder, which answers as a test wants it to.
final class ServiceDouble: Sendable {
    static let run = "run-1"

    private struct State {
        var ending: String?
        var calls: [String] = []
        var scripted: [String: [ServerResponse]] = [:]
        var observer: (@Sendable (String) -> Void)?
    }

    /// The folder of the service.
    let state: StateFolder
    let ledger: Ledger
    private let folder: TemporaryFolder
    private let listener: Listener
    private let box: Box

    /// What the listener's threads share with the test.
    private final class Box: Sendable {
        let state = Mutex(State())
    }

    init() throws {
        folder = try TemporaryFolder(prefix: "dunnage-double")
        state = StateFolder(folder.path, environment: [:])
        ledger = try Ledger(path: state.ledger)
        let box = Box()
        self.box = box
        listener = Listener([Listener.Endpoint(.socket(path: state.socket))], handler: { Self.answer($0, box) })
        try listener.start()
    }

    deinit { listener.stop(grace: .zero) }

    /// Nobody listens any more.
    func leave() { listener.stop(grace: .zero) }

    /// What is answered first to a request such as `POST /stop`, before the usual answers; the end of the path counts.
    func script(_ call: String, _ answers: [ServerResponse]) {
        box.state.withLock { $0.scripted[call] = answers }
    }

    /// Is called before each answer, with the request.
    func observe(_ body: @escaping @Sendable (String) -> Void) { box.state.withLock { $0.observer = body } }

    /// Has the run end in a state such as `success`.
    func end(_ state: String) { box.state.withLock { $0.ending = state } }

    /// How often something was asked for.
    func count(_ call: String) -> Int { box.state.withLock { $0.calls.filter { $0.hasSuffix(call) }.count } }

    private static func answer(_ request: ServerRequest, _ box: Box) -> ServerResponse {
        let call = "\(request.method) \(request.target.rawPath)"
        let (observer, scripted) = box.state.withLock { state in
            state.calls.append(call)
            let key = state.scripted.keys.first { key in
                let parts = key.split(separator: " ", maxSplits: 1)
                return call.hasPrefix(parts[0]) && call.hasSuffix(parts[1]) && state.scripted[key]?.isEmpty == false
            }
            return (state.observer, key.flatMap { state.scripted[$0]?.removeFirst() })
        }
        observer?(call)
        if let scripted { return scripted }
        switch (request.method, request.path.last) {
        case ("POST", "run"): return json(#"{"id": "\#(run)", "job": "home"}"#, 202)
        case ("POST", "stop"):
            box.state.withLock { $0.ending = "interrupted" }
            return json("{}", 202)
        case (_, run):
            guard let ending = box.state.withLock({ $0.ending }) else {
                return json(#"{"id": "\#(run)", "job": "home", "state": "running"}"#)
            }
            let code = ["success": 0, "interrupted": 143][ending] ?? 1
            return json(
                #"{"id": "\#(run)", "job": "home", "state": "\#(ending)", "finished": "2026-11-21T00:00:00Z", "#
                    + #""exit_code": \#(code)}"#)
        case (_, "report"): return json(#"{"job": "home"}"#)
        case (_, "log"): return .text("")
        default: return .problem(404, "There is no such thing.")
        }
    }

    static func json(_ text: String, _ status: Int = 200) -> ServerResponse {
        .bytes(status, type: "application/json", Array(text.utf8))
    }
}
