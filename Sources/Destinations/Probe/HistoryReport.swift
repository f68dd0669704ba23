/// Whether whoever has the credentials of a destination could destroy what is stored there.
public struct HistoryReport: Sendable, Hashable {
    /// The destination, without secrets.
    public let label: String
    /// The ways to do that, and what stands against them.
    public internal(set) var risks: [HistoryRisk] = []
    /// What no listing shows; nil where the destination keeps no versions, or does not tell.
    public internal(set) var hiddenVersions: HiddenVersions?

    init(label: String) {
        self.label = label
    }

    /// Bad where a way is open, doubtful where nobody can tell of one, and otherwise good.
    public var judgement: ProbeFinding.Judgement {
        if risks.contains(where: { $0.isOpen == true }) { return .bad }
        return risks.contains { $0.isOpen == nil && !$0.advice.isEmpty } ? .doubtful : .good
    }

    /// The risk of that name.
    public subscript(name: String) -> HistoryRisk? { risks.first { $0.name == name } }
}
