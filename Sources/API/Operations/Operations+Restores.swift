internal import Configuration
internal import JSON
internal import Jobs
internal import Ledger
internal import Listening
internal import Service

/// Restores: asked for, watched, stopped.
extension Operations {
    static let restores: [Operation] = [
        Operation(
            name: "restoreJob", method: "POST", path: PathTemplate("/api/v1/jobs/{job}/restore"), tag: "restores",
            summary: "Restores a version, or a part of it, into a folder that `runtime.api.restore_roots` allows.",
            access: .scope(.admin), parameters: [job],
            body: Operation.Body(schema: .named("RestoreRequest"), isRequired: true),
            answer: .json(.named("Restore"), "It has begun; ask for it by its identifier.", status: 202),
            problems: [
                (403, "The target is not below a folder that restores may write to."),
                (404, "There is no such job or destination."), (409, "As many restores as may be are at work."),
            ]
        ) { api, call in
            let job = try api.existingJob(call)
            return .json(try api.restores.begin(job, call.body, in: api.service.configuration).json, status: 202)
        },
        Operation(
            name: "listRestores", method: "GET", path: PathTemplate("/api/v1/restores"), tag: "restores",
            summary: "The restores that this service was asked for since it began, newest first.",
            access: .scope(.read),
            answer: .json(
                .object([.init("restores", .list(.named("Restore")), "The restores.")], isOpen: true), "The restores.")
        ) { api, _ in .json(.object([.init("restores", .array(api.restores.all.map(\.json)))])) },
        Operation(
            name: "getRestore", method: "GET", path: PathTemplate("/api/v1/restores/{restore}"), tag: "restores",
            summary: "A restore.", access: .scope(.read), parameters: [restore],
            answer: .json(.named("Restore"), "The restore."), problems: [(404, "There is no such restore.")]
        ) { api, call in .json(try api.restores.find(call).json) },
        Operation(
            name: "stopRestore", method: "POST", path: PathTemplate("/api/v1/restores/{restore}/stop"), tag: "restores",
            summary: "Stops a restore; what it has written stays.", access: .scope(.admin), parameters: [restore],
            answer: .json(.named("Restore"), "It was asked to stop, or had ended.", status: 202),
            problems: [(404, "There is no such restore.")]
        ) { api, call in
            let task = try api.restores.find(call)
            task.stop()
            return .json(task.json, status: 202)
        },
    ]

    private static let restore = Operation.Parameter("restore", .text(.identifier), "The restore's identifier.")
}
