internal import Configuration

/// The objects that make pods: CronJobs, or the Deployment of the service.
struct Workloads {
    /// Codes with which the program has said all that there is to say: a pod that ends so is not tried again.
    ///
    /// What can be tried again, it has tried again itself, as the job's `retry` says, or will at the next moment.
    static let finalCodes = [1, 2, 3, 4, 75, 77, 78]

    let labels: [String: String]
    let annotations: [String: String]

    /// A CronJob for one of a job's expressions.
    func cronJob(
        _ job: JobSpecification, named name: String, _ expression: String, _ plan: CronPlan, shards: Int?, pod: PodPlan
    ) -> ManifestValue {
        var labels = labels
        for (key, value) in job.labels
        where ObjectNames.isLabelKey(key) && ObjectNames.isLabelValue(value) && !key.hasPrefix("app.kubernetes.io/") {
            labels[key] = value
        }
        labels["dunnage/job"] = ObjectNames.labelValue(job.name)
        let template = pod.template(labels: labels, annotations: annotations, deadline: true)
        return [
            "apiVersion": "batch/v1", "kind": "CronJob",
            "metadata": metadata(name, labels),
            "spec": .object(
                .init("schedule", .text(expression)), .init("timeZone", .text(plan.zone)),
                .init("concurrencyPolicy", "Forbid"),
                .init("startingDeadlineSeconds", .number(plan.startingDeadline)),
                .init("successfulJobsHistoryLimit", 2), .init("failedJobsHistoryLimit", 5),
                plan.isSuspended ? .init("suspend", true) : nil,
                .init(
                    "jobTemplate",
                    [
                        "metadata": ["labels": .texts(labels), "annotations": .texts(annotations)],
                        "spec": .object(
                            plan.activeDeadline.map { .init("activeDeadlineSeconds", .number($0)) },
                            shards.map { .init("completions", .number($0)) },
                            shards.map { .init("parallelism", .number($0)) },
                            shards.map { _ in .init("completionMode", "Indexed") },
                            .init(shards == nil ? "backoffLimit" : "backoffLimitPerIndex", .number(plan.retries)),
                            .init("podFailurePolicy", Self.failurePolicy(perIndex: shards != nil)),
                            .init("template", template)),
                    ])),
        ]
    }

    private static func failurePolicy(perIndex: Bool) -> ManifestValue {
        [
            "rules": [
                // A drained node is no failure of the backup.
                [
                    "action": "Ignore",
                    "onPodConditions": [["type": "DisruptionTarget", "status": "True"]],
                ],
                [
                    "action": perIndex ? "FailIndex" : "FailJob",
                    "onExitCodes": [
                        "containerName": "dunnage", "operator": "In",
                        "values": .list(finalCodes.map { .number($0) }),
                    ],
                ],
            ]
        ]
    }

    /// The Deployment of the service: one pod, since one service follows a state folder.
    func deployment(named name: String, pod: PodPlan) -> ManifestValue {
        let template = pod.template(labels: labels, annotations: annotations, deadline: false)
        return [
            "apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata(name, labels),
            "spec": [
                "replicas": 1, "strategy": ["type": "Recreate"],
                "selector": ["matchLabels": .texts(labels.filter { $0.key == Self.nameLabel })],
                "template": template,
            ],
        ]
    }

    /// The label by which our pods are told from others.
    static let nameLabel = "app.kubernetes.io/name"

    private func metadata(_ name: String, _ labels: [String: String]) -> ManifestValue {
        ["name": .text(name), "labels": .texts(labels), "annotations": .texts(annotations)]
    }
}
