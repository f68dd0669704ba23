internal import Configuration

/// What pods need besides themselves: the configuration, claims, an account without rights, and what they may reach.
struct Surroundings {
    let request: RenderRequest
    let names: Objects
    let labels: [String: String]
    let annotations: [String: String]

    /// The configuration, word for word.
    func configMap(_ folder: ConfigurationFolder) -> ManifestValue {
        [
            "apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata(names.configMap),
            "data": .mapping(folder.files.map { .init($0.key, .text($0.text)) }),
        ]
    }

    /// A claim of our own.
    func claim(_ name: String, size: String) -> ManifestValue {
        [
            "apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": metadata(name),
            "spec": .object(
                .init("accessModes", ["ReadWriteOnce"]),
                request.storageClass.map { .init("storageClassName", .text($0)) },
                .init("resources", ["requests": ["storage": .text(size)]])),
        ]
    }

    /// An account without any right.
    func serviceAccount() -> ManifestValue {
        [
            "apiVersion": "v1", "kind": "ServiceAccount", "metadata": metadata(names.common),
            "automountServiceAccountToken": false,
        ]
    }

    /// Nobody may connect to the pods but at `port`, and they to nobody but at these ports.
    func networkPolicy(ports: [Int], listening port: Int?) -> ManifestValue {
        func rule(_ ports: [(Int, String)]) -> ManifestValue {
            ["ports": .list(ports.map { ["protocol": .text($0.1), "port": .number($0.0)] })]
        }
        var egress = [rule([(53, "UDP"), (53, "TCP")])]
        if !ports.isEmpty { egress.append(rule(ports.map { ($0, "TCP") })) }
        return [
            "apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": metadata(names.common),
            "spec": [
                "podSelector": ["matchLabels": .texts(labels.filter { $0.key == Workloads.nameLabel })],
                "policyTypes": ["Ingress", "Egress"],
                "ingress": .list(port.map { [rule([($0, "TCP")])] } ?? []), "egress": .list(egress),
            ],
        ]
    }

    private func metadata(_ name: String) -> ManifestValue {
        ["name": .text(name), "labels": .texts(labels), "annotations": .texts(annotations)]
    }
}
