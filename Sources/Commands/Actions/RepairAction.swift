internal import Configuration
internal import Engine
internal import JSON
internal import Jobs
internal import Support

/// Repairs a store.
struct RepairAction {
    let store: StoreChoice
    let verifies: Bool
    let removesDamaged: Bool
    let readsSources: Bool
    let isConfirmed: Bool
    let isDryRun: Bool
    let json: Bool

    func perform(_ program: Program) throws -> Jobs.ExitCode {
        // Nothing that anybody needs is removed, unless it is asked for.
        if removesDamaged, !isDryRun {
            try Confirmation.require(
                "Removing damaged objects with what was found nowhere else", isGiven: isConfirmed, on: program.console)
        }
        let opened = try OpenedStore(store, program, change: isDryRun ? nil : "repair", toleratesLostVersions: true)
        defer { opened.endProgress() }
        var options = RepairOptions()
        options.verifies = verifies
        options.removesDamaged = removesDamaged
        options.readsSources = readsSources
        options.isDryRun = isDryRun
        if let size = opened.job?.options.volumeSize { options.volumeSize = size.bytes }
        let summary = try RepairRun(opened.session, options: options, problems: opened.problems).run()
        opened.endChange()
        opened.endProgress()
        try program.tell {
            if json {
                try program.console.print(
                    document: "repair",
                    [.init("store", .string(opened.label)), .init("dry_run", .bool(isDryRun))] + summary.json)
            } else {
                try show(summary, opened, program)
            }
        }
        let isWhole = summary.blocksLost == 0 && !summary.steps.contains { $0.action == .left }
        return isWhole ? .success : .failure
    }

    private func show(_ summary: RepairSummary, _ opened: OpenedStore, _ program: Program) throws {
        for step in summary.steps {
            let words =
                switch step.action {
                case .filelistWritten: isDryRun ? "would write the filelist" : "filelist written"
                case .indexWritten: isDryRun ? "would write the index" : "index written"
                case .dataWritten: isDryRun ? "would write the data" : "data written"
                case .removed: isDryRun ? "would remove" : "removed"
                case .left: "left"
                }
            try program.console.print(PrintableText.escaped("\(words): \(step.object): \(step.detail)"))
        }
        guard !program.output.isQuiet else { return }
        guard !summary.isEmpty else {
            return try program.console.print("Nothing to repair at \(opened.label).")
        }
        if summary.blocksMissing > 0 {
            try program.console.print(
                "\(HumanText.count(summary.blocksMissing, "block")) lost or in damaged objects: "
                    + "\(HumanText.count(summary.blocksSalvaged)) salvaged, "
                    + "\(HumanText.count(summary.blocksElsewhere)) found in other objects, "
                    + "\(HumanText.count(summary.blocksRebuilt)) made again, "
                    + "\(HumanText.count(summary.blocksLost)) lost for good.")
        }
        if summary.blocksLost > 0 {
            try program.console.print("`dunnage broken` lists the files that need what is lost.")
        }
        if !isDryRun { try program.console.print("\(HumanText.size(summary.bytesUploaded)) sent.") }
    }
}

extension RepairSummary {
    /// The summary for machines.
    fileprivate var json: [JSONValue.Member] {
        [
            .init("blocks_missing", .integer(Int64(blocksMissing))),
            .init("blocks_salvaged", .integer(Int64(blocksSalvaged))),
            .init("blocks_elsewhere", .integer(Int64(blocksElsewhere))),
            .init("blocks_rebuilt", .integer(Int64(blocksRebuilt))), .init("blocks_lost", .integer(Int64(blocksLost))),
            .init("bytes_uploaded", .integer(bytesUploaded)),
            .init("versions", .array(versions.map { .string($0.iso8601) })),
            .init(
                "steps",
                .array(
                    steps.map {
                        .object([
                            .init("action", .string($0.action.rawValue)), .init("object", .string($0.object)),
                            .init("detail", .string($0.detail)),
                        ])
                    })),
        ]
    }
}
