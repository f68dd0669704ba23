internal import Catalog
internal import Engine
internal import Jobs
internal import Support

/// Holds versions, or releases them.
struct HoldAction {
    enum Change {
        case hold(reason: String?)
        case release
    }

    let store: StoreChoice
    let change: Change

    func perform(_ program: Program) throws -> Jobs.ExitCode {
        let opened = try OpenedStore(store, program)
        defer { opened.endProgress() }
        let versions = try opened.versions(store.patterns)
        let times = versions.map(\.time)
        switch change {
        case .hold(let reason):
            let now = Timestamp(seconds: Timestamp.now().seconds)
            try HoldBook.change(
                opened.session, holding: times.map { Hold(version: $0, reason: reason, since: now) })
        case .release: try HoldBook.change(opened.session, releasing: times)
        }
        opened.endProgress()
        let word = if case .hold = change { "Held" } else { "Released" }
        try program.tell {
            for time in times where !program.output.isQuiet {
                try program.console.print("\(word): version of \(opened.setting.zone.text(time))")
            }
        }
        return .success
    }
}

extension OpenedStore {
    /// The versions that words of a command line mean, the newest first, each once.
    /// - Throws: `Failure`, or `EngineError.noSuchVersion`.
    func versions(_ words: [String]) throws -> [CatalogVersion] {
        let all = try session.catalog.read { try $0.versions() }
        let wanted = Set(try words.map { try version($0).resolve(all).id })
        return all.reversed().filter { wanted.contains($0.id) }
    }
}
