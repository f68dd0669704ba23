/// The short names of options: `region` for `openstack-region`, `access_key_id` for `aws-access-key-id`.
///
/// URLs have Duplicati's names; configurations may leave out what the kind of destination says already.
enum OptionNaming {
    /// The destination's own name of an option.
    /// - Parameters:
    ///   - name: as a configuration has it.
    ///   - known: the options that the destination knows.
    /// - Returns: the own name, or the given one in small letters with dashes when there is none.
    static func ownName(of name: String, known: [DestinationOption]) -> String {
        let plain = name.lowercased()
        let names = Set(known.map(\.name))
        if names.contains(plain) { return plain }
        let dashed = plain.replacing("_", with: "-")
        if names.contains(dashed) { return dashed }
        for candidate in words[dashed] ?? [] where names.contains(candidate) { return candidate }
        for prefix in prefixes where names.contains(prefix + dashed) { return prefix + dashed }
        return plain
    }

    private static let prefixes = ["openstack-", "s3-", "aws-", "auth-", "ssh-", "ftp-", "b2-", "azure-", "gcs-"]

    /// Names in general use for what Duplicati calls otherwise.
    private static let words: [String: [String]] = [
        "endpoint": ["s3-server-name"], "server": ["s3-server-name"], "region": ["s3-location-constraint"],
        "auth-url": ["openstack-authuri"], "auth-version": ["openstack-version"],
        "project": ["openstack-tenant-name"], "project-name": ["openstack-tenant-name"],
        "project-id": ["openstack-tenant-id"], "tls": ["use-ssl"], "ca-file": ["ca-bundle"],
        "user": ["auth-username"], "access-key": ["aws-access-key-id"], "secret-key": ["aws-secret-access-key"],
        "storage-class-data": ["s3-storage-class", "openstack-storage-policy"], "private-key": ["ssh-key"],
        "host-key": ["ssh-fingerprint"],
    ]
}
