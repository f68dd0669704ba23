internal import YAML

/// Compares where a service answers with who may ask it.
enum ListenCheck {
    static func run(_ root: Node, _ check: inout SchemaCheck) {
        guard let runtime = root["runtime"] else { return }
        let tokens = runtime["api"]?["tokens"]
        check.refuseRepeated(runtime["listen"]?.items ?? [], "runtime.listen")
        check.refuseRepeated((tokens?.items ?? []).compactMap { $0["name"] }, "runtime.api.tokens")
        for node in runtime["listen"]?.items ?? [runtime["listen"]].compactMap({ $0 }) {
            guard let text = check.text(node), let address = ListenAddress(parsing: text), !address.isLoopback else {
                continue
            }
            if tokens == nil {
                check.add(
                    .exposedAddress, "others reach `\(text)`, and runtime.api says nothing of `tokens`",
                    at: node.range, in: Place(), notes: ["nothing but probes is answered there"],
                    help: [
                        "add `api: { tokens: [{ name: NAME, token: { secret: NAME }, scope: read }] }`, or "
                            + "`tokens: []` if probes are all that is wanted"
                    ], subject: "tokens")
            } else if tokens?.items?.isEmpty == false, runtime["api"]?["tls"] == nil {
                check.add(
                    .exposedAddress, "tokens cross the network in the clear on their way to `\(text)`",
                    at: node.range, in: Place(),
                    notes: ["with `api: { tls: none }` whatever stands before the service encrypts"],
                    help: ["add `api: { tls: { certificate: FILE, key: FILE } }`, or listen at 127.0.0.1"],
                    subject: "tls")
            }
        }
    }
}
