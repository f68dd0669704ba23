public import Configuration

extension ExitCode {
    /// What the code says to whoever started the program.
    public var explanation: Explanation {
        switch self {
        case .success:
            Explanation("Everything was done; warnings included.", "`--fail-on warning` returns 3 for warnings.")
        case .failure:
            Explanation(
                "At least one job failed, or the store has a fault.",
                "The log and the report have the code of each failure. Of several jobs the worst one decides.")
        case .usage:
            Explanation("The command line is wrong.", "So is the name of a job that does not exist. Nothing was done.")
        case .warnings:
            Explanation(
                "There were warnings, and the caller asked to be told.",
                "Only with `--fail-on warning`; of `destination doctor`, a way to destroy the history.")
        case .refused:
            Explanation(
                "A guard refused; nothing was deleted.",
                """
                `max_delete`, a hold, the last version, a plan that nobody approved, or a question that nobody answered. \
                Do not simply try again.
                """)
        case .changes:
            Explanation("A plan has changes, and the caller asked to be told.", "Only of `plan --detailed-exitcode`.")
        case .destructiveChanges:
            Explanation(
                "A plan has changes that need an approval, and the caller asked to be told.",
                """
                Only of `plan --detailed-exitcode`: more versions would be deleted than `max_delete` allows, or nobody \
                knows how many.
                """)
        case .temporary:
            Explanation(
                "Trying again later may help.",
                """
                Another run holds the lock, the destination does not answer, or an archive has not delivered yet. It is \
                `EX_TEMPFAIL` of sysexits.h.
                """)
        case .credentials:
            Explanation(
                "A credential, a passphrase or a right was not enough.", "It is `EX_NOPERM` of sysexits.h.")
        case .configuration:
            Explanation(
                "The configuration is invalid, or a secret cannot be had.",
                """
                Trying again does not help until somebody changes something: it is `EX_CONFIG` of sysexits.h. Use it for \
                systemd's `RestartPreventExitStatus=78` and in a `podFailurePolicy`.
                """)
        case .interrupted:
            Explanation("Stopped by SIGINT, in good order.", "128 and the number of the signal.")
        case .terminated:
            Explanation("Stopped by SIGTERM, in good order.", "128 and the number of the signal.")
        }
    }
}
