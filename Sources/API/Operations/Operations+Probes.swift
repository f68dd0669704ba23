internal import Configuration
internal import JSON
internal import Jobs
internal import Ledger
internal import Listening
internal import Service
internal import Support

/// Probes, metrics, the status, and the document that describes all of it.
extension Operations {
    static let probes: [Operation] = [
        Operation(
            name: "livez", method: "GET", path: PathTemplate("/livez"), tag: "probes",
            summary: "Whether the service goes on: its schedules were looked at within a minute.", access: .open,
            answer: .text("It does."), problems: [(503, "It hangs; a restart may help.")]
        ) { api, _ in probe(api.isAlive ? nil : "the schedules were not looked at for a minute") },
        Operation(
            name: "readyz", method: "GET", path: PathTemplate("/readyz"), tag: "probes",
            summary: "Whether all is well with it: it follows the newest configuration and keeps its ledger.",
            access: .open, answer: .text("It is."),
            problems: [(503, "Something has to be mended, or it is about to end.")]
        ) { api, _ in probe(api.unreadiness) },
        Operation(
            name: "metrics", method: "GET", path: PathTemplate("/metrics"), tag: "monitoring",
            summary: "The metrics of all jobs, for Prometheus.", access: .scope(.metrics),
            answer: .text("Text format 0.0.4.", type: RunnerMetrics.contentType), problems: [ledger]
        ) { api, _ in
            .bytes(type: RunnerMetrics.contentType, Array(try api.service.metrics().utf8))
        },
        Operation(
            name: "status", method: "GET", path: PathTemplate("/status"), tag: "monitoring",
            summary: "How the service and every job stand.", access: .scope(.metrics),
            answer: .json(.named("Status"), "The status."), problems: [ledger]
        ) { api, _ in .json(try api.status()) },
        Operation(
            name: "openapi", method: "GET", path: PathTemplate("/openapi.json"), tag: "monitoring",
            summary: "This document.", access: .open, answer: .json(.anything, "OpenAPI 3.1.")
        ) { _, _ in .json(OpenAPI.document) },
        Operation(
            name: "reload", method: "POST", path: PathTemplate("/api/v1/reload"), tag: "service",
            summary: "Reads the configuration again, as SIGHUP does; `/status` says what came of it.",
            access: .scope(.operate), answer: .json(.object([]), "It will be read.", status: 202)
        ) { api, _ in
            api.service.reload()
            return .json(.object([]), status: 202)
        },
        Operation(
            name: "pauseAll", method: "POST", path: PathTemplate("/api/v1/pause"), tag: "service",
            summary: "Lets the schedules of all jobs rest; runs that are at work go on.", access: .scope(.operate),
            body: pauseBody, answer: .json(.named("Pause"), "They rest."), problems: [ledger]
        ) { api, call in .json(try api.pause(nil, call)) },
        Operation(
            name: "resumeAll", method: "POST", path: PathTemplate("/api/v1/resume"), tag: "service",
            summary: "Ends the rest of all jobs, together and each.", access: .scope(.operate),
            answer: .json(.object([]), "They go on."), problems: [ledger]
        ) { api, _ in
            try api.setting.ledger.resume(nil)
            api.service.wake()
            return .json(.object([]))
        },
        Operation(
            name: "schedule", method: "GET", path: PathTemplate("/api/v1/schedule"), tag: "service",
            summary: "The next moments at which jobs are due.", access: .scope(.read),
            parameters: [
                .init("count", .integer(1...1000), "How many moments.", usual: .integer(10)),
                .init("job", .text(.name), "Only those of that job."),
            ],
            answer: .json(
                .object(
                    [
                        .init(
                            "moments",
                            .list(
                                .object([
                                    .init("time", .moment, "When."),
                                    .init("jobs", .list(.text(.name)), "The jobs whose backups are due."),
                                    .init("checks", .list(.text(.name)), "The jobs whose stores are read back."),
                                ])), "The moments.")
                    ], isOpen: true), "The moments."), problems: [missingJob]
        ) { api, call in .json(try api.schedule(call)) },
    ]

    static let pauseBody = Operation.Body(
        schema: .object([.init("reason", .text(longest: 500), "Why, in somebody's words.", required: false)]),
        isRequired: false)

    private static func probe(_ complaint: String?) -> ServerResponse {
        .text(complaint == nil ? 200 : 503, "\(complaint.map { "not ok: \($0)" } ?? "ok")\n")
    }
}

extension ServiceAPI {
    /// Whether the thread that looks at the schedules was at work within a minute.
    var isAlive: Bool { ContinuousClock.now - service.status.pulse < .seconds(60) }

    /// What has to be mended, in words that anybody may read; nil when all is well.
    var unreadiness: String? {
        let status = service.status
        if status.isStopping { return "the service ends" }
        if !isAlive { return "the schedules were not looked at for a minute" }
        if status.ledgerFailure != nil { return "the ledger cannot be used" }
        if status.looked == nil { return "the service begins" }
        if status.reloadFailure != nil { return "the newest configuration is not followed" }
        return nil
    }
}
