internal import Secrets
internal import YAML

extension Decoder {
    mutating func report(_ entry: Node.Entry) -> ReportSpecification {
        let node = entry.value
        let events = node["events"].map { Set(texts($0).compactMap { ReportSpecification.Event(rawValue: $0) }) }
        return ReportSpecification(
            name: entry.key, channel: channel(node, "reports.\(entry.key)"),
            events: events ?? ReportSpecification.Event.usual, logDetail: word(node["include_log"]) ?? .problems,
            digest: node["digest"].flatMap { digest($0, events) })
    }

    private func digest(
        _ node: Node, _ events: Set<ReportSpecification.Event>?
    ) -> ReportSpecification.Digest? {
        guard let timing = timing(node["schedule"]) else { return nil }
        let included = node["include"].map { Set(texts($0).compactMap { ReportSpecification.Event(rawValue: $0) }) }
        return ReportSpecification.Digest(
            timing: timing, events: included ?? events ?? ReportSpecification.Event.usual)
    }

    private mutating func channel(_ node: Node, _ place: String) -> ReportSpecification.Channel {
        if let email = node["email"] { return .email(self.email(email, "\(place).email")) }
        if let xmpp = node["xmpp"] { return .xmpp(self.xmpp(xmpp, "\(place).xmpp")) }
        let names = ConfigurationSchema.report.alternatives
        if let kind = names.first(where: { node[$0] != nil && $0 != "webhook" }) {
            return .service(service(kind, node[kind], "\(place).\(kind)"))
        }
        return .webhook(webhook(node["webhook"], "\(place).webhook"))
    }

    private mutating func webhook(_ node: Node?, _ place: String) -> ReportSpecification.Webhook {
        let key = node?["sign"].map { credential($0, "\(place).sign") }
        return ReportSpecification.Webhook(
            url: template(node?["url"], "\(place).url"), signingKey: key, format: word(node?["format"]) ?? .report,
            template: text(node?["template"]), method: word(node?["method"]) ?? .post,
            headers: values(node?["headers"], "\(place).headers"), timeout: duration(node?["timeout"]),
            retry: node?["retry"].map { retry($0) }, tls: node?["tls"].map { tls($0) })
    }

    private func tls(_ node: Node) -> ReportSpecification.Webhook.TLS {
        ReportSpecification.Webhook.TLS(authorities: path(node["ca_file"]), pin: text(node["pin_sha256"]))
    }

    private mutating func email(_ node: Node, _ place: String) -> ReportSpecification.Email {
        let password = node["password"].map { credential($0, "\(place).password") }
        return ReportSpecification.Email(
            server: template(node["smtp"], "\(place).smtp"), password: password, sender: text(node["from"]) ?? "",
            recipients: texts(node["to"]), format: word(node["format"]) ?? .report, subject: text(node["subject"]),
            body: text(node["body"]), startTLS: word(node["starttls"]) ?? .required, tls: node["tls"].map { tls($0) })
    }

    private mutating func xmpp(_ node: Node, _ place: String) -> ReportSpecification.XMPP {
        ReportSpecification.XMPP(
            account: text(node["from"]) ?? "", password: credential(node["password"] ?? node, "\(place).password"),
            recipients: texts(node["to"]), server: text(node["server"]), resource: text(node["resource"]),
            format: word(node["format"]) ?? .report, message: text(node["message"]),
            startTLS: word(node["starttls"]) ?? .required, tls: node["tls"].map { tls($0) })
    }

    private mutating func service(_ kind: String, _ node: Node?, _ place: String) -> ReportSpecification.Service {
        var settings: [String: [Template]] = [:]
        for entry in own(node) {
            if let items = entry.value.items {
                settings[entry.key] = items.map { template($0) }
            } else if entry.value.entries != nil {
                settings[entry.key] = [Template([.secret(credential(entry.value, "\(place).\(entry.key)"))])]
            } else {
                settings[entry.key] = [template(entry.value)]
            }
        }
        return ReportSpecification.Service(kind: kind, settings: settings)
    }
}
