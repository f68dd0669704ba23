public import Configuration
public import Engine

extension Problem.Code {
    /// What the problem means, and what to do about it.
    public var explanation: Explanation {
        switch self {
        case .sourceMissing:
            Explanation(
                "A source path does not exist.",
                """
                The rest was backed up. If the path must exist, say `if_missing: fail`; if it may be absent, \
                `if_missing: ignore`.
                """)
        case .unreadable:
            Explanation(
                "A folder or file could not be read.",
                "It is not in the version. Give the program the right to read it, or exclude it.")
        case .changedWhileRead:
            Explanation(
                "A file changed or disappeared while it was read.",
                """
                What was stored may be of no moment of the file's life. For databases and virtual machines back up a \
                dump or a snapshot instead of the files in use.
                """)
        case .nameNotText:
            Explanation(
                "A name that is no valid UTF-8 cannot be stored in this format.",
                "The file is not in the version. Rename it; `convmv` does that for whole folders.")
        case .metadata:
            Explanation(
                "Owner, mode, times or extended attributes could not be read or set.",
                "The content is there. Owners can only be restored by root.")
        case .remoteObject:
            Explanation(
                "An object of the store is not as it should be, but nothing is lost.",
                "For example a left-over of an interrupted run. `dunnage repair` puts it in order.")
        case .leftAlone:
            Explanation(
                "A path was left as it is, because of what is already there.",
                "A restore does not overwrite unless it is told to: `--overwrite newer` or `--overwrite always`.")
        case .hook:
            Explanation(
                "A hook did not succeed, or what it did could not be taken back.",
                """
                The run went on. What could not be taken back, such as a container that is still stopped, is tried again at \
                the start of each run until it succeeds.
                """)
        case .unexpected:
            Explanation(
                "The sources are not as expected.",
                "An expectation with `violation: warn` is not met. The version was made all the same.")
        case .quarantine:
            Explanation(
                "A version is in quarantine, so that nothing is deleted.",
                "Look at it, with `dunnage diff` for example, and say with `dunnage ack JOB` that it is all right.")
        case .littleRoom:
            Explanation(
                "The store has used up nine tenths of its `quota`.",
                """
                Beyond the quota a backup stops with an error. Raise it, or keep fewer versions: the retention of the next \
                run makes room, and so does `dunnage compact`.
                """)
        case .tightMemory:
            Explanation(
                "A run takes more memory than its job's `limits.memory`.",
                """
                A run that stores something keeps the hashes of all blocks of the store in memory, about 64 bytes for each. \
                Raise `memory`, or the container's limit; a new store with a larger `block_size` has fewer blocks. The \
                backup was made all the same.
                """)
        case .damaged:
            Explanation(
                "A file, version or object is damaged or missing.",
                """
                Data is lost or at risk. The message names what is concerned; `dunnage verify` checks the whole store \
                and `dunnage repair` restores what can be restored from the sources and from other objects.
                """)
        }
    }
}
