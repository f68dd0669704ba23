internal import JSON
internal import Support

/// A value of one of Duplicati's results; JSON and text write some of them differently.
indirect enum DuplicatiValue {
    case null
    case number(Int64)
    case flag(Bool)
    case text(String)
    case time(Timestamp?)
    /// With the offset in JSON.
    case offsetTime(Timestamp?)
    case list([String])
    case pairs([(key: String, value: [String])])
    case result(DuplicatiResult)
}

/// One of Duplicati's results: members in the order in which Duplicati writes them.
struct DuplicatiResult {
    private(set) var members: [(name: String, value: DuplicatiValue)] = []

    mutating func add(_ name: String, _ value: DuplicatiValue) { members.append((name, value)) }

    mutating func add(_ names: [String], _ value: DuplicatiValue) { for name in names { add(name, value) } }
}

extension DuplicatiPart {
    /// The result of the backup, complete also when it failed: receivers refuse a report without one.
    func data(_ mask: (String) -> String) -> DuplicatiResult {
        let source = report.source ?? RunReport.Source()
        var result = DuplicatiResult()
        result.add("DeletedFiles", .number(source.removed))
        result.add("DeletedFolders", .number(0))
        result.add("ModifiedFiles", .number(source.modified))
        result.add("ExaminedFiles", .number(source.files))
        result.add("OpenedFiles", .number(source.opened))
        result.add("AddedFiles", .number(source.added))
        // What is read is counted as a whole here, whether it was new or had changed.
        result.add(["SizeOfModifiedFiles", "SizeOfAddedFiles"], .number(0))
        result.add("SizeOfExaminedFiles", .number(source.bytes))
        result.add("SizeOfOpenedFiles", .number(source.openedBytes))
        result.add(["NotProcessedFiles", "AddedFolders", "TooLargeFiles"], .number(0))
        result.add("FilesWithError", .number(source.unreadable))
        result.add(
            ["TimestampChangedFiles", "ModifiedFolders", "ModifiedSymlinks", "AddedSymlinks", "DeletedSymlinks"],
            .number(0))
        result.add("PartialBackup", .flag(destination?.isPartial ?? false))
        result.add("Dryrun", .flag(false))
        result.add("MainOperation", .text("Backup"))
        result.add("CompactResults", destination?.compaction.map { .result(compaction($0)) } ?? .null)
        result.add("VacuumResults", .null)
        result.add("DeleteResults", destination?.retention.map { .result(deletion($0)) } ?? .null)
        result.add("RepairResults", .null)
        result.add("TestResults", destination?.verification.map { .result(test($0)) } ?? .null)
        result.add("LockResults", .null)
        result.add("RemoteSynchronizationResults", .null)
        addTail(to: &result, parsedResult, problems.map { ($0.severity, mask($0.message)) })
        return result
    }

    private func compaction(_ compaction: RunReport.Destination.Compaction) -> DuplicatiResult {
        var result = DuplicatiResult()
        result.add("DeletedFileCount", .number(compaction.deletedVolumes))
        result.add("DownloadedFileCount", .number(0))
        result.add("UploadedFileCount", .number(compaction.writtenVolumes))
        result.add("DeletedFileSize", .number(compaction.freedBytes + compaction.uploadedBytes))
        result.add("DownloadedFileSize", .number(0))
        result.add("UploadedFileSize", .number(compaction.uploadedBytes))
        result.add("Dryrun", .flag(false))
        result.add("VacuumResults", .null)
        result.add("MainOperation", .text("Compact"))
        addTail(to: &result, "Success")
        return result
    }

    private func deletion(_ retention: RunReport.Destination.Retention) -> DuplicatiResult {
        var result = DuplicatiResult()
        result.add("DeletedSetsActualLength", .number(retention.deleted))
        result.add("DeletedSets", .list([]))
        result.add("Dryrun", .flag(false))
        result.add("MainOperation", .text("Delete"))
        result.add("CompactResults", .null)
        addTail(to: &result, retention.refused > 0 ? "Error" : "Success")
        return result
    }

