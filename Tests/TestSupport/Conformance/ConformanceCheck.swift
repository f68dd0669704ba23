/// One promise that every destination has to keep, under the number that it has in the list of them all.
public struct ConformanceCheck: Sendable, CustomStringConvertible {
    /// What a check found.
    public enum Outcome: Sendable {
        /// The promise is kept.
        case kept
        /// The promise does not concern this kind of destination, or cannot be tried here.
        case skipped(String)
    }

    typealias Body = @Sendable (ConformanceSubject, ConformanceSandbox) throws -> Outcome

    /// A promise that is not kept.
    public struct Violation: Error, CustomStringConvertible {
        /// What was found instead.
        public let description: String
    }

    /// The number in the list.
    public let number: Int

    /// The promise.
    public let title: String

    private let needs: ConformanceSubject.Ability?
    private let body: Body?

    /// A check that every kind goes through.
    init(_ number: Int, _ title: String, _ body: @escaping Body) {
        self.number = number
        self.title = title
        self.body = body
        needs = nil
    }

    /// A check that kinds with an ability go through.
    init(_ number: Int, _ title: String, needs ability: ConformanceSubject.Ability, _ body: @escaping Body) {
        self.number = number
        self.title = title
        self.body = body
        needs = ability
    }

    /// A check with a scripted server, for kinds with an ability.
    init(
        _ number: Int, _ title: String, needs ability: ConformanceSubject.Ability = .network,
        wire body: @escaping @Sendable (WireSubject, ConformanceSandbox) throws -> Outcome
    ) {
        self.init(number, title, needs: ability) { subject, sandbox in
            guard let wire = subject.wire else { return .skipped("\(subject.name) has no scripted server") }
            return try body(wire, sandbox)
        }
    }

    /// A check for kinds with an ability; the first such kind brings its body along.
    init(_ number: Int, _ title: String, needs ability: ConformanceSubject.Ability) {
        self.number = number
        self.title = title
        needs = ability
        body = nil
    }

    /// Number and promise.
    public var description: String { "\(number). \(title)" }

    /// What a kind of destination would need, and has not, for the promise to concern it.
    public func missingAbility(of subject: ConformanceSubject) -> ConformanceSubject.Ability? {
        needs.flatMap { subject.abilities.contains($0) ? nil : $0 }
    }

    /// Tries whether a kind of destination keeps the promise.
    public func run(on subject: ConformanceSubject) throws -> Outcome {
        if let ability = missingAbility(of: subject) {
            return .skipped("\(subject.name) has no \(ability.rawValue)")
        }
        guard let body else {
            throw Violation(description: "\(subject.name) is the first kind with this ability: write the check")
        }
        // The files of the sandbox are there until the check is over.
        let sandbox = try ConformanceSandbox()
        return try withExtendedLifetime(sandbox) { try body(subject, sandbox) }
    }
}

/// Throws unless a condition holds.
func expect(_ condition: Bool, _ message: @autoclosure () -> String) throws {
    if !condition { throw ConformanceCheck.Violation(description: message()) }
}
