internal import YAML

/// Puts the filters of named sets in the place of `use`.
struct FilterSets {
    /// How many filters all jobs together may have, those of sets counted each time: a short file can ask for many.
    static let most = 100_000

    private let sets: [String: [Node]]
    private let text: (Node) -> String?

    /// - Parameters:
    ///   - root: the tree.
    ///   - text: the text of a single value with its variables filled in.
    init(_ root: Node, text: @escaping (Node) -> String?) {
        let entries = (root["filter_sets"]?.entries ?? []).filter { !Extension.isExtension($0.key) }
        sets = Dictionary(entries.map { ($0.key, $0.value.items ?? []) }) { first, _ in first }
        self.text = text
    }

    /// The single filters of a list, in their order.
    func expanded(_ filters: [Node]) -> [Node] {
        filters.flatMap { filter in filter["use"].map { set($0) } ?? [filter] }
    }

    private func set(_ use: Node) -> [Node] {
        text(use).flatMap { sets[$0] } ?? []
    }

    /// Refuses more filters than a program can hold.
    static func check(_ root: Node, _ check: inout SchemaCheck) {
        let current = check
        let sets = FilterSets(root) { current.text($0) }
        var count = 0
        for job in root["jobs"]?.entries ?? [] where !Extension.isExtension(job.key) {
            for filter in job.value["filters"]?.items ?? [] {
                count += filter["use"].map { sets.set($0).count } ?? 1
            }
            guard count > most else { continue }
            return check.add(
                .limit, "the jobs have more than \(most) filters, those of sets included", at: job.keyRange, in: Place()
            )
        }
    }
}
