internal import Configuration
internal import Destinations
internal import Engine
internal import JSON
internal import Jobs
internal import Secrets
internal import Support

/// Shows the leases on a store, and removes those that may be removed.
struct UnlockAction {
    let store: StoreChoice
    let removesLive: Bool
    let json: Bool

    func perform(_ program: Program) throws -> Jobs.ExitCode {
        let access = try open(program)
        let holders = try Lease.holders(
            at: access.destination, prefix: access.prefix, passphrase: access.passphrase)
        let due = holders.filter { removesLive || !$0.isLive }
        for holder in due { try Lease.remove(holder, at: access.destination) }
        let isHeld = due.count < holders.count
        try program.tell {
            guard !json else {
                let leases = holders.map { $0.json(isRemoved: due.contains($0)) }
                return try program.console.print(
                    document: "unlock",
                    [.init("store", .string(access.destination.label)), .init("leases", .array(leases))])
            }
            if holders.isEmpty { try program.console.print("Nobody holds a lease on \(access.destination.label).") }
            for holder in holders {
                let what = due.contains(holder) ? "Removed the lease of" : "In use by"
                try program.console.print(PrintableText.escaped("\(what) \(holder)."))
            }
            if isHeld {
                try program.console.print("If it is certain that the holder has ended, repeat with --force.")
            }
        }
        return isHeld ? .temporary : .success
    }

    private func open(_ program: Program) throws -> StoreAccess {
        switch store.place {
        case .job(let name, let destination, let path):
            let configuration = try program.load(path).configuration
            let job = try configuration.findJob(name)
            let secrets = SecretStore(
                of: configuration, environment: program.environment, mask: program.mask)
            return try StoreAccess(
                job: job, at: try configuration.findDestination(destination, of: job), secrets: secrets,
                logger: program.setting(configuration.runtime).logger)
        case .url(let url, let passphraseFile):
            return try StoreAccess(
                url: url, passphraseFile: passphraseFile, environment: program.environment, mask: program.mask,
                logger: program.setting().logger)
        }
    }
}

extension LeaseHolder {
    /// The lease for machines.
    fileprivate func json(isRemoved: Bool) -> JSONValue {
        .object([
            .init("object", .string(object)), .init("instance", .string(instance)), .init("host", .string(host)),
            .init("process", .integer(process)), .init("activity", .string(activity)),
            .init("started", .string(started.iso8601)), .init("expires", .string(expires.iso8601)),
            .init("live", .bool(isLive)), .init("removed", .bool(isRemoved)),
        ])
    }
}
