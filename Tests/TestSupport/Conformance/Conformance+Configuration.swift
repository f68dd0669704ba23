internal import Destinations

extension Conformance {
    static let configuration = [
        ConformanceCheck(1, "URL forms round-trip, and the query overrides options") { subject, _ in
            let url = subject.url()
            let plain = try DestinationRegistry.open(url: url)
            guard let colon = url.firstIndex(of: ":") else { return .skipped("a local path has no forms") }
            let shouting = try DestinationRegistry.open(url: url[..<colon].uppercased() + url[colon...])
            try expect(plain.label == shouting.label, "the scheme's letter case matters: \(shouting.label)")
            return .kept
        },
        ConformanceCheck(2, "a URL exported by Duplicati gives the same settings") { subject, _ in
            let warnings = Sentences()
            let options = "auth-username=&use-ssl=&accept-any-ssl-certificate=%2A"
            let url = subject.url()
            let exported = "\(url)\(url.contains("?") ? "&" : "?")\(options)"
            let destination = try DestinationRegistry.open(url: exported, environment: warnings.environment)
            let plain = try DestinationRegistry.open(url: url)
            try expect(destination.label == plain.label, "the query ended up in the label \(destination.label)")
            try expect(!warnings.all.contains { $0.contains("unknown") }, "a common option is unknown: \(warnings.all)")
            return .kept
        },
        ConformanceCheck(3, "an unknown option warns and suggests, and the run continues") { subject, _ in
            let warnings = Sentences()
            _ = try DestinationRegistry.open(
                url: subject.url(), options: ["auth-usernam": "x"], environment: warnings.environment)
            let unknown = warnings.all.filter { $0.contains("unknown") }
            try expect(
                unknown.count == 1 && unknown[0].contains("auth-usernam") && unknown[0].contains("'auth-username'"),
                "the warnings are \(warnings.all)")
            return .kept
        },
        ConformanceCheck(4, "no secret occurs in labels, errors and warnings") { subject, sandbox in
            let secret = "tr0ub4dor&3"
            let warnings = Sentences()
            let options = ["auth-password": secret, "auth-pasword": secret]
            let destination = try DestinationRegistry.open(
                url: subject.url(), options: options, environment: warnings.environment)
            var seen = warnings.all + [destination.label]
            for name in ["", "absent"] {
                seen.append(
                    "\(try ConformanceSandbox.error { _ = try destination.get(name, to: sandbox.freshPath()) })")
            }
            try expect(!seen.contains { $0.contains(secret) }, "a secret was shown: \(seen)")
            return .kept
        },
    ]
}
