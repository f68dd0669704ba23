/// Guesses from a URL whether a destination is elsewhere.
enum OffSite {
    /// Folders, this machine, private addresses and names of local networks are not elsewhere.
    static func guess(_ url: String) -> Bool {
        guard let end = url.firstRange(of: "://") else { return false }
        let scheme = url[..<end.lowerBound].lowercased()
        if scheme == "file" { return false }
        var host = url[end.upperBound...].prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        if let at = host.lastIndex(of: "@") { host = host[host.index(after: at)...] }
        // A bucket or container is no host, and whoever has one rents it, or knows better.
        guard !cloud.contains(scheme) else { return true }
        if host.hasPrefix("[") { return !isLocal(address: host.dropFirst().prefix { $0 != "]" }.lowercased()) }
        return !isLocal(name: host.prefix { $0 != ":" }.lowercased())
    }

    private static let cloud: Set<String> = [
        "s3", "s3s", "openstack", "swift", "cloudfiles", "b2", "azure", "gcs", "googledrive", "dropbox", "onedrive",
        "onedrivev2", "box", "mega", "jottacloud", "cos", "aliyunoss", "storj", "e2", "pcloud", "filejump", "rclone",
    ]

    private static func isLocal(name: String) -> Bool {
        let numbers = name.split(separator: ".").compactMap { UInt8($0) }
        if numbers.count == 4, name.split(separator: ".").count == 4 {
            switch (numbers[0], numbers[1]) {
            case (10, _), (127, _), (192, 168), (169, 254), (172, 16...31): return true
            default: return false
            }
        }
        let ends = [".lan", ".local", ".localdomain", ".home", ".home.arpa", ".internal", ".intranet", ".localhost"]
        return !name.contains(".") || ends.contains { name.hasSuffix($0) }
    }

    private static func isLocal(address: String) -> Bool {
        address == "::1" || ["fe80:", "fc", "fd"].contains { address.hasPrefix($0) }
    }
}
