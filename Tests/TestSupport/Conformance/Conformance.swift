/// All promises of a destination, in the order of their numbers.
public enum Conformance {
    /// The checks; a kind of destination goes through every one of them.
    public static let checks: [ConformanceCheck] =
        (configuration + connection + connectedTransfers + transfers + listing + oddListings + recovery + patience
        + limits + openStack + s3).sorted { $0.number < $1.number }
}
