internal import Engine
internal import JSON
internal import Jobs
internal import Support

/// Lists the entries of a version, as they come from the catalog: there may be millions.
struct FilesAction {
    let store: StoreChoice
    let version: String?
    let json: Bool

    func perform(_ program: Program) throws -> Jobs.ExitCode {
        let patterns = try OpenedStore.expressions(store.patterns)
        let opened = try OpenedStore(store, program)
        opened.endProgress()
        let selector = try opened.version(version)
        var list = EntryList(program.console, zone: opened.setting.zone)
        if json {
            try list.begin(document: "files", array: "entries")
            let version = try opened.view.streaming { stop throws(EngineError) in
                try opened.view.files(of: selector, matching: patterns) { entry in
                    try stop.on { try list.add(json: entry.json) }
                }
            }
            try list.end([.init("version", version.json)])
        } else {
            try list.heading()
            try opened.view.streaming { stop throws(EngineError) in
                _ = try opened.view.files(of: selector, matching: patterns) { entry in
                    try stop.on { try list.add(entry) }
                }
            }
        }
        return opened.exitCode
    }
}
