internal import Catalog
internal import Destinations
internal import Glibc
internal import StoreFormat
internal import Support

/// Writes the filelist of a version from the catalog, sends it, and makes the version when it is listed.
struct VersionSender {
    let store: Store
    let settings: StoreSettings
    let encryption: Encryption
    let prefix: String
    let temporaryFolder: String
    let upload: (SealedVolume) throws -> Void

    /// Seconds that a common time may be ahead: the newest version of one of the stores may be of a moment ago, or of a
    /// clock that was a little ahead.
    private static let longestLead: Int64 = 10

    /// Sends the list of an unfinished run's version under the first free time.
    ///
    /// - Parameters:
    ///   - run: whose version it is.
    ///   - isFull: whether the run saw everything.
    ///   - catalog: has the run's rows.
    ///   - listing: what the destination had before; tells which times are taken.
    ///   - common: the time that versions at several destinations are to have alike, unless the clock was set back since.
    /// - Returns: the list, which is at the destination; the catalog knows that it was to be sent.
    /// - Throws: `.cancelled`, `.clockBehind` when the newest version is of a time that is not soon, and what keeps the list
    ///   from being written or sent.
    func send(
        _ run: UnfinishedRun, isFull: Bool, from catalog: Catalog, listing: StoreListing, at common: Timestamp? = nil
    ) throws -> UnfinishedRun.AnnouncedList {
        // A clock that was set back since the run began was wrong before: what it said then is later than now.
        let now = store.now()
        let isNear = common.map { $0.seconds - now.seconds <= Self.longestLead } ?? false
        var time = listing.nextVersionTime(at: isNear ? common ?? now : min(run.started, now))
        for _ in 0..<60 {
            // Runs in quick succession must not run ahead of the clock.
            try VersionTimes.wait(for: Timestamp(seconds: time.seconds - 1), store)
            try store.cancellation.check()
            let name = ObjectName.dlist(prefix: prefix, time: time, encryption: encryption)
            let writer = try VolumeWriter(
                name: name, settings: settings, passphrase: store.passphrase, folder: temporaryFolder,
                created: .now())
            try writer.add(FilesetFlags(isFullBackup: isFull))
            var totals = FilesetWriter.Totals()
            try catalog.read { reader in
                let fileset = FilesetWriter(settings: settings, contents: try reader.contents())
                try writer.addFileList { entries in
                    totals = try fileset.write(version: run.version, reader, to: entries) {
                        store.cancellation.isCancelled
                    }
                }
            }
            let sealed = try writer.finish()
            var announced = run
            let list = UnfinishedRun.AnnouncedList(
                name: name, size: sealed.size, hash: sealed.hash, isFull: isFull, totals: totals)
            announced.list = list
            // Should this process die after the list has arrived, the next one knows what it is.
            try catalog.write { try announced.keep($0) }
            do {
                try upload(sealed)
                return list
            } catch EngineError.destination(let error) where error.kind == .exists {
                // Another writer has taken the time.
                time = Timestamp(seconds: time.seconds + 1)
            }
        }
        throw EngineError.uploadNotListed(["the filelist"], destination: store.destination.label)
    }
}
