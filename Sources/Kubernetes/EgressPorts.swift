internal import Configuration
internal import Destinations
internal import Secrets

/// The ports that pods connect to, as far as a configuration tells.
struct EgressPorts {
    /// TCP ports in order.
    private(set) var ports: [Int] = []

    init(_ configuration: Configuration, further: [Int]) {
        var found = Set(further)
        for destination in configuration.destinations.values {
            found.formUnion(Self.ports(url: destination.url))
            for value in Array(destination.options.values) + Array(destination.auth.values) {
                if let port = Self.port(inValue: value.text ?? "") { found.insert(port) }
            }
        }
        for report in configuration.reports.values { found.formUnion(Self.ports(report)) }
        if let gateway = configuration.runtime.metrics?.pushGateway { found.formUnion(Self.ports(url: gateway)) }
        for job in configuration.jobs { found.formUnion(Self.ports(job)) }
        for source in configuration.secrets.values {
            switch source {
            case .vault(let secret): found.formUnion(secret.server.url.map { Self.ports(url: Template($0)) } ?? [8200])
            case .awsSecretsManager, .awsParameter, .google, .azure, .duplicati: found.insert(443)
            default: break
            }
        }
        ports = found.sorted()
    }

    private static func ports(_ report: ReportSpecification) -> [Int] {
        switch report.channel {
        case .webhook(let webhook): ports(url: webhook.url)
        case .email(let email): ports(url: email.server)
        case .xmpp(let xmpp): xmpp.server.map { ports(url: Template($0)) } ?? [5222, 5223]
        case .service(let service):
            // Those with a server of one's own have its URL among their settings; all others are at 443.
            service.settings["url"]?.first.map { ports(url: $0) } ?? [443]
        }
    }

    private static func ports(_ job: JobSpecification) -> [Int] {
        var found: [Int] = []
        for source in job.sources {
            guard case .database(let dump) = source.dump, dump.container == nil else { continue }
            switch dump.server {
            case .postgresql: found.append(dump.port ?? 5432)
            case .mariadb: found.append(dump.port ?? 3306)
            case .mongodb: found.append(dump.port ?? 27_017)
            case .redis: found.append(dump.port ?? 6379)
            }
        }
        let hooks = job.hooks.before + job.hooks.after + job.hooks.onFailure + job.hooks.finally
        for action in hooks.flatMap({ [$0.action] + ($0.undo.map { [$0.action] } ?? []) }) {
            if case .http(let url, _, _, _, _) = action { found += ports(url: url) }
        }
        return found
    }

    /// The port of a URL, or the usual ones of its scheme.
    private static func ports(url template: Template) -> [Int] {
        let text = template.pieces.map { piece in
            switch piece {
            case .text(let text): text
            // Whatever a secret holds, it is no port.
            case .secret: "x"
            }
        }.joined()
        guard let url = try? DestinationURL(parsing: text), url.scheme != "file" else { return [] }
        if let port = url.port { return [port] }
        switch url.scheme {
        case "http", "webdav": return [80]
        case "smtps": return [465]
        case "smtp": return [587]
        case "xmpp": return [5222]
        case "xmpps": return [5223]
        case "ssh", "sftp": return [22]
        case "ftp", "aftp": return [21]
        case "smb", "cifs": return [445]
        default: return [443]
        }
    }

    /// The port of `https://host:8080/path` or `host:8080`.
    private static func port(inValue text: String) -> Int? {
        var rest = text[...]
        if let end = rest.firstRange(of: "://") { rest = rest[end.upperBound...] }
        rest = rest.prefix { $0 != "/" && $0 != "?" }
        guard let colon = rest.lastIndex(of: ":"), colon > rest.startIndex,
            rest[..<colon].allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || ".-[]:".contains($0)) }),
            let port = Int(rest[rest.index(after: colon)...]), (1...65_535).contains(port)
        else { return nil }
        return port
    }
}
