internal import Configuration
internal import Engine
internal import Hooks
internal import Support

/// What scripts of Duplicati's change of the job for one run.
///
/// Of Duplicati's options those that say what is backed up and how large volumes are; where it goes and how it is
/// encrypted is the configuration's business alone.
struct ScriptOptions {
    private let options: [ScriptOption]

    init(_ options: [ScriptOption]) { self.options = options }

    /// The job as the options have it, and what could not be done about them.
    func applied(to job: JobSpecification) -> (job: JobSpecification, problems: [String]) {
        var job = job
        var problems: [String] = []
        for option in options {
            switch option.name {
            case "localpath", "sourcepath": job = job.backingUp(option.value.split(separator: ":").map(String.init))
            case "filter": job = job.filtered(by: Self.filters(option.value))
            case "dblock-size":
                if let size = Self.size(option.value) {
                    job = job.withVolumes(of: size)
                } else {
                    problems.append("A script sets dblock-size to “\(option.value)”, which is no size")
                }
            default:
                problems.append(
                    "A script sets --\(option.name), which a script cannot change here; it has no effect")
            }
        }
        return (job, problems)
    }

    /// `+/a/*.txt:-*.bak`, taken apart where a sign follows the colon.
    static func filters(_ text: String) -> [(isIncluded: Bool, expression: String)] {
        var rules: [(isIncluded: Bool, expression: String)] = []
        var current = ""
        func flush() {
            guard let sign = current.first, current.count > 1 else { return }
            rules.append((sign == "+", String(current.dropFirst())))
        }
        for part in text.split(separator: ":", omittingEmptySubsequences: false) {
            if part.hasPrefix("+") || part.hasPrefix("-") {
                flush()
                current = String(part)
            } else {
                current += current.isEmpty ? String(part) : ":\(part)"
            }
        }
        flush()
        return rules
    }

    /// `50mb` as Duplicati reads it: units of 1024, and megabytes without one.
    static func size(_ text: String) -> ByteCount? {
        let text = text.lowercased()
        let digits = text.prefix { $0.isNumber }
        let unit = text.dropFirst(digits.count).drop { $0 == " " }
        let shift: Int? =
            switch unit {
            case "b": 0
            case "kb": 10
            case "mb", "": 20
            case "gb": 30
            case "tb": 40
            default: nil
            }
        guard let shift, let count = Int64(digits), count > 0, count < 1 << 20 else { return nil }
        return ByteCount(count << Int64(shift))
    }
}

extension ScriptVariables {
    /// What scripts are told of a job.
    init(_ job: JobSpecification, _ configuration: Configuration) {
        var options: [String: String] = [:]
        if let size = job.options.volumeSize { options["dblock-size"] = "\(size.bytes)b" }
        if let size = job.options.blockSize { options["blocksize"] = "\(size.bytes)b" }
        let first = job.destinations.first.flatMap { configuration.destinations[$0] }
        self.init(
            backupName: job.name,
            // A template shows its secrets by their names, and a password in clear as dots.
            remoteURL: first.map { "\($0.url(forJob: job.name))" } ?? "",
            localPaths: job.sources.filter { !$0.isOutput }.map { $0.path },
            filters: job.filters.map { ($0.action == .include ? "+" : "-") + $0.expression }, options: options)
    }
}
