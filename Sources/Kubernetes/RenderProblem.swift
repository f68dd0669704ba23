internal import Configuration

/// Something that a manifest cannot say, or that is needed for it.
public struct RenderProblem: Sendable, Hashable, CustomStringConvertible {
    /// The file and line, where it has one.
    public let place: String?
    /// The job, where it is about one.
    public let job: String?
    /// What is wrong, and what to do about it.
    public let message: String

    /// Place, job and message.
    public var description: String {
        "\(place.map { "\($0): " } ?? "")\(job.map { "job \($0): " } ?? "")\(message)"
    }
}

/// Why a configuration does not become manifests: every reason, not only the first.
public struct RenderError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The reasons.
    public let problems: [RenderProblem]

    /// A line for each.
    public var description: String { problems.map(\.description).joined(separator: "\n") }
}

/// Gathers what is wrong.
struct RenderFindings {
    private(set) var errors: [RenderProblem] = []
    private(set) var warnings: [RenderProblem] = []
    private let effective: EffectiveValue

    /// The values in whose places things are wrong.
    init(_ effective: EffectiveValue) { self.effective = effective }

    mutating func refuse(_ message: String, job: String? = nil, _ keys: String...) {
        errors.append(problem(message, job, keys))
    }

    mutating func warn(_ message: String, job: String? = nil, _ keys: String...) {
        warnings.append(problem(message, job, keys))
    }

    /// Takes in warnings of the configuration itself.
    mutating func refuse(_ message: String, at place: String) {
        errors.append(RenderProblem(place: place, job: nil, message: message))
    }

    private func problem(_ message: String, _ job: String?, _ keys: [String]) -> RenderProblem {
        var value: EffectiveValue? = effective
        var place: String?
        for key in (job.map { ["jobs", $0] } ?? []) + keys {
            value = value?[key]
            // Of a key that was not written, the place of what it belongs to.
            if let origin = value?.origin, origin.kind != .default { place = origin.place }
        }
        return RenderProblem(place: place, job: job, message: message)
    }
}
