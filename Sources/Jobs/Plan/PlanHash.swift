internal import Cryptography
internal import Support

/// The hash of a plan, over a canonical form of its effects.
///
/// In it are the values that change, what becomes of stores, and each version that goes, by destination. Not in it is
/// what changes by itself from one hour to the next and asks for nobody's approval: the next times of a schedule, the
/// files that a walk finds, lines and file names, diagnostics.
enum PlanHash {
    static func of(jobs: [PlannedJob], changes: [PlanChange]) -> String {
        var text = "dunnage plan 1\n"
        for job in jobs {
            add(["job", job.kind.rawValue, job.name], to: &text)
            add(job.changes, to: &text)
            for store in job.stores { add(["store", store.destination] + store.kind.words, to: &text) }
            for effect in job.retention { add(effect, to: &text) }
        }
        add(changes, to: &text)
        return "sha256:\(HashContext(.sha256).hash(Array(text.utf8)).hex)"
    }

    private static func add(_ changes: [PlanChange], to text: inout String) {
        for change in changes {
            add(
                ["value", change.path, change.old.map { "=\($0)" } ?? "", change.new.map { "=\($0)" } ?? ""], to: &text)
        }
    }

    private static func add(_ effect: RetentionEffect, to text: inout String) {
        switch effect.finding {
        case .noStore: break
        case .unknown: add(["unknown", effect.destination], to: &text)
        case .versions(let deletion):
            for version in deletion.versions { add(["delete", effect.destination, version.time.iso8601], to: &text) }
        }
    }

    /// Each word with its length, so that no word can look like two.
    private static func add(_ words: [String], to text: inout String) {
        text += words.map { "\($0.utf8.count):\($0)" }.joined(separator: " ") + "\n"
    }
}

extension StoreEffect.Kind {
    /// What becomes of a store, for programs: the kind and its details.
    fileprivate var words: [String] {
        switch self {
        case .new: ["new"]
        case .takenOver(let job, let destination): ["taken_over", job, destination]
        case .moved(let from, let to): ["moved", from, to]
        case .renamed(let from, let to): ["renamed", from, to]
        case .unfit(let setting, let from, let to): ["unfit", setting, from, to]
        case .passphrase(let from, let to): ["passphrase", from, to]
        case .unmanaged: ["unmanaged"]
        }
    }
}
