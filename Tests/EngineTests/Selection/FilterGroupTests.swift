import Testing

@testable import Engine

@Suite("Filter groups")
struct FilterGroupTests {
    @Test(
        "a group is known under its name and its aliases, in any case",
        arguments: [
            ("SystemFiles", FilterGroup.systemFiles), ("system", .systemFiles), ("SYS", .systemFiles),
            ("OperatingSystem", .operatingSystem), ("os", .operatingSystem),
            ("CacheFiles", .cacheFiles), ("CacheFolders", .cacheFiles), ("Caches", .cacheFiles), ("Cache", .cacheFiles),
            ("TemporaryFiles", .temporaryFiles), ("TempFolders", .temporaryFiles), ("tmp", .temporaryFiles),
            ("Applications", .applications), ("app", .applications),
            ("DefaultExcludes", .defaultExcludes), ("exc", .defaultExcludes),
            ("DefaultIncludes", .defaultIncludes), ("inc", .defaultIncludes),
        ])
    func names(_ name: String, _ group: FilterGroup) {
        #expect(FilterGroup(named: name) == group)
    }

    @Test("the default excludes are the union of five groups, as on Duplicati's Linux")
    func contents() throws {
        let context = FilterContext(variables: ["XDG_CACHE_HOME": "/home/u/c"], temporaryFolder: "/srv/tmp")
        #expect(FilterGroup.systemFiles.patterns(in: context) == ["/dev/", "/proc/", "/selinux/", "/sys/"])
        #expect(
            FilterGroup.operatingSystem.patterns(in: context)
                == ["/bin/", "/boot/", "/etc/", "/initrd/", "/sbin/", "/var/"])
        #expect(FilterGroup.temporaryFiles.patterns(in: context) == ["*/lost+found/", "*~", "/tmp/", "/srv/tmp/"])
        #expect(FilterGroup.applications.patterns(in: context) == ["/lib/", "/lib64/", "/opt/", "/usr/"])
        #expect(FilterGroup.cacheFiles.patterns(in: context).first == "/home/u/c/")
        #expect(FilterGroup.cacheFiles.patterns(in: FilterContext()).first == "*/.cache/")
        #expect(FilterGroup.defaultExcludes.patterns(in: context).count == 4 + 6 + 4 + 13 + 4)
        #expect(FilterGroup.defaultIncludes.patterns(in: context).isEmpty)
    }

    @Test("several groups stand in one pair of braces")
    func lists() throws {
        for text in ["{SystemFiles,Temp}", "{SystemFiles;Temp}", "{sys:tmp}", "{ System | Tmp }"] {
            let filter = FilterSet([FilterRule(.exclude, try FilterExpression(text))])
            #expect(filter.decide("/proc/").outcome == .excluded)
            #expect(filter.decide("/home/u/a~").outcome == .excluded)
            #expect(filter.decide("/usr/").outcome == .included)
        }
    }

    @Test("a path below another path of the list is dropped")
    func prefixes() throws {
        let context = FilterContext(temporaryFolder: "/var/tmp")
        let alone = try FilterGroup.patterns(ofList: "Temp", expression: "{Temp}", in: context)
        let both = try FilterGroup.patterns(ofList: "Temp,OS", expression: "{Temp,OS}", in: context)
        #expect(alone.contains("/var/tmp/"))
        #expect(both.contains("/var/") && !both.contains("/var/tmp/"))
    }

    @Test("group default excludes leaves ordinary files alone")
    func ordinary() throws {
        let filter = FilterSet([try FilterRule("-{DefaultExcludes}")])
        for path in ["/home/", "/home/u/", "/home/u/.config/google-chrome/Default/History", "/srv/tmp/", "/usr/a"] {
            #expect(filter.decide(path).outcome == .included, "\(path)")
        }
        for path in [
            "/usr/", "/tmp/", "/home/u/.cache/", "/home/u/x/Mozilla/Firefox/p/cache2/", "/home/u/cookies.sqlite-wal",
            "/home/u/.config/google-chrome/Default/Cookies", "/x/Google/Chrome/LOCK",
        ] {
            #expect(filter.decide(path).outcome == .excluded, "\(path)")
        }
    }
}
