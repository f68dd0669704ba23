import JSON
import Support
import Testing

@testable import Reporting

@Suite("A report in Duplicati's words")
struct DuplicatiFormTests {
    private func body(_ report: RunReport, _ index: Int = 0) throws -> JSONValue {
        try JSONValue(parsing: ReportForm.duplicati.messages(for: report)[index].body)
    }

    /// The members of a backup's result, as section 6.2 of the conventions and 5.6 of the description list them.
    private static let members = """
        DeletedFiles DeletedFolders ModifiedFiles ExaminedFiles OpenedFiles AddedFiles SizeOfModifiedFiles \
        SizeOfAddedFiles SizeOfExaminedFiles SizeOfOpenedFiles NotProcessedFiles AddedFolders TooLargeFiles \
        FilesWithError TimestampChangedFiles ModifiedFolders ModifiedSymlinks AddedSymlinks DeletedSymlinks \
        PartialBackup Dryrun MainOperation CompactResults VacuumResults DeleteResults RepairResults TestResults \
        LockResults RemoteSynchronizationResults ParsedResult Interrupted Fatal Version EndTime BeginTime Duration \
        MessagesActualLength WarningsActualLength ErrorsActualLength LimitedMessages LimitedWarnings LimitedErrors \
        BackendStatistics
        """
    private static let statistics = """
        RemoteCalls BytesUploaded BytesDownloaded FilesUploaded FilesDownloaded FilesDeleted FoldersCreated \
        RetryAttempts UnknownFileSize UnknownFileCount KnownFileCount KnownFileSize KnownFilesets LastBackupDate \
        BackupListCount TotalQuotaSpace FreeQuotaSpace AssignedQuotaSpace ReportedQuotaError ReportedQuotaWarning
        """

    @Test("has every member of the result in Duplicati's order, also when the run failed before it began")
    func complete() throws {
        for report in [ReportSamples.warning, ReportSamples.success, ReportSamples.failure, ReportSamples.earlyFailure]
        {
            let data = try #require(try body(report)["Data"])
            #expect(data.object?.map(\.name).joined(separator: " ") == Self.members)
            let names = try #require(data["BackendStatistics"]?.object?.map(\.name))
            #expect(names.prefix(20).joined(separator: " ") == Self.statistics)
        }
    }

    /// What duplistatus asks of an upload; anything else it refuses.
    private func isTaken(_ body: JSONValue) -> Bool {
        let data = body["Data"]
        let extra = ["machine-id", "machine-name", "backup-name", "backup-id"].map { body["Extra"]?[$0]?.string }
        let end = data?["EndTime"]?.string ?? ""
        return data?["MainOperation"]?.string == "Backup" && data?["ParsedResult"]?.string?.isEmpty == false
            && data?["BeginTime"]?.string?.isEmpty == false && data?["Duration"]?.string?.isEmpty == false
            && Timestamp(iso8601: String(end.prefix(19))) != nil && end.hasSuffix("Z")
            && extra.allSatisfy { $0?.isEmpty == false }
    }

    @Test("is what duplistatus takes, above all when the run failed")
    func duplistatus() throws {
        for report in [ReportSamples.warning, ReportSamples.success, ReportSamples.failure, ReportSamples.earlyFailure]
        {
            for message in ReportForm.duplicati.messages(for: report) {
                let body = try JSONValue(parsing: message.body)
                #expect(isTaken(body), "\(body)")
            }
        }
        #expect(ReportForm.duplicati.messages(for: ReportSamples.overdue).isEmpty)
    }

