internal import Configuration
internal import JSON

/// The table of everything that can be asked.
enum Operations {
    /// Every row; of several that match a path the first with the right method counts.
    static let all: [Operation] = probes + jobs + runs + versions + restores

    static let job = Operation.Parameter("job", .text(.name), "The job's name.")
    static let run = Operation.Parameter("run", .text(.identifier), "The run's identifier.")
    static let limit = Operation.Parameter(
        "limit", .integer(1...1000), "How many at most.", usual: .integer(100))
    static let destination = Operation.Parameter(
        "destination", .text(.name), "The destination's name; the job's first one unless told.")

    static let missingJob = (404, "There is no such job.")
    static let ledger = (500, "The ledger cannot be used.")
}
