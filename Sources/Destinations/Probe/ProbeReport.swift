/// What a probe of a destination came to.
public struct ProbeReport: Sendable, Hashable {
    /// The destination, without secrets.
    public let label: String
    /// What was tried and asked, in that order.
    public internal(set) var findings: [ProbeFinding] = []
    /// How long a small question and its answer take, the quickest of several; nil when none could be asked.
    public internal(set) var roundTrip: Duration?

    /// A report that says nothing yet.
    init(label: String) {
        self.label = label
    }

    /// The report of a destination that could not even be opened.
    public init(label: String, unusable detail: String) {
        self.label = label
        findings = [ProbeFinding("open", .bad, detail)]
    }

    /// The rights that the credentials were shown to lack.
    public var missingRights: [ProbeRight] {
        let missing = Set(findings.compactMap(\.missingRight))
        return ProbeRight.allCases.filter { missing.contains($0) }
    }

    /// The worst of all findings: bad, doubtful or good.
    public var judgement: ProbeFinding.Judgement {
        for judgement in [ProbeFinding.Judgement.bad, .doubtful] {
            if findings.contains(where: { $0.judgement == judgement }) { return judgement }
        }
        return .good
    }

    /// The finding of that name.
    public subscript(name: String) -> ProbeFinding? { findings.first { $0.name == name } }
}
