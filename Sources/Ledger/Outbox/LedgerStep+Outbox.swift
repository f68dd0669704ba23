extension LedgerStep {
    /// Reports that wait for their receivers, and how many of each receiver's were delivered or given up.
    ///
    /// Times are nanoseconds since 1970. What a report says is masked before it comes here, and neither addresses nor
    /// credentials of receivers do.
    static let outbox = LedgerStep(
        "outbox",
        sql: """
            CREATE TABLE outbox (
                number INTEGER PRIMARY KEY AUTOINCREMENT,
                instance TEXT NOT NULL,
                receiver TEXT NOT NULL,
                job TEXT NOT NULL,
                message TEXT NOT NULL,
                event TEXT NOT NULL,
                title TEXT NOT NULL,
                created INTEGER NOT NULL,
                due INTEGER NOT NULL,
                attempts INTEGER NOT NULL DEFAULT 0,
                failure TEXT,
                claim TEXT,
                claimed INTEGER,
                tells TEXT NOT NULL,
                envelope TEXT NOT NULL,
                body BLOB NOT NULL,
                UNIQUE (instance, receiver, message)
            ) STRICT;
            CREATE INDEX outbox_order ON outbox (instance, receiver, job, number);
            CREATE TABLE outbox_tally (
                instance TEXT NOT NULL,
                receiver TEXT NOT NULL,
                delivered INTEGER NOT NULL DEFAULT 0,
                dropped INTEGER NOT NULL DEFAULT 0,
                untold INTEGER NOT NULL DEFAULT 0,
                reason TEXT,
                PRIMARY KEY (instance, receiver)
            ) STRICT, WITHOUT ROWID;
            CREATE TABLE outbox_digest (
                number INTEGER PRIMARY KEY AUTOINCREMENT,
                instance TEXT NOT NULL,
                receiver TEXT NOT NULL,
                message TEXT NOT NULL,
                created INTEGER NOT NULL,
                report BLOB NOT NULL,
                UNIQUE (instance, receiver, message)
            ) STRICT;
            """)
}
