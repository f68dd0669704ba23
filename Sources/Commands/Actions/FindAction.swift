internal import Engine
internal import JSON
internal import Jobs
internal import Support

/// Lists the states of entries that match, with the versions that have them.
struct FindAction {
    let store: StoreChoice
    let json: Bool

    func perform(_ program: Program) throws -> Jobs.ExitCode {
        let patterns = try OpenedStore.expressions(store.patterns)
        let opened = try OpenedStore(store, program)
        opened.endProgress()
        var list = EntryList(program.console, zone: opened.setting.zone)
        if json {
            try list.begin(document: "find", array: "matches")
        } else {
            try list.heading(withVersions: true)
        }
        try opened.view.streaming { stop throws(EngineError) in
            try opened.view.find(patterns) { found in
                try stop.on {
                    guard json else { return try list.add(found.entry, versions: found.versions) }
                    let range = found.versions
                    try list.add(
                        json: found.entry.json + [
                            .init("newest_version", .integer(Int64(range.lowerBound))),
                            .init("oldest_version", .integer(Int64(range.upperBound))),
                        ])
                }
            }
        }
        if json { try list.end([]) }
        return opened.exitCode
    }
}
