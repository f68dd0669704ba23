internal import Configuration
internal import Jobs
internal import Secrets
internal import Support

/// What a recovery kit says of each store.
extension KitPage {
    mutating func add(_ job: RecoveryKit.Job, _ zone: TimeZoneClock) {
        heading(2, "Job \(job.name)")
        var facts: [(name: String, value: String)] = []
        if let description = job.description { facts.append(("What", description)) }
        facts.append(("Holds", job.sources.joined(separator: ", ")))
        facts.append(
            (
                "Encryption",
                job.passphrase.map { "AES-256 (AES Crypt), with the passphrase in \($0.file)" } ?? "none"
            ))
        if job.stores.count > 1 {
            facts.append(("Stores", "\(job.stores.count), any one of which is enough"))
        }
        blocks.append(.facts(facts))
        for store in job.stores { add(store, of: job, zone) }
    }

    private mutating func add(_ store: RecoveryKit.Store, of job: RecoveryKit.Job, _ zone: TimeZoneClock) {
        heading(3, "\(job.name) at \(store.destination)")
        var facts: [(name: String, value: String)] = [("Where", Self.shown(store.url))]
        facts += store.options.map { ($0.name, Self.shown($0.value)) }
        facts += store.login.map { ($0.name, Self.shown($0.value)) }
        facts.append(("Object names", "\(store.prefix ?? "duplicati")-…"))
        facts.append(("Elsewhere", store.isOffSite ? "yes" : "no, it is near the machine that was backed up"))
        if let name = store.storageClass { facts.append(("Storage class", name)) }
        if let lock = store.lock {
            facts.append(("Locked", "objects cannot be deleted for \(lock.period) (\(lock.mode.rawValue))"))
        }
        switch store.knowledge {
        case .nothing(let reason): facts.append(("Versions", "not known when this was printed: \(reason)"))
        case .versions(_, let count, let blockSize):
            facts.append(("Versions", "\(HumanText.count(count)) when this was printed; the newest:"))
            if let blockSize {
                facts.insert(("Block size", "\(HumanText.count(blockSize)) bytes"), at: facts.count - 1)
            }
        }
        blocks.append(.facts(facts))
        if case .versions(let versions, _, _) = store.knowledge, !versions.isEmpty {
            blocks.append(
                .table(
                    [["Time", "Files", "Size", ""]]
                        + versions.map {
                            [
                                zone.text($0.time), HumanText.count($0.files), HumanText.size($0.bytes),
                                $0.isFull ? "" : "partial",
                            ]
                        }))
        }
        addRestore(store, of: job)
    }

    private mutating func addRestore(_ store: RecoveryKit.Store, of job: RecoveryKit.Job) {
        let place = "--destination \(ShellWord.quoted(store.destination)) -c kit.yaml"
        let name = ShellWord.quoted(job.name)
        let target = ShellWord.quoted("restored/\(job.name)")
        if store.storageClass != nil || store.options.contains(where: { $0.name.contains("archive") }) {
            text(
                "Where the storage class is an archive, objects have to be ordered before they can be read. This orders "
                    + "what the newest version needs, which costs money and takes hours; see its dry run first:")
            commands("dunnage thaw \(name) \(place) --dry-run")
        }
        text("See what there is; the second command lists the newest version:")
        commands("dunnage versions \(name) \(place)\ndunnage files \(name) \(place) > files-\(job.name).txt")
        text("Restore everything; --version 1 is the version before the newest, --version 2026-11-21 that of a day:")
        commands("dunnage restore \(name) \(place) --target \(target)")
        text("Restore a file or a folder; find it first, by its whole path or by a part of its name:")
        commands(
            "WANTED='*report*'\ndunnage find \(name) \"$WANTED\" \(place)\n"
                + "dunnage restore \(name) \"$WANTED\" \(place) --target \(ShellWord.quoted("some/\(job.name)"))")
        text("Check all of the store, which reads all of it:")
        commands("dunnage verify \(name) \(place) --full")
        if let url = store.plainURL {
            text("The same without kit.yaml, or where the folder is mounted elsewhere:")
            let passphrase = job.passphrase.map { " --passphrase-file \($0.file)" } ?? ""
            commands(
                "dunnage restore --store \(ShellWord.quoted(url))\(passphrase) \\\n"
                    + "    --target \(ShellWord.quoted("direct/\(job.name)"))")
        }
    }

    /// A value with the names of the files where its secrets are.
    static func shown(_ template: Template) -> String {
        template.pieces.map { piece in
            switch piece {
            case .text(let text): text
            case .secret(let reference): "<secrets/\(reference.name)>"
            }
        }.joined()
    }
}
