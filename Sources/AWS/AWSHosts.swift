/// The names of AWS's servers.
public enum AWSHosts {
    /// AWS's worlds apart: how the names of their regions begin, and the domains of their services.
    private static let partitions: [(prefix: String, domain: String)] = [
        ("cn-", "amazonaws.com.cn"), ("eusc-", "amazonaws.eu"), ("us-iso-", "c2s.ic.gov"),
        ("us-isob-", "sc2s.sgov.gov"),
        ("eu-isoe-", "cloud.adc-e.uk"), ("us-isof-", "csp.hci.ic.gov"),
    ]

    /// The domains of all worlds.
    static let domains = ["amazonaws.com"] + partitions.map(\.domain)

    /// The domain of a region's services.
    public static func suffix(of region: String) -> String {
        partitions.first { region.hasPrefix($0.prefix) }?.domain ?? "amazonaws.com"
    }

    /// The address of a service: the environment's (`AWS_ENDPOINT_URL_SERVICE`, `AWS_ENDPOINT_URL`), or AWS's own.
    /// - Parameters:
    ///   - name: the service as host names have it: `secretsmanager`.
    ///   - variable: the service as the environment has it: `SECRETS_MANAGER`.
    ///   - region: the region.
    ///   - environment: the variables of this process.
    /// - Returns: the address without a path.
    public static func endpoint(
        _ name: String, variable: String, region: String, environment: [String: String]
    ) -> String {
        for key in ["AWS_ENDPOINT_URL_\(variable)", "AWS_ENDPOINT_URL"] {
            if let url = environment[key], !url.isEmpty { return url }
        }
        return "https://\(name).\(region).\(suffix(of: region))"
    }
}
