internal import Configuration
internal import Jobs

/// Brings a configuration to the names that keys have today.
struct ConfigMigrateAction {
    let file: String
    let writes: Bool

    func perform(_ program: Program) throws -> Jobs.ExitCode {
        let original = try ConfigurationText.read(file)
        let migration = try ConfigurationMigration(utf8: original.bytes, file: file)
        guard !migration.changes.isEmpty else {
            try program.console.print("\(file) has no key that was renamed.")
            return .success
        }
        for change in migration.changes { try program.console.print("\(file):\(change.line): \(change.message)") }
        let done = migration.changes.count { $0.isDone }
        if writes, done > 0 {
            try original.replace(with: migration.text)
            try program.console.print("\(file) was written with \(HumanText.count(done, "change")).")
        } else if done > 0 {
            try program.console.print("Nothing was written; `dunnage config migrate --write` does it.")
        }
        return migration.changes.allSatisfy { $0.isDone } ? .success : .failure
    }
}
