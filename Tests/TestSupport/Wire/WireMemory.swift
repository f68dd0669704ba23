internal import Synchronization

/// What a scripted server keeps, and in which ways it is odd.
public final class WireMemory: Sendable {
    struct State {
        var objects: [String: [UInt8]] = [:]
        var pageSize: Int
        var oddity: PageOddity?
        var undeletable: Set<String> = []
    }

    let state: Mutex<State>

    init(pageSize: Int) {
        state = Mutex(State(pageSize: pageSize))
    }
}

extension WireServer {
    /// The objects of the container, by their whole names.
    public var objects: [String: [UInt8]] {
        get { memory.state.withLock { $0.objects } }
        set { memory.state.withLock { $0.objects = newValue } }
    }

    /// How many rows a page of a listing has at most.
    public var pageSize: Int {
        get { memory.state.withLock { $0.pageSize } }
        set { memory.state.withLock { $0.pageSize = newValue } }
    }

    /// In which way pages are odd.
    public var oddity: PageOddity? {
        get { memory.state.withLock { $0.oddity } }
        set { memory.state.withLock { $0.oddity = newValue } }
    }

    /// Objects whose deletion is refused.
    public var undeletable: Set<String> {
        get { memory.state.withLock { $0.undeletable } }
        set { memory.state.withLock { $0.undeletable = newValue } }
    }

    /// Stores an object.
    func store(_ name: String, _ content: [UInt8]) { memory.state.withLock { $0.objects[name] = content } }

    /// Removes an object; false when there was none.
    @discardableResult
    func remove(_ name: String) -> Bool { memory.state.withLock { $0.objects.removeValue(forKey: name) != nil } }

    /// The names with a beginning that follow a name, as a page of a listing has them, and whether there are more.
    func page(
        of prefix: String, after marker: String, atMost wanted: Int
    ) -> (names: ArraySlice<String>, isTruncated: Bool) {
        let names = objects.keys.filter { $0.hasPrefix(prefix) }.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        let rest = oddity == .repeated ? names : names.filter { marker.utf8.lexicographicallyPrecedes($0.utf8) }
        let most = min(pageSize, wanted)
        let page = rest.prefix(oddity == .short ? max(1, most / 3) : most)
        return (page, page.count < rest.count)
    }
}
