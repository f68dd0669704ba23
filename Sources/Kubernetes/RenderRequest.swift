public import Configuration

/// What is to become manifests, and what Kubernetes has to know beyond the configuration.
public struct RenderRequest: Sendable {
    /// How the schedules are followed.
    public enum Mode: String, Sendable, Hashable, CaseIterable {
        /// A CronJob for each job.
        case cronjobs
        /// One Deployment of the service.
        case daemon
    }

    /// A claim that is there, and where it is mounted.
    public struct Claim: Sendable, Hashable {
        /// The folder in the pod.
        public let path: String
        /// The claim's name.
        public let name: String
        /// The folder of the volume that is mounted; nil for all of it.
        public let subPath: String?

        /// Reads `/source/photos=CLAIM` and `/source/photos=CLAIM:FOLDER`.
        public init?(parsing text: String) {
            guard let equals = text.firstIndex(of: "=") else { return nil }
            let parts = text[text.index(after: equals)...].split(
                separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard let path = FolderPath(String(text[..<equals])), ObjectNames.isSubdomain(String(parts[0])) else {
                return nil
            }
            self.path = path.text
            name = String(parts[0])
            subPath = parts.count == 2 ? String(parts[1]) : nil
            if let subPath, subPath.isEmpty || subPath.hasPrefix("/") || subPath.split(separator: "/").contains("..") {
                return nil
            }
        }
    }

    /// The files.
    public var input: ConfigurationInput
    /// How the schedules are followed.
    public var mode = Mode.cronjobs
    /// What the objects are called, and how the names of most of them begin.
    public var name = "dunnage"
    /// Where the objects are; nil leaves it to whoever applies them.
    public var namespace: String?
    /// The image of the pods.
    public var image: String
    /// Who the pods run as.
    public var user = 65_532
    /// The group of the pods, and of their volumes.
    public var group = 65_532
    /// The claims that are there.
    public var claims: [Claim] = []
    /// The Secret with all that the configuration takes from files and variables; nil for the usual name.
    public var secret: String?
    /// Further variables that come from the Secret.
    public var secretVariables: [String] = []
    /// Variables of the pods, which also fill in the configuration.
    public var variables: [String: String] = [:]
    /// The service account, when it is not one of our own without any right.
    public var serviceAccount: String?
    /// Whether catalogs and ledgers are kept on a claim.
    public var keepsState = true
    /// The size of the claims for the state.
    public var stateSize = "2Gi"
    /// The size of the claims for destinations that are folders.
    public var storeSize = "100Gi"
    /// The class of our own claims; nil for the cluster's usual one.
    public var storageClass: String?
    /// How much memory a pod may take.
    public var memory = "1Gi"
    /// How much of a processor a pod asks for.
    public var cpu = "100m"
    /// Whether there is a NetworkPolicy.
    public var hasNetworkPolicy = true
    /// Further ports that pods may connect to.
    public var egressPorts: [Int] = []
    /// Labels of all objects.
    public var labels: [String: String] = [:]
    /// Into how many parts a job is divided, by its name.
    public var shards: [String: Int] = [:]

    /// A request with the usual settings.
    public init(_ input: ConfigurationInput, image: String) {
        self.input = input
        self.image = image
    }
}

/// A quantity as Kubernetes writes it.
public enum Quantity {
    /// Whether a text is one: `500m`, `2`, `1.5Gi`.
    public static func isValid(_ text: String) -> Bool {
        let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        let units: Set<Substring> = ["", "m", "k", "M", "G", "T", "P", "E", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"]
        guard let number = Double(digits), number > 0, digits.first != ".", digits.last != "." else { return false }
        return units.contains(text.dropFirst(digits.count))
    }
}

/// An absolute path in the usual form: no `.` and `..`, no slash too many.
struct FolderPath: Sendable, Hashable {
    let text: String

    init(path: String) { text = path }

    /// nil for a path that is not absolute.
    init?(_ path: String) {
        guard path.hasPrefix("/") else { return nil }
        var parts: [Substring] = []
        for part in path.split(separator: "/") where part != "." {
            if part == ".." { _ = parts.popLast() } else { parts.append(part) }
        }
        text = "/" + parts.joined(separator: "/")
    }

    /// Whether it is another path, or a folder above it.
    func contains(_ other: FolderPath) -> Bool {
        text == "/" || other.text == text || other.text.hasPrefix("\(text)/")
    }

    /// The folder that it is in.
    var parent: FolderPath {
        let parts = text.split(separator: "/").dropLast()
        return FolderPath("/" + parts.joined(separator: "/")) ?? self
    }

    /// Its last part.
    var last: String { text.split(separator: "/").last.map(String.init) ?? "" }
}

extension RenderRequest {
    /// What Kubernetes would refuse of the settings; nil when all are in order.
    public var problem: String? {
        guard ObjectNames.isName(name), name.utf8.count <= 40 else {
            return "'--name' is no name of Kubernetes: lower-case letters, digits and '-', at most 40."
        }
        if let namespace, !ObjectNames.isName(namespace) { return "'--namespace' is no name of Kubernetes." }
        for (option, value) in [
            ("--secret", secret), ("--service-account", serviceAccount), ("--storage-class", storageClass),
        ] {
            if let value, !ObjectNames.isSubdomain(value) { return "'\(option)' is no name of Kubernetes." }
        }
        guard !image.isEmpty, image.allSatisfy({ $0.isASCII && !$0.isWhitespace }) else {
            return "'--image' is no image."
        }
        for (option, value) in [
            ("--state-size", stateSize), ("--store-size", storeSize), ("--memory", memory), ("--cpu", cpu),
        ] where !Quantity.isValid(value) {
            return "'\(option) \(value)' is no quantity of Kubernetes: write 500m, 2 or 10Gi."
        }
        guard user > 0, group >= 0 else { return "'--user' is root, and the pods run as somebody else." }
        for name in secretVariables + variables.keys.sorted() where !Self.isVariable(name) {
            return "'\(name)' is no variable's name."
        }
        for (key, value) in labels.sorted(by: { $0.key < $1.key })
        where !ObjectNames.isLabelKey(key) || !ObjectNames.isLabelValue(value) {
            return "'--label \(key)=\(value)' is no label of Kubernetes."
        }
        return egressPorts.contains(0) ? "'--egress-port 0' is no port." : nil
    }

    private static func isVariable(_ name: String) -> Bool {
        guard let first = name.utf8.first, !(48...57).contains(first) else { return false }
        return name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
    }
}