    @Test("is one for each destination, with names and identifiers that stay")
    func parts() throws {
        let nas = try body(ReportSamples.failure, 0)
        let cloud = try body(ReportSamples.failure, 1)
        #expect(nas["Extra"]?["backup-name"]?.string == "photos (nas)")
        #expect(cloud["Extra"]?["backup-name"]?.string == "photos (cloud)")
        #expect(nas["Data"]?["ParsedResult"]?.string == "Success" && nas["Exception"] == .null)
        #expect(cloud["Data"]?["ParsedResult"]?.string == "Fatal" && cloud["Data"]?["Fatal"]?.bool == true)
        #expect(cloud["Exception"]?.string?.hasPrefix("cloud: <no answer>") == true)
        // The other destination's error is not this one's.
        #expect(nas["Data"]?["ErrorsActualLength"]?.integer == 0)
        #expect(nas["LogLines"]?.array?.contains { $0.string?.contains("E304") == true } == false)
        let identifiers = [nas, cloud].map { $0["Extra"]?["backup-id"]?.string ?? "" }
        #expect(Set(identifiers).count == 2)
        #expect(identifiers.allSatisfy { $0.count == 64 && $0 == $0.uppercased() })
        var moved = ReportSamples.failure
        moved.destinations[1].label = "s3://elsewhere/photos"
        moved.configuration = .init(hash: "sha256:another")
        #expect(try body(moved, 1)["Extra"]?["backup-id"]?.string == identifiers[1])
        #expect(cloud["Extra"]?["destination-host-suffix"]?.string == "amazonaws.com")
        #expect(Set(ReportForm.duplicati.messages(for: moved).map(\.id)).count == 2)
    }

    @Test("has times and spans as .NET writes them")
    func times() {
        let start = Timestamp(seconds: 1_795_298_861, nanoseconds: 250_000_000)
        #expect(start.duplicatiJSON == "2026-11-21T22:07:41.2500000Z")
        #expect(start.duplicatiText == "11/21/2026 22:07:41 (1795298861)")
        #expect(start.duplicatiOffset == "2026-11-21T22:07:41+00:00")
        func span(_ seconds: Int64, _ nanoseconds: Int32 = 0) -> String {
            DotNetSpan(
                from: Timestamp(seconds: 0), to: Timestamp(seconds: seconds, nanoseconds: nanoseconds)
            ).text
        }
        #expect(span(431, 203_456_700) == "00:07:11.2034567" && span(60) == "00:01:00")
        #expect(span(90_061) == "1.01:01:01" && span(-5) == "00:00:00")
    }

    @Test("is read by dupReport's expressions")
    func dupReport() throws {
        let message = try #require(
            ReportForm.mail(try MailForm(style: .duplicati)).messages(for: ReportSamples.warning).first)
        let letter = try #require(Letter(message.body))
        #expect(letter.subject == "Duplicati Backup report for photos (nas)" && letter.html == nil)
        func value(_ expression: Regex<Substring>) -> String? {
            letter.text.firstMatch(of: expression).map { String($0.0) }
        }
        #expect(value(/\nExaminedFiles: \d+/) == "\nExaminedFiles: 214803")
        #expect(value(/\nFilesWithError: \d+/) == "\nFilesWithError: 3")
        #expect(value(/\nSizeOfExaminedFiles: .*/) == "\nSizeOfExaminedFiles: 2914406117376")
        #expect(value(/\nParsedResult: \w+/) == "\nParsedResult: Success")
        #expect(value(/\nPartialBackup: \w+/) == "\nPartialBackup: False")
        #expect(value(/\nEndTime: .*/) == "\nEndTime: 11/21/2026 23:58:03 (1795305483)")
        #expect(value(/\nMainOperation: \w+/) == "\nMainOperation: Backup")
        #expect(value(/\nLog data:/) != nil)
        #expect(letter.text.contains("\nLimitedWarnings: [\n    "))
        let failed = ReportForm.mail(try MailForm(style: .duplicati)).messages(for: ReportSamples.failure)[1]
        let text = try #require(Letter(failed.body)).text
        #expect(text.hasPrefix("Failed: cloud: <no answer>") && text.contains("\nDetails: "))
    }

    @Test("fills in placeholders without regard to case, and takes unknown ones out")
    func placeholders() throws {
        let part = try #require(ReportSamples.warning.duplicatiParts.first)
        func filled(_ text: String) -> String { part.filled(text, isSubject: true) { $0 } }
        #expect(
            filled("%PARSEDRESULT%: %OperationName% of %backup-name% on %machine-name%")
                == "\(part.parsedResult): Backup of photos (nas) on homelab-01")
        #expect(filled("%RESULT%|%destination-type%|%nothing%|100% of 5") == "\(part.parsedResult)|file||100% of 5")
        #expect(filled("%remoteurl%%") == "file:///mnt/nas/photos%")
    }
}
