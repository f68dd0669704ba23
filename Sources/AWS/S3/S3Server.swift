/// A server that speaks S3, as its host's name tells what it is.
struct S3Server: Equatable {
    /// AWS's own names of its servers, which stand for each other.
    struct Amazon: Equatable {
        /// The region; nil for the global name.
        var region: String?
        var dualstack = false
        var fips = false
        var accelerate = false
    }

    /// What the host says of a server of AWS; nil for all others, and for names that are not to be changed, such as
    /// those of VPC endpoints.
    private(set) var amazon: Amazon?
    /// The region that signatures have to name, if the host says it.
    private(set) var region: String?
    /// Whether buckets have to be in the host's name.
    private(set) var isVirtualOnly = false
    /// Whether it belongs to AWS, under any name.
    private(set) var isAWS = false

    /// Looks at a host without a port.
    init(host: String) {
        let host = host.lowercased()
        if let domain = AWSHosts.domains.first(where: { host.hasSuffix(".\($0)") }) {
            isAWS = true
            isVirtualOnly = false
            read(amazon: host.dropLast(domain.utf8.count + 1).split(separator: ".").map(String.init))
            return
        }
        isVirtualOnly = ["aliyuncs.com", "myqcloud.com"].contains { host == $0 || host.hasSuffix(".\($0)") }
        region = Self.region(of: host)
    }

    /// Names before AWS's domain: `s3`, `s3.REGION`, `s3.dualstack.REGION`, `s3-fips.REGION`, `s3-REGION` of old, and
    /// whatever stands before them.
    private mutating func read(amazon labels: [String]) {
        if let place = labels.lastIndex(of: "vpce"), place > 0 {
            region = labels[place - 1]
            return
        }
        guard let place = labels.lastIndex(where: { $0 == "s3" || $0.hasPrefix("s3-") }) else { return }
        var rest = Array(labels[(place + 1)...])
        var found = Amazon()
        switch labels[place] {
        case "s3": break
        case "s3-fips": found.fips = true
        case "s3-accelerate": found.accelerate = true
        case "s3-external-1": found.region = "us-east-1"
        case let old: found.region = String(old.dropFirst(3))
        }
        if rest.first == "dualstack" {
            found.dualstack = true
            rest.removeFirst()
        }
        if let named = rest.first { found.region = named }
        region = found.region
        // A bucket before it is the caller's mistake or a name of its own; both are left alone.
        if place == 0, rest.count <= 1 { amazon = found }
    }

    /// Where providers have the region in their hosts' names: what is before and behind it.
    private static let patterns: [(before: String, behind: String)] = [
        ("s3.", ".wasabisys.com"), ("s3.", ".scw.cloud"), ("s3.", ".backblazeb2.com"), ("s3.", ".io.cloud.ovh.net"),
        ("s3.", ".io.cloud.ovh.us"), ("s3.", ".perf.cloud.ovh.net"), ("s3.", ".idrivee2.com"),
        ("", ".digitaloceanspaces.com"), ("", ".your-objectstorage.com"), ("", ".linodeobjects.com"),
        ("cos.", ".myqcloud.com"), ("s3.oss-", ".aliyuncs.com"), ("oss-", ".aliyuncs.com"),
    ]

    private static func region(of host: String) -> String? {
        if host == "s3.wasabisys.com" { return "us-east-1" }
        if host.hasSuffix(".r2.cloudflarestorage.com") { return "auto" }
        for (before, behind) in patterns where host.hasPrefix(before) && host.hasSuffix(behind) {
            var name = host.dropFirst(before.count)
            guard name.count > behind.count else { continue }
            name = name.dropLast(behind.count)
            // Alibaba's servers have further names within its own network.
            if behind == ".aliyuncs.com", name.hasSuffix("-internal") { name = name.dropLast(9) }
            if !name.contains(".") { return String(name) }
        }
        return nil
    }
}
