internal import Destinations
internal import Synchronization

/// What a destination looked like before: shared by all wrappers of one, so that stale answers are really old.
public final class ChaosMemory: Sendable {
    private struct State {
        var listings: [[RemoteObject]] = []
        var contents: [String: [UInt8]] = [:]
        var happened: [ChaosWay: Int] = [:]
    }

    private let state = Mutex(State())

    /// Nothing is remembered yet.
    public init() {}

    /// How often each fault happened.
    public var happened: [ChaosWay: Int] { state.withLock { $0.happened } }

    func count(_ way: ChaosWay) { state.withLock { $0.happened[way, default: 0] += 1 } }

    func remember(_ listing: [RemoteObject]) {
        state.withLock { state in
            state.listings.append(listing)
            if state.listings.count > 12 { state.listings.removeFirst() }
        }
    }

    /// The first content that a name had, which deleting it does not change.
    func remember(_ name: String, _ content: [UInt8]) {
        state.withLock { state in if state.contents[name] == nil { state.contents[name] = content } }
    }

    func listing(_ choose: (Int) -> Int) -> [RemoteObject]? {
        state.withLock { state in state.listings.isEmpty ? nil : state.listings[choose(state.listings.count)] }
    }

    func content(_ name: String) -> [UInt8]? { state.withLock { $0.contents[name] } }
}

/// One way in which a call goes wrong.
public enum ChaosWay: String, Sendable, CaseIterable {
    /// The call fails and does nothing.
    case listFails, putFails, getFails, deleteFails, prepareFails
    /// The listing ends early, leaves something out, or is that of some time before.
    case listEndsEarly, listLeavesOut, listIsStale
    /// The object is stored, but the call fails.
    case putFailsAfter
    /// Half of the object is stored; the call fails, or it does not.
    case putFailsHalfway, putKeepsHalf
    /// The object is fetched, but the call fails.
    case getFailsAfter
    /// Something else is fetched: another object, one changed bit, less of it, what it was before, or nothing.
    case getOther, getFlipped, getCut, getStale, getNothing
    /// The object is removed but the call fails, or it is not removed and the call says nothing.
    case deleteFailsAfter, deleteDoesNothing
}
