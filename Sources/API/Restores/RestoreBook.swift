internal import Configuration
internal import Glibc
internal import JSON
internal import Jobs
internal import Service
internal import Support
internal import Synchronization

/// The restores that a service was asked for since it began.
final class RestoreBook: Sendable {
    private static let concurrent = 2
    private static let remembered = 100

    private let setting: ServiceSetting
    private let tasks = Mutex<[RestoreTask]>([])

    init(_ setting: ServiceSetting) {
        self.setting = setting
    }

    /// Newest first.
    var all: [RestoreTask] { tasks.withLock { $0.reversed() } }

    /// The restore that a request names.
    func find(_ call: Call) throws(APIProblem) -> RestoreTask {
        let id = call.text("restore") ?? ""
        guard let task = all.first(where: { $0.id.description == id }) else {
            throw .notFound("There is no restore \(id); those of an earlier service are forgotten.")
        }
        return task
    }

    /// Begins a restore on a thread of its own.
    func begin(
        _ job: JobSpecification, _ body: JSONValue, in configuration: Configuration
    ) throws -> RestoreTask {
        let destination: String
        do throws(Failure) {
            destination = try configuration.findDestination(body["destination"]?.string, of: job).name
        } catch {
            throw APIProblem.notFound(error.message)
        }
        let target = body["target"]?.string ?? ""
        let roots = configuration.runtime.api.restoreRoots
        guard RestoreRoots(roots: roots).allow(target) else {
            throw APIProblem(
                403,
                roots.isEmpty
                    ? "Restores through the API are not allowed: `runtime.api.restore_roots` names no folder."
                    : "The target is not below a folder of `runtime.api.restore_roots`.")
        }
        let task = RestoreTask(body, of: job.name, at: destination, now: setting.now())
        try tasks.withLock { tasks throws(APIProblem) in
            guard tasks.count(where: \.isRunning) < Self.concurrent else {
                throw APIProblem(409, "\(Self.concurrent) restores are at work. Wait for one to end, or stop it.")
            }
            tasks.append(task)
            while tasks.count > Self.remembered, let index = tasks.firstIndex(where: { !$0.isRunning }) {
                tasks.remove(at: index)
            }
        }
        do throws(SystemError) {
            _ = try WorkerThread("restore") { [setting] in task.run(configuration, setting) }
        } catch {
            tasks.withLock { $0.removeAll { $0.id == task.id } }
            throw error
        }
        return task
    }

    /// Stops all of them, and waits until they have ended or the time is over.
    func end(within seconds: Int) {
        let running = all.filter(\.isRunning)
        for task in running { task.stop() }
        let limit = ContinuousClock.now + .seconds(seconds)
        while running.contains(where: \.isRunning), ContinuousClock.now < limit { usleep(20_000) }
    }
}
