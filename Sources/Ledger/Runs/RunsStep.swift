/// The tables of runs and of what a schedule asks for.
///
/// Moments of a schedule are whole Unix seconds, those of runs Unix milliseconds; all are UTC.
extension LedgerStep {
    static let runs = LedgerStep(
        "runs",
        sql: """
            CREATE TABLE run(
                id TEXT NOT NULL PRIMARY KEY, job TEXT NOT NULL, trigger TEXT NOT NULL, due INTEGER,
                attempt INTEGER NOT NULL, started INTEGER NOT NULL, finished INTEGER, state TEXT NOT NULL,
                reason TEXT, exit_code INTEGER, code TEXT, message TEXT, configuration TEXT NOT NULL,
                runner TEXT NOT NULL, process INTEGER NOT NULL, files INTEGER, bytes INTEGER, warnings INTEGER
            ) WITHOUT ROWID;
            CREATE INDEX run_job ON run(job, id);
            CREATE INDEX run_running ON run(state) WHERE state = 'running';
            CREATE TABLE run_destination(
                run TEXT NOT NULL, destination TEXT NOT NULL, state TEXT NOT NULL, version INTEGER,
                is_partial INTEGER NOT NULL, uploaded INTEGER NOT NULL, stored INTEGER, versions INTEGER,
                retries INTEGER NOT NULL, milliseconds INTEGER NOT NULL, code TEXT, message TEXT,
                PRIMARY KEY(run, destination)
            ) WITHOUT ROWID;
            CREATE TABLE occurrence(
                job TEXT NOT NULL, due INTEGER NOT NULL, last INTEGER NOT NULL, count INTEGER NOT NULL,
                state TEXT NOT NULL, reason TEXT, run TEXT, attempts INTEGER NOT NULL DEFAULT 0, not_before INTEGER,
                decided INTEGER NOT NULL, PRIMARY KEY(job, due)
            ) WITHOUT ROWID;
            CREATE INDEX occurrence_open ON occurrence(state) WHERE state IN ('waiting', 'running');
            CREATE INDEX occurrence_due ON occurrence(due);
            CREATE TABLE job(
                name TEXT NOT NULL PRIMARY KEY, decided INTEGER, started INTEGER, ended INTEGER, ended_good INTEGER,
                good INTEGER
            ) WITHOUT ROWID;
            CREATE TABLE freshness(
                job TEXT NOT NULL, destination TEXT NOT NULL, known INTEGER NOT NULL, good INTEGER, good_run TEXT,
                version INTEGER, last INTEGER, last_run TEXT, last_state TEXT, overdue INTEGER,
                uploaded INTEGER NOT NULL DEFAULT 0, PRIMARY KEY(job, destination)
            ) WITHOUT ROWID;
            CREATE TABLE tally(
                job TEXT NOT NULL, destination TEXT NOT NULL, state TEXT NOT NULL, count INTEGER NOT NULL,
                PRIMARY KEY(job, destination, state)
            ) WITHOUT ROWID;
            CREATE TABLE pause(job TEXT NOT NULL PRIMARY KEY, since INTEGER NOT NULL, reason TEXT) WITHOUT ROWID;
            CREATE TABLE event(
                id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, kind TEXT NOT NULL, job TEXT NOT NULL,
                destination TEXT, run TEXT, detail TEXT NOT NULL, told INTEGER NOT NULL DEFAULT 0
            );
            CREATE INDEX event_untold ON event(id) WHERE told = 0;
            """)

    /// Jobs have several duties, each with a schedule; whatever was written before is about backups.
    static let duties = LedgerStep(
        "duties",
        sql: """
            ALTER TABLE run ADD COLUMN kind TEXT NOT NULL DEFAULT 'backup';
            ALTER TABLE event ADD COLUMN duty TEXT NOT NULL DEFAULT 'backup';
            CREATE TABLE duty_occurrence(
                job TEXT NOT NULL, kind TEXT NOT NULL, due INTEGER NOT NULL, last INTEGER NOT NULL,
                count INTEGER NOT NULL, state TEXT NOT NULL, reason TEXT, run TEXT,
                attempts INTEGER NOT NULL DEFAULT 0, not_before INTEGER, decided INTEGER NOT NULL,
                PRIMARY KEY(job, kind, due)
            ) WITHOUT ROWID;
            INSERT INTO duty_occurrence
                SELECT job, 'backup', due, last, count, state, reason, run, attempts, not_before, decided
                FROM occurrence;
            DROP TABLE occurrence;
            ALTER TABLE duty_occurrence RENAME TO occurrence;
            CREATE INDEX occurrence_open ON occurrence(state) WHERE state IN ('waiting', 'running');
            CREATE INDEX occurrence_due ON occurrence(due);
            CREATE TABLE duty(
                job TEXT NOT NULL, kind TEXT NOT NULL, decided INTEGER, started INTEGER, ended INTEGER,
                ended_good INTEGER, good INTEGER, PRIMARY KEY(job, kind)
            ) WITHOUT ROWID;
            INSERT INTO duty SELECT name, 'backup', decided, started, ended, ended_good, good FROM job;
            DROP TABLE job;
            """)
}
