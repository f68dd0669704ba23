public import Destinations
internal import Synchronization

/// What a destination has to say, kept in order.
public final class Sentences: Sendable {
    private let kept = Mutex<[String]>([])

    /// Nothing was said yet.
    public init() {}

    /// What was said.
    public var all: [String] { kept.withLock { $0 } }

    /// Keeps a sentence.
    public func add(_ sentence: String) { kept.withLock { $0.append(sentence) } }

    /// A world whose warnings are kept here.
    public var environment: DestinationEnvironment {
        DestinationEnvironment(warn: { self.add($0) })
    }
}
