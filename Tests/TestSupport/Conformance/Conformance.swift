/// All promises of a destination, in the order of their numbers.
public enum Conformance {
    /// The checks; a kind of destination goes through every one of them.
    public static let checks: [ConformanceCheck] =
        (configuration + connection + connectedTransfers + transfers + listing + oddListings + recovery + patience
        + limits + openStack + kinds).sorted { $0.number < $1.number }

    private static let kinds = [
        ConformanceCheck(49, "a locked object is not deleted before its time", needs: .locks),
        ConformanceCheck(50, "an archived object is recognised, thawed and read", needs: .archive),
        ConformanceCheck(51, "deleting by version frees the space", needs: .versions),
        ConformanceCheck(52, "small metadata objects stay in the standard class", needs: .storageClasses),
        ConformanceCheck(53, "an interrupted upload of parts is resumed or leaves none", needs: .parts),
        ConformanceCheck(54, "corrections of region and address are made once", needs: .s3),
        ConformanceCheck(62, "signatures agree with the published examples", needs: .s3),
        ConformanceCheck(63, "requests of every shape are signed right", needs: .s3),
        ConformanceCheck(64, "an unsigned payload is refused on plain http", needs: .s3),
        ConformanceCheck(65, "errors with status 200 are failures", needs: .s3),
        ConformanceCheck(66, "credentials come from every source", needs: .s3),
        ConformanceCheck(67, "keys with odd characters survive both kinds of listing", needs: .s3),
    ]
}
