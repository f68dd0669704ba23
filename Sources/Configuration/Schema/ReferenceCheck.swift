internal import Secrets
internal import YAML

/// Checks that every name that is used is defined, and every definition used.
struct ReferenceCheck {
    private struct Section {
        let key: String
        let noun: String
        let undefined: DiagnosticCode
        let unused: DiagnosticCode?
        let advice: String
    }

    private static let hidingUses: Set<DiagnosticCode> = [
        .syntax, .duplicateKey, .alias, .tag, .unknownKey, .missingKey, .wrongType, .empty, .conflictingKeys, .badName,
        .badInterpolation,
    ]

    private static func section(_ kind: ValueKind.Reference) -> Section {
        switch kind {
        case .secret:
            Section(
                key: "secrets", noun: "secret", undefined: .undefinedSecret, unused: .unusedSecret,
                advice: "remove it, or use it as `{ secret: % }` or as `${secret:%}` in a text")
        case .destination:
            Section(
                key: "destinations", noun: "destination", undefined: .undefinedDestination, unused: .unusedDestination,
                advice: "name it in a job: `destinations: [%]`")
        case .report:
            Section(
                key: "reports", noun: "report", undefined: .undefinedReport, unused: .unusedReport,
                advice: "name it in a job or in `defaults`: `reports: [%]`")
        case .job:
            Section(key: "jobs", noun: "job", undefined: .undefinedJob, unused: nil, advice: "")
        case .filterSet:
            Section(
                key: "filter_sets", noun: "filter set", undefined: .undefinedFilterSet, unused: .unusedFilterSet,
                advice: "name it in the filters of a job: `- use: %`")
        }
    }

    private static let kinds: [ValueKind.Reference] = [.secret, .destination, .report, .job, .filterSet]

    /// The code for a name that a section lacks; `nil` for what is no section of names.
    static func undefined(section key: String) -> DiagnosticCode? {
        kinds.lazy.map { section($0) }.first { $0.key == key }?.undefined
    }

    private static let mostNames = 100

    private static func listed(_ names: [String]) -> String {
        let shown = names.sorted().prefix(mostNames).joined(separator: ", ")
        return names.count > mostNames ? "\(shown) and \(names.count - mostNames) more" : shown
    }

    static func run(_ root: Node, _ check: inout SchemaCheck) {
        for kind in kinds {
            let section = section(kind)
            let entries = (root[section.key]?.entries ?? []).filter { !Extension.isExtension($0.key) }
            let defined = entries.map { $0.key }
            let uses = check.uses.filter { $0.kind == kind }
            let names = Set(defined)
            let note = defined.isEmpty ? "none is defined" : "defined: \(listed(defined))"
            // A file with thousands of names was not written by hand, and needs no suggestions.
            let candidates = defined.prefix(Self.mostNames)
            for use in uses where !names.contains(use.name) {
                check.add(
                    section.undefined, "\(section.noun) `\(CredentialNames.maskingURL(use.name))` is not defined",
                    at: use.range, in: use.place, notes: [note], help: ValueKind.didYouMean(use.name, candidates))
            }
            // After such errors a name may be unused only because its use could not be read.
            guard check.findings.all.allSatisfy({ !hidingUses.contains($0.code) && $0.code != section.undefined })
            else {
                continue
            }
            guard let unused = section.unused else { continue }
            let used = Set(uses.map { $0.name })
            for entry in entries where !used.contains(entry.key) {
                check.add(
                    unused, "\(section.noun) `\(entry.key)` is not used", at: entry.keyRange, in: Place(),
                    help: [section.advice.replacing("%", with: entry.key)])
            }
        }
    }
}
