internal import Configuration
internal import JSON
internal import Jobs
internal import Ledger
internal import Listening
internal import Service

/// Jobs: how they stand, and what can be done with them.
extension Operations {
    static let jobs: [Operation] = [
        Operation(
            name: "listJobs", method: "GET", path: PathTemplate("/api/v1/jobs"), tag: "jobs",
            summary: "How every job stands, in the order of the configuration.", access: .scope(.read),
            answer: .json(.object([.init("jobs", .list(.named("Job")), "The jobs.")], isOpen: true), "The jobs."),
            problems: [ledger]
        ) { api, _ in .json(.object([.init("jobs", .array(try api.jobs()))])) },
        Operation(
            name: "getJob", method: "GET", path: PathTemplate("/api/v1/jobs/{job}"), tag: "jobs",
            summary: "How a job stands.", access: .scope(.read), parameters: [job],
            answer: .json(.named("Job"), "The job."), problems: [missingJob, ledger]
        ) { api, call in .json(try api.job(call)) },
        Operation(
            name: "runJob", method: "POST", path: PathTemplate("/api/v1/jobs/{job}/run"), tag: "jobs",
            summary: "Backs a job up as soon as there is room, whatever its schedule says, also while it is paused.",
            access: .scope(.operate), parameters: [job],
            answer: .json(
                .object(
                    [
                        .init("id", .text(.identifier), "The identifier that the run has or will have."),
                        .init("job", .text(.name), "The job."),
                    ], isOpen: true), "It will run; ask for the run by its identifier.", status: 202),
            problems: [missingJob, (409, "The job is at work already, or the service ends.")]
        ) { api, call in
            let name = try api.existingJob(call).name
            let id = try api.service.start(name)
            return .json(.object([.init("id", .string(id.description)), .init("job", .string(name))]), status: 202)
        },
        Operation(
            name: "stopJob", method: "POST", path: PathTemplate("/api/v1/jobs/{job}/stop"), tag: "jobs",
            summary: "Stops the run of a job in good order, with a partial version, or has one that waits not begin.",
            access: .scope(.operate), parameters: [job],
            answer: .json(.object([], isOpen: true), "It was asked to stop.", status: 202),
            problems: [missingJob, (409, "No run of the job is at work in this service.")]
        ) { api, call in
            let name = try api.existingJob(call).name
            guard api.service.stop(name) else { throw APIProblem(409, "No run of job “\(name)” is at work here.") }
            return .json(.object([]), status: 202)
        },
        Operation(
            name: "pauseJob", method: "POST", path: PathTemplate("/api/v1/jobs/{job}/pause"), tag: "jobs",
            summary: "Lets the schedule of a job rest; a run that is at work goes on.", access: .scope(.operate),
            parameters: [job], body: pauseBody, answer: .json(.named("Pause"), "It rests."),
            problems: [missingJob, ledger]
        ) { api, call in .json(try api.pause(try api.existingJob(call).name, call)) },
        Operation(
            name: "resumeJob", method: "POST", path: PathTemplate("/api/v1/jobs/{job}/resume"), tag: "jobs",
            summary: "Ends the rest of a job; when all rest together, that goes on.", access: .scope(.operate),
            parameters: [job], answer: .json(.named("Job"), "How the job stands now."), problems: [missingJob, ledger]
        ) { api, call in
            try api.setting.ledger.resume(try api.existingJob(call).name)
            api.service.wake()
            return .json(try api.job(call))
        },
    ]
}
