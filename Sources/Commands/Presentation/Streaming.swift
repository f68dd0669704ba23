internal import Engine

/// Keeps the error of a writer that is called from within a reader, which would only pass on errors of its own.
final class StreamStop {
    fileprivate var error: (any Error)?

    /// What was thrown, if anything was.
    var cause: (any Error)? { error }

    /// Does a part of the work; what it throws ends the reading and comes out of ``StoreView/streaming(_:)``.
    func on(_ body: () throws -> Void) throws {
        do {
            try body()
        } catch {
            self.error = error
            throw error
        }
    }
}

extension StoreView {
    /// Reads and writes at the same time, and throws what really went wrong.
    func streaming<Value>(_ body: (StreamStop) throws(EngineError) -> Value) throws -> Value {
        let stop = StreamStop()
        do {
            return try body(stop)
        } catch {
            throw stop.error ?? error
        }
    }
}
