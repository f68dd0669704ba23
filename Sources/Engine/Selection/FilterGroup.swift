internal import Support

/// A named set of patterns, written `{Name}`, with the contents that Duplicati gives it on Linux.
public enum FilterGroup: String, Sendable, Hashable, CaseIterable {
    /// Kernel file systems.
    case systemFiles = "SystemFiles"
    /// What a distribution installs or rewrites.
    case operatingSystem = "OperatingSystem"
    /// Browsers' and programs' caches.
    case cacheFiles = "CacheFiles"
    /// Temporary files and editors' leftovers.
    case temporaryFiles = "TemporaryFiles"
    /// Installed programs.
    case applications = "Applications"
    /// The five above together.
    case defaultExcludes = "DefaultExcludes"
    /// Nothing.
    case defaultIncludes = "DefaultIncludes"

    /// The group of a name or alias, in any case.
    public init?(named name: String) {
        let wanted = name.lowercased()
        let found = Self.allCases.first { group in
            group.rawValue.lowercased() == wanted || group.aliases.contains { $0.lowercased() == wanted }
        }
        guard let found else { return nil }
        self = found
    }

    /// Other names for the group.
    public var aliases: [String] {
        switch self {
        case .systemFiles: ["System", "Sys"]
        case .operatingSystem: ["OS"]
        case .cacheFiles: ["CacheFolders", "Caches", "Cache"]
        case .temporaryFiles: ["TemporaryFolders", "TempFolders", "TempFiles", "Temp", "Tmp"]
        case .applications: ["Application", "Apps", "App"]
        case .defaultExcludes: ["DefaultExclude", "Excludes", "Exclude", "Exc"]
        case .defaultIncludes: ["DefaultInclude", "Includes", "Include", "Inc"]
        }
    }

    /// The patterns of the group: globs and literal paths.
    public func patterns(in context: FilterContext) -> [String] {
        switch self {
        case .systemFiles:
            ["/dev/", "/proc/", "/selinux/", "/sys/"]
        case .operatingSystem:
            ["/bin/", "/boot/", "/etc/", "/initrd/", "/sbin/", "/var/"]
        case .temporaryFiles:
            ["*/lost+found/", "*~", "/tmp/", folder(context.temporaryFolder)]
        case .cacheFiles:
            (context.variables["XDG_CACHE_HOME"].map { [folder($0)] } ?? []) + [
                "*/.cache/",
                "*/.config/google-chrome/Default/Cookies",
                "*/.config/google-chrome/Default/Cookies-journal",
                "*/Duplicati/control_dir_v2/",
                "*/Google/Chrome/*cache*",
                "*/Google/Chrome/*LOCK*",
                "*/Google/Chrome/*Current*",
                "*/Google/Chrome/Safe Browsing*",
                "*/iPhoto Library/iPod Photo Cache/",
                "*/Mozilla/Firefox/*cache*",
                "*/cookies.sqlite-*",
                "*/permissions.sqlite-*",
            ]
        case .applications:
            ["/lib/", "/lib64/", "/opt/", "/usr/"]
        case .defaultExcludes:
            [Self.systemFiles, .operatingSystem, .cacheFiles, .temporaryFiles, .applications]
                .flatMap { $0.patterns(in: context) }
        case .defaultIncludes:
            []
        }
    }

    /// The patterns of a list such as `SystemFiles,Temp`.
    ///
    /// A path below a folder that another pattern names is left out: pruning the folder covers it.
    static func patterns(
        ofList list: String, expression: String, in context: FilterContext
    ) throws(FilterError) -> [String] {
        var all: [String] = []
        for part in list.split(whereSeparator: { ",:;|".contains($0) }) {
            let name = String(part).trimmingBlanks()
            guard let group = FilterGroup(named: name) else {
                let known = allCases.flatMap { [$0.rawValue] + $0.aliases }
                throw .unknownGroup(
                    name: name, expression: expression, suggestion: EditDistance.suggestion(for: name, among: known))
            }
            for pattern in group.patterns(in: context) where !all.contains(pattern) { all.append(pattern) }
        }
        let folders = all.filter { $0.hasPrefix("/") && $0.hasSuffix("/") }
        return all.filter { pattern in !folders.contains { $0 != pattern && pattern.hasPrefix($0) } }
    }
}

private func folder(_ path: String) -> String {
    path.hasSuffix("/") ? path : path + "/"
}

extension String {
    fileprivate func trimmingBlanks() -> String {
        let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        return String(drop(while: isBlank).reversed().drop(while: isBlank).reversed())
    }
}
