internal import Catalog
internal import StoreFormat
internal import Support

/// What all stages of one backup run share.
///
/// Nothing in it changes but counters and queues.
struct BackupContext: Sendable {
    let store: Store
    let settings: StoreSettings
    let encryption: Encryption
    let prefix: String
    let volumeSize: Int64
    let compressionLevel: Int
    let started: Timestamp
    let temporaryFolder: String
    let streams: BackupStreams
    let counters: BackupCounters
    let problems: ProblemLog
    let progress: RunProgress
    let cancellation: Cancellation
    let ownerNames: OwnerNames
    let stop: StopSwitch

    /// Starts an object of this store.
    func newVolume(_ name: ObjectName) throws -> VolumeWriter {
        try VolumeWriter(
            name: name, settings: settings, passphrase: store.passphrase, folder: temporaryFolder, created: started)
    }

    /// Sends an object; it is at the destination, whole, when this returns.
    func upload(_ volume: SealedVolume) throws {
        try cancellation.check()
        try store.upload(volume)
        counters.countUpload(volume.name.text, size: volume.size)
    }
}
