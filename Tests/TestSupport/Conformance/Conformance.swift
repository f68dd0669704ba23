/// All promises of a destination, in the order of their numbers.
public enum Conformance {
    /// The checks; a kind of destination goes through every one of them.
    public static let checks: [ConformanceCheck] =
        (configuration + connection + transfers + listing + robustness + kinds).sorted { $0.number < $1.number }

    private static let connection = [
        ConformanceCheck(5, "an unreachable host is transient, within the connect timeout", needs: .network),
        ConformanceCheck(6, "an unknown host name is transient and recovers when it appears", needs: .network),
        ConformanceCheck(7, "a port that speaks another protocol is no reason to retry", needs: .network),
        ConformanceCheck(8, "a bad certificate costs exactly one attempt", needs: .network),
        ConformanceCheck(9, "an HTTP proxy is used, and left out where it should be", needs: .network),
        ConformanceCheck(10, "a wrong password costs at most two attempts", needs: .credentials),
    ]

    private static let robustness = [
        ConformanceCheck(36, "Retry-After is obeyed, and surfaced when it is absurd", needs: .network),
        ConformanceCheck(37, "a few server errors are survived, endless ones end in time", needs: .network),
        ConformanceCheck(38, "slow transfers pass, silent ones time out", needs: .network),
        ConformanceCheck(39, "an expired login of eight workers is renewed once", needs: .credentials),
        ConformanceCheck(40, "a wrong local clock is corrected once", needs: .signatures),
        ConformanceCheck(41, "connections that the server closed are not noticed", needs: .network),
        ConformanceCheck(42, "a cancelled call returns within a second and leaks nothing", needs: .network),
        ConformanceCheck(43, "a bandwidth limit is kept within a tenth", needs: .bandwidth),
        ConformanceCheck(45, "a thousand calls open no more connections than the pool has", needs: .network),
        ConformanceCheck(46, "odd error bodies are classified by their status", needs: .network),
        ConformanceCheck(47, "credentials do not follow a redirect to another host", needs: .credentials),
        ConformanceCheck(48, "ten minutes without the server are survived", needs: .network),
    ]

    private static let kinds = [
        ConformanceCheck(49, "a locked object is not deleted before its time", needs: .locks),
        ConformanceCheck(50, "an archived object is recognised, thawed and read", needs: .archive),
        ConformanceCheck(51, "deleting by version frees the space", needs: .versions),
        ConformanceCheck(52, "small metadata objects stay in the standard class", needs: .storageClasses),
        ConformanceCheck(53, "an interrupted upload of parts is resumed or leaves none", needs: .parts),
        ConformanceCheck(54, "corrections of region and address are made once", needs: .s3),
        ConformanceCheck(56, "every way to log in to OpenStack works", needs: .openStack),
        ConformanceCheck(57, "the domain `default` falls back to its id", needs: .openStack),
        ConformanceCheck(58, "the right endpoint is chosen from any catalogue", needs: .openStack),
        ConformanceCheck(59, "every status of Swift has its kind", needs: .openStack),
        ConformanceCheck(60, "expired and revoked tokens are renewed", needs: .openStack),
        ConformanceCheck(61, "large objects keep their size and leave no segments", needs: .openStack),
        ConformanceCheck(62, "signatures agree with the published examples", needs: .s3),
        ConformanceCheck(63, "requests of every shape are signed right", needs: .s3),
        ConformanceCheck(64, "an unsigned payload is refused on plain http", needs: .s3),
        ConformanceCheck(65, "errors with status 200 are failures", needs: .s3),
        ConformanceCheck(66, "credentials come from every source", needs: .s3),
        ConformanceCheck(67, "keys with odd characters survive both kinds of listing", needs: .s3),
    ]
}
