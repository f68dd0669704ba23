internal import CPosix

/// How a thread shares the machine with others.
///
/// What it starts, threads and programs, inherits that.
public struct ThreadPriority: Sendable, Hashable {
    /// How disks are shared.
    public enum Disk: Sendable, Hashable {
        /// As the processor is, or as the program was started.
        case usual
        /// After others.
        case low
        /// When nobody else wants them.
        case idle
    }

    /// Whether it goes after everything else for a processor.
    public var isLowForCPU = false
    /// How it shares the disks.
    public var disk = Disk.usual

    /// That of the program.
    public init() {}

    /// Whether it is that of the program.
    public var isUsual: Bool { self == ThreadPriority() }

    /// Gives it to the calling thread, for good: few programs may raise a priority again.
    /// - Returns: what the system refused; the rest holds.
    public func assume() -> [SystemError] {
        var refused: [SystemError] = []
        if isLowForCPU {
            let code = cposix_lower_thread_cpu()
            if code != 0 { refused.append(SystemError("lower the priority for the processor", code: code)) }
        }
        let diskClass: Int32? =
            switch disk {
            case .usual: nil
            case .low: Int32(CPOSIX_DISK_SHARED)
            case .idle: Int32(CPOSIX_DISK_IDLE)
            }
        if let diskClass {
            let code = cposix_lower_thread_disk(diskClass)
            if code != 0 { refused.append(SystemError("lower the priority for the disks", code: code)) }
        }
        return refused
    }
}
