public import Secrets

/// Something that is done around a backup.
public struct HookSpecification: Sendable, Hashable {
    /// What becomes of the run when it fails.
    public enum FailureAction: String, Sendable, Hashable, CaseIterable {
        /// The run fails.
        case fail
        /// The run goes on with a warning.
        case warn
        /// The run ends as if it were not due.
        case skip
    }

    /// What a command says by its status and its output.
    public enum ScriptProtocol: String, Sendable, Hashable, CaseIterable {
        /// 0 for success, anything else for failure.
        case plain
        /// What Duplicati's scripts say: 0 to 5, and options for the run.
        case duplicati
    }

    /// How containers are kept from writing.
    public enum StopMode: String, Sendable, Hashable, CaseIterable {
        /// They are stopped and started again.
        case stop
        /// They are frozen.
        case pause
    }

    /// How a web service is asked.
    public enum HTTPMethod: String, Sendable, Hashable, CaseIterable {
        /// Without a body.
        case get = "GET"
        /// With a body or without.
        case post = "POST"
        /// With a body or without.
        case put = "PUT"
    }

    /// Which containers.
    public enum Containers: Sendable, Hashable {
        /// Those of these names.
        case named([String])
        /// Those with this label, `NAME` or `NAME=VALUE`.
        case labelled(String)
    }

    /// What is done.
    public enum Action: Sendable, Hashable {
        /// A program runs, without a shell.
        case command([String], environment: [String: Template])
        /// A program runs in a container.
        case dockerExec(container: String, arguments: [String], user: String?)
        /// Containers stop until the sources are read.
        case dockerStop(Containers, mode: StopMode, grace: CalendarDuration?)
        /// A web service is asked; `status` is what means success.
        case http(url: Template, method: HTTPMethod, headers: [String: Template], body: Template?, status: Int?)
    }

    /// What takes a hook back.
    public struct Undo: Sendable, Hashable {
        /// What is done.
        public let action: Action
        /// How long it may take.
        public let timeout: CalendarDuration
    }

    /// What it is called in logs and reports.
    public let name: String?
    /// What is done.
    public let action: Action
    /// How long it may take.
    public let timeout: CalendarDuration
    /// What becomes of the run when it fails.
    public let onFailure: FailureAction
    /// What a command says by its status and its output.
    public let scriptProtocol: ScriptProtocol
    /// The status with which a command asks for the run to be skipped.
    public let skipStatus: Int?
    /// What takes it back, also after a crash.
    public let undo: Undo?
}

/// What is done around a job's backups.
public struct HookSpecifications: Sendable, Hashable {
    /// Before the sources are read.
    public let before: [HookSpecification]
    /// After a run that succeeded.
    public let after: [HookSpecification]
    /// After a run that failed.
    public let onFailure: [HookSpecification]
    /// After every run.
    public let finally: [HookSpecification]
}
