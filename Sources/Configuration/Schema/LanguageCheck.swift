internal import YAML

/// Everything that no single key can tell.
enum LanguageCheck {
    /// Checks the tree with complete jobs.
    static func run(_ root: Node, _ check: inout SchemaCheck) {
        SourceCheck.run(root, &check)
        SecretCheck.run(root, &check)
        ExpectationCheck.run(root, &check)
        ScheduleCheck.run(root, &check)
        ImmutabilityCheck.run(root, &check)
        ListenCheck.run(root, &check)
        PendingCheck.run(&check)
    }

    /// The jobs of a tree.
    static func jobs(_ root: Node) -> [Node.Entry] {
        (root["jobs"]?.entries ?? []).filter { !Extension.isExtension($0.key) }
    }
}
