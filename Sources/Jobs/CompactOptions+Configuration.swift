public import Configuration
public import Engine
internal import Support

extension CompactOptions {
    /// The thresholds of a job.
    public init(_ job: JobSpecification) {
        self.init()
        volumeSize = job.options.volumeSize?.bytes ?? BackupOptions().volumeSize
        guard let given = job.compact else { return }
        mode = given.isAutomatic ? .auto : .off
        threshold = given.threshold ?? threshold
        smallFileSize = given.smallFileSize?.bytes
        smallFileMaxCount = given.smallFileMaxCount ?? smallFileMaxCount
        minimumInterval = given.interval?.fixedSeconds ?? 0
    }
}
