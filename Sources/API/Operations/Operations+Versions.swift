internal import Configuration
internal import JSON
internal import Jobs
internal import Ledger
internal import Listening
internal import Service

/// Versions, and what is in them, as the local catalog knows them: nothing is fetched.
extension Operations {
    static let versions: [Operation] = [
        Operation(
            name: "listVersions", method: "GET", path: PathTemplate("/api/v1/jobs/{job}/versions"), tag: "versions",
            summary: "The versions of a job at a destination, newest first, as of its last run.",
            access: .scope(.read), parameters: [job, destination],
            answer: .json(
                .object(
                    [
                        .init("job", .text(.name), "The job."), .init("destination", .text(), "The destination."),
                        .init("versions", .list(.named("Version")), "The versions."),
                    ], isOpen: true), "The versions."),
            problems: [(404, "There is no such job or destination, or no catalog of it on this machine.")]
        ) { api, call in .json(try api.versions(call)) },
        Operation(
            name: "listEntries", method: "GET", path: PathTemplate("/api/v1/jobs/{job}/versions/{version}/entries"),
            tag: "versions", summary: "One folder of a version, page by page.", access: .scope(.read),
            parameters: [
                job, .init("version", .text(.version), "`newest`, a number from 0 for the newest, or a version's id."),
                destination,
                .init("path", .text(.plain, longest: 4096), "The folder; the roots unless told."),
                .init(
                    "path_base64", .text(.base64, longest: 6000),
                    "The folder in bytes, which counts then; for a path that is no UTF-8."),
                limit, .init("cursor", .text(.base64, longest: 6000), "`next` of the page before."),
            ],
            answer: .json(.named("Folder"), "A page of the folder."),
            problems: [(404, "There is no such job, destination, version or folder, or no catalog on this machine.")]
        ) { api, call in .json(try api.entries(call)) },
    ]
}
