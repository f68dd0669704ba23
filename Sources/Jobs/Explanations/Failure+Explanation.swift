public import Configuration

extension Failure.Code {
    /// What the failure means, and what to do about it.
    public var explanation: Explanation {
        switch self {
        case .configuration:
            Explanation(
                "The configuration is invalid, or does not fit the store.",
                """
                Either the file has problems, which `dunnage validate FILE` lists, or it asks for what the store cannot \
                change any more: a store's block size and hash are fixed for its life, and a store is encrypted or not.
                """)
        case .secret:
            Explanation(
                "A secret cannot be had.",
                """
                The variable is not set, or the file does not exist, cannot be read by this user, is empty, or may be \
                written by everybody. The message names the secret and where it was looked for, never its value.
                """)
        case .unreachable:
            Explanation(
                "The destination cannot be reached.",
                """
                The name does not resolve, nothing answers, or the answers stop. It has been tried several times. The \
                next run goes on where this one ended; look at the network and the address when it stays so.
                """)
        case .credentials:
            Explanation(
                "The destination refuses the credentials, or does not allow what is needed.",
                """
                It answered, and said no. Check the user, the password or key, and the rights: a backup has to list, \
                read, write and, for retention and compaction, delete.
                """)
        case .full:
            Explanation(
                "The destination, or a local file system, is full.",
                """
                The message says which. Nothing that was complete is lost. Free some space, or let retention delete \
                more and run `dunnage compact`, which gives back the room of deleted versions.
                """)
        case .missingContainer:
            Explanation(
                "The destination's folder, bucket or container is missing.",
                """
                It is never created by itself: a disk that is not mounted looks the same. Mount it, create it, or \
                correct the URL.
                """)
        case .destination:
            Explanation(
                "The destination failed in another way.",
                "The message has what it said. When that is no help, `-vv` logs every request that was repeated.")
        case .passphrase:
            Explanation(
                "The passphrase does not open the store.",
                """
                It is wrong, or missing. A newline at the end of a file does not count, a space does. A store keeps the \
                passphrase that its first version was made with.
                """)
        case .store:
            Explanation(
                "Objects of the store are missing or damaged, or there is no backup.",
                """
                `dunnage verify` says what is wrong, `dunnage repair` sets right what can be, and `dunnage restore` \
                works as far as the data is there. Find out who changed the store before running repair.
                """)
        case .sources:
            Explanation(
                "None of the sources exists, or one that must exist does not.",
                """
                A disk may not be mounted, or a path is misspelt. Versions stay as they are. `if_missing` says for each \
                source what its absence means.
                """)
        case .busy:
            Explanation(
                "Another run is at work.",
                """
                Two runs would change one store at the same time. The message says which machine and process it is. \
                `dunnage unlock` shows the lease, and removes that of a run which is surely gone.
                """)
        case .local:
            Explanation(
                "This machine's files, memory or threads failed.",
                "The message has what the system said: often a right that is missing for the state folder, or its disk."
            )
        case .notFound:
            Explanation(
                "What was asked for does not exist.",
                "No version, file or object fits. `dunnage versions` and `dunnage find` list what is there.")
        case .stopped:
            Explanation(
                "The run was stopped from outside.",
                """
                By SIGTERM or SIGINT. What was stored by then is kept, as a partial version if there was enough; the \
                next run goes on from it.
                """)
        case .refused:
            Explanation(
                "A guard refused: more would be deleted than allowed, or the last version.",
                """
                Nothing was deleted. Look at what was due with `dunnage retention simulate`; when it is right, apply it \
                by hand once, or raise `max_delete`.
                """)
        case .stream:
            Explanation(
                "A command whose output is a source failed.",
                """
                It ended with an error, by a signal, or took longer than its `timeout`. No version was made of what it \
                had written. The report has its last lines.
                """)
        case .hook:
            Explanation(
                "A hook failed.",
                """
                Before a backup the run was not begun, and no destination was touched; afterwards the backup is made, and \
                only the hook failed. The message has its last lines. `on_failure: warn` lets a run go on without it.
                """)
        case .expectation:
            Explanation(
                "The sources are not as expected.",
                """
                Something of `expect`, or a mount point, is not as the job wants it. No version was made and none deleted. \
                Look at the sources; when they are right, change `expect`.
                """)
        case .quarantine:
            Explanation(
                "A version is in quarantine.",
                """
                It was stored although it is not as the job expects it. No version of the job is deleted and nothing is \
                compacted until somebody has looked at it and says so with `dunnage ack JOB`.
                """)
        case .defect:
            Explanation(
                "A defect of the program.",
                "This should not happen. Please report it, with the message and the log.")
        }
    }
}
