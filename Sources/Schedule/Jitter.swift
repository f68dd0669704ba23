internal import Support

/// A stable delay: the same for the same seed, so that a plan can name exact times.
public enum Jitter {
    /// A number of seconds from 0 to less than `limit`.
    /// - Parameters:
    ///   - limit: seconds; 0 and less give 0.
    ///   - seed: what is to have a delay of its own: the instance and the job.
    /// - Returns: the delay.
    public static func seconds(below limit: Int64, seed: String) -> Int64 {
        limit > 0 ? Int64(StableHash.of("\(seed)\njitter") % UInt64(limit)) : 0
    }
}
