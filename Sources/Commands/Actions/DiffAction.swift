internal import Catalog
internal import Engine
internal import JSON
internal import Jobs
internal import Support

/// Says what is different between two versions, while it is read.
struct DiffAction {
    let store: StoreChoice
    let old: String
    let new: String
    let patterns: [String]
    let returnsDifference: Bool
    let json: Bool

    func perform(_ program: Program) throws -> Jobs.ExitCode {
        let expressions = try OpenedStore.expressions(patterns)
        let opened = try OpenedStore(store, program)
        opened.endProgress()
        let (old, new) = (try opened.version(old), try opened.version(new))
        var list = EntryList(program.console, zone: opened.setting.zone)
        if json { try list.begin(document: "diff", array: "differences") }
        var counts: [StoreView.Difference.Change: Int64] = [:]
        let versions = try opened.view.streaming { stop throws(EngineError) in
            try opened.view.diff(from: old, to: new, matching: expressions) { difference in
                counts[difference.change, default: 0] += 1
                try stop.on {
                    if json {
                        try list.add(json: difference.json)
                    } else {
                        try program.console.print(difference.line)
                    }
                }
            }
        }
        let total = StoreView.Difference.Change.allCases.map {
            JSONValue.Member($0.rawValue, .integer(counts[$0] ?? 0))
        }
        if json {
            try list.end([
                .init("old", versions.old.json), .init("new", versions.new.json), .init("counts", .object(total)),
            ])
        } else if !program.output.isQuiet {
            let parts = StoreView.Difference.Change.allCases.compactMap { change in
                counts[change].map { "\($0) \(change.word)" }
            }
            let zone = opened.setting.zone
            try program.console.print(
                "From \(zone.text(versions.old.time)) to \(zone.text(versions.new.time)): "
                    + "\(parts.isEmpty ? "no difference" : parts.joined(separator: ", ")).")
        }
        if returnsDifference, !counts.isEmpty { return .failure }
        return opened.exitCode
    }
}

extension StoreView.Difference.Change {
    fileprivate var word: String {
        switch self {
        case .added: "added"
        case .removed: "removed"
        case .modified: "modified"
        case .type: "of another type"
        case .metadata: "with other metadata"
        }
    }

    fileprivate var mark: String {
        switch self {
        case .added: "+"
        case .removed: "-"
        case .modified: "M"
        case .type: "T"
        case .metadata: "m"
        }
    }
}

extension StoreView.Difference {
    fileprivate var line: String {
        let sizes: String
        switch (old, new) {
        case (let old?, let new?) where old.kind == .file && new.kind == .file && old.size != new.size:
            sizes = "\(HumanText.size(old.size)) → \(HumanText.size(new.size))"
        case (nil, let entry?), (let entry?, nil): sizes = entry.kind == .file ? HumanText.size(entry.size) : ""
        default: sizes = ""
        }
        let path = PrintableText.escaped((new ?? old)?.pathText ?? "")
        return "\(change.mark)  \(path)\(sizes.isEmpty ? "" : "  (\(sizes))")"
    }

    fileprivate var json: [JSONValue.Member] {
        [
            .init("change", .string(change.rawValue)), .init("path", .string((new ?? old)?.pathText ?? "")),
            .init("old", old.map { .object(Array($0.json.dropFirst())) } ?? .null),
            .init("new", new.map { .object(Array($0.json.dropFirst())) } ?? .null),
        ]
    }
}
