internal import Secrets
internal import YAML

extension Decoder {
    mutating func hooks(_ node: Node?, _ place: String) -> HookSpecifications {
        HookSpecifications(
            before: hookList(node?["before"], "\(place).before"), after: hookList(node?["after"], "\(place).after"),
            onFailure: hookList(node?["on_failure"], "\(place).on_failure"),
            finally: hookList(node?["finally"], "\(place).finally"))
    }

    private mutating func hookList(_ node: Node?, _ place: String) -> [HookSpecification] {
        var hooks: [HookSpecification] = []
        for (index, item) in items(node).enumerated() {
            let place = "\(place)[\(index)]"
            guard let action = action(item, place) else { continue }
            var undo: HookSpecification.Undo?
            if let node = item["undo"], let back = self.action(node, "\(place).undo") {
                undo = HookSpecification.Undo(action: back, timeout: timeout(node))
            }
            hooks.append(
                HookSpecification(
                    name: text(item["name"]), action: action, timeout: timeout(item),
                    onFailure: word(item["on_failure"]) ?? .fail, scriptProtocol: word(item["protocol"]) ?? .plain,
                    skipStatus: integer(item["skip_status"]), undo: undo))
        }
        return hooks
    }

    private func timeout(_ node: Node) -> CalendarDuration {
        duration(node["timeout"]) ?? CalendarDuration(seconds: 60)
    }

    private mutating func action(_ node: Node, _ place: String) -> HookSpecification.Action? {
        if let words = node["command"] {
            return .command(texts(words), environment: values(node["environment"], "\(place).environment"))
        }
        if let exec = node["docker_exec"] {
            return .dockerExec(
                container: text(exec["container"]) ?? "", arguments: texts(exec["command"]), user: text(exec["user"]))
        }
        if let stop = node["docker_stop"] {
            let containers = text(stop["label"]).map { HookSpecification.Containers.labelled($0) }
            return .dockerStop(
                containers ?? .named(texts(stop["containers"])), mode: word(stop["mode"]) ?? .stop,
                grace: duration(stop["grace"]))
        }
        guard let call = node["http"] else { return nil }
        return .http(
            url: template(call["url"], "\(place).http.url"),
            method: word(call["method"]) ?? (call["body"] == nil ? .get : .post),
            headers: values(call["headers"], "\(place).http.headers"), body: call["body"].map { template($0) },
            status: integer(call["expect"]))
    }
}
