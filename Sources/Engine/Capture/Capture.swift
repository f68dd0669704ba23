internal import StoreFormat
internal import Support
internal import Synchronization

/// The meeting of several backups of the same sources, which then are read once for all of them.
///
/// Each backup prepares and ends on a thread of its own, and has its own store, catalog and result. In between they
/// come here; when the last has come, or has said that it does not, the sources are read. Backups whose block size or
/// hashes differ cannot share blocks: they are read for one after the other.
public final class Capture: Sendable {
    private struct State {
        /// Backups that have not said that they do not come.
        var expected: Int
        var isPlanned = false
        var arrived: [Arrival] = []
        /// Those whose turn has not come.
        var groups: [[BackupContext]] = []
        var current: CaptureReading?
    }

    private struct Arrival {
        let seat: Int
        let context: BackupContext
    }

    /// Whether more than one backup is expected.
    let isShared: Bool
    private let state: Mutex<State>
    private let readings: Numbers

    private final class Numbers: Sendable {
        private let last = Atomic<Int>(0)

        func next() -> Int { last.add(1, ordering: .relaxed).newValue }
    }

    /// A meeting of so many backups, one or more.
    public convenience init(backups: Int) {
        self.init(backups, Numbers())
    }

    private init(_ backups: Int, _ readings: Numbers) {
        isShared = backups > 1
        state = Mutex(State(expected: max(1, backups)))
        self.readings = readings
    }

    /// A meeting for a single backup that has to begin again; its reading has a number that no other one has.
    func alone() -> Capture { Capture(1, readings) }

    /// The place of the backup with this number; each number from 0 on is to be given away once.
    public func seat(_ number: Int) -> CaptureSeat { CaptureSeat(self, number: number) }

    // MARK: Coming and leaving

    /// Waits for the others, and for the turn of this backup; its sources are being read when this returns.
    ///
    /// - Throws: `.cancelled`, or what failed the backup while it waited.
    func enter(_ context: BackupContext, seat: Int) throws -> CaptureReading {
        let isComplete = state.withLock { state in
            state.arrived.append(Arrival(seat: seat, context: context))
            return Self.plan(&state)
        }
        if isComplete { beginNext() }
        guard let reading = context.turn.pop() else {
            try context.pipeline.check()
            throw EngineError.cancelled
        }
        return reading
    }

    /// Says that one backup does not come.
    func leave() {
        let isComplete = state.withLock { state in
            state.expected -= 1
            return Self.plan(&state)
        }
        if isComplete { beginNext() }
    }

    /// Ends the part of a backup in a reading, and begins the next one after the last backup has left.
    func leave(_ reading: CaptureReading) {
        if reading.leave() { beginNext() }
    }

    /// Ends the walk: what the run has seen until then is what it will have.
    func stop() {
        state.withLock { $0.current }?.stopWalk()
    }

    // MARK: Turns

    /// Puts those together that can share a reading, once all are there.
    private static func plan(_ state: inout State) -> Bool {
        guard !state.isPlanned, state.arrived.count >= state.expected else { return false }
        state.isPlanned = true
        for arrival in state.arrived.sorted(by: { $0.seat < $1.seat }) {
            let fitting = state.groups.firstIndex { $0.first?.settings == arrival.context.settings }
            if let fitting {
                state.groups[fitting].append(arrival.context)
            } else {
                state.groups.append([arrival.context])
            }
        }
        state.arrived = []
        return true
    }

    private func beginNext() {
        let next = state.withLock { state -> CaptureReading? in
            state.current = nil
            while !state.groups.isEmpty {
                // Who was cancelled while it waited is not waited for.
                let targets = state.groups.removeFirst().filter { !$0.pipeline.hasFailed }
                guard !targets.isEmpty else { continue }
                let reading = CaptureReading(number: readings.next(), targets: targets)
                state.current = reading
                return reading
            }
            return nil
        }
        guard let next else { return }
        let absent = next.targets.filter { !$0.turn.push(next) }
        next.begin()
        // One of the leaves is that of the thread that began.
        for _ in 0...absent.count { leave(next) }
    }
}