    private func test(_ verification: RunReport.Destination.Verification) -> DuplicatiResult {
        var result = DuplicatiResult()
        result.add("MainOperation", .text("Test"))
        result.add("VerificationsActualLength", .number(verification.sampled))
        let faults = verification.faults.sorted { $0.key < $1.key }
        let named = faults.map { (key: $0.key.capitalizedFirst, value: ["\($0.value)"]) }
        result.add("Verifications", .pairs(named))
        addTail(to: &result, verification.failed > 0 ? "Error" : "Success")
        return result
    }

    /// What every result ends with.
    private func addTail(
        to result: inout DuplicatiResult, _ parsed: String,
        _ messages: [(severity: RunReport.Problem.Severity, text: String)] = []
    ) {
        result.add("ParsedResult", .text(parsed))
        result.add("Interrupted", .flag(report.run.isInterrupted))
        result.add("Fatal", .flag(parsed == "Fatal"))
        result.add("Version", .text("\(report.instance.version) (Dunnage)"))
        result.add("EndTime", .time(report.run.finished))
        result.add("BeginTime", .time(report.run.started))
        result.add("Duration", .text(DotNetSpan(from: report.run.started, to: report.run.finished).text))
        let warnings = messages.filter { $0.severity == .warning }.map(\.text)
        let errors = messages.filter { $0.severity == .error }.map(\.text)
        result.add("MessagesActualLength", .number(0))
        result.add("WarningsActualLength", .number(Int64(warnings.count)))
        result.add("ErrorsActualLength", .number(Int64(errors.count)))
        result.add("LimitedMessages", .list([]))
        result.add("LimitedWarnings", .list(Array(warnings.prefix(Self.maximumMessages))))
        result.add("LimitedErrors", .list(Array(errors.prefix(Self.maximumMessages))))
        result.add("BackendStatistics", .result(statistics(parsed, warnings.count, errors.count)))
    }

    private static let maximumMessages = 20

    private func statistics(_ parsed: String, _ warnings: Int, _ errors: Int) -> DuplicatiResult {
        let retries = destination?.retries ?? 0
        let objects = destination?.uploadedObjects ?? 0
        let fetched = destination?.verification?.sampled ?? 0
        let deleted = (destination?.deletedVersions ?? 0) + (destination?.compaction?.deletedVolumes ?? 0)
        var result = DuplicatiResult()
        result.add("RemoteCalls", .number(objects + fetched + deleted + retries))
        result.add("BytesUploaded", .number(destination?.uploadedBytes ?? 0))
        result.add("BytesDownloaded", .number(destination?.verification?.bytes ?? 0))
        result.add("FilesUploaded", .number(objects))
        result.add("FilesDownloaded", .number(fetched))
        result.add("FilesDeleted", .number(deleted))
        result.add("FoldersCreated", .number(0))
        result.add("RetryAttempts", .number(retries))
        result.add(["UnknownFileSize", "UnknownFileCount", "KnownFileCount"], .number(0))
        result.add("KnownFileSize", .number(destination?.storedBytes ?? 0))
        result.add("KnownFilesets", .number(destination?.versions ?? 0))
        result.add("LastBackupDate", .offsetTime(destination?.version ?? report.run.started))
        result.add("BackupListCount", .number(destination?.versions ?? 0))
        result.add("TotalQuotaSpace", .number(0))
        result.add("FreeQuotaSpace", .number(0))
        result.add("AssignedQuotaSpace", .number(-1))
        result.add(["ReportedQuotaError", "ReportedQuotaWarning"], .flag(false))
        result.add("MainOperation", .text("Backup"))
        result.add("ParsedResult", .text(parsed))
        result.add("Interrupted", .flag(report.run.isInterrupted))
        result.add("Fatal", .flag(parsed == "Fatal"))
        result.add("Version", .text("\(report.instance.version) (Dunnage)"))
        result.add("EndTime", .time(report.run.finished))
        result.add("BeginTime", .time(report.run.started))
        result.add("Duration", .text(DotNetSpan(from: report.run.started, to: report.run.finished).text))
        result.add("MessagesActualLength", .number(0))
        result.add("WarningsActualLength", .number(Int64(warnings)))
        result.add("ErrorsActualLength", .number(Int64(errors)))
        return result
    }
}

extension String {
    fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
