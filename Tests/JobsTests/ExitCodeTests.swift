import Catalog
import Configuration
import Destinations
import Engine
import Glibc
import Jobs
import Secrets
import StoreFormat
import Support
import Testing

@Suite("Exit codes")
struct ExitCodeTests {
    @Test("the table is the one that orchestrators were told")
    func table() {
        let codes = Dictionary(uniqueKeysWithValues: ExitCode.allCases.map { ("\($0)", $0.rawValue) })
        #expect(
            codes == [
                "success": 0, "failure": 1, "usage": 2, "warnings": 3, "refused": 4, "changes": 20,
                "destructiveChanges": 21, "temporary": 75, "credentials": 77, "configuration": 78, "interrupted": 130,
                "terminated": 143,
            ])
    }

    @Test("of several codes the one that says most about what to do next is returned")
    func worst() {
        #expect(ExitCode.worst(of: []) == .success)
        #expect(ExitCode.worst(of: [.success, .warnings]) == .warnings)
        #expect(ExitCode.worst(of: [.temporary, .success]) == .temporary)
        #expect(ExitCode.worst(of: [.temporary, .failure]) == .failure)
        #expect(ExitCode.worst(of: [.failure, .credentials, .temporary]) == .credentials)
        #expect(ExitCode.worst(of: [.credentials, .configuration]) == .configuration)
        #expect(ExitCode.worst(of: [.configuration, .terminated]) == .terminated)
    }

    @Test("every kind of destination error has its code", arguments: DestinationError.Kind.allCases)
    func destination(_ kind: DestinationError.Kind) {
        let expected: ExitCode =
            switch kind {
            case .transient, .throttled: .temporary
            case .authentication, .permission: .credentials
            case .unsupported, .configuration, .certificate: .configuration
            case .cancelled: .interrupted
            case .missingObject, .missingContainer, .exists, .quota, .corrupt, .changed, .archived, .locked,
                .localFile, .localSpace, .internalFault:
                .failure
            }
        let error = DestinationError(kind, .list, at: "file:///backup", detail: "why")
        #expect(Failure(error).exitCode == expected)
        #expect(Failure(EngineError.destination(error)).exitCode == expected)
        #expect(Failure(error).message == error.description)
    }

    @Test("what the engine cannot do has its code")
    func engine() {
        let expected: [(EngineError, ExitCode, Failure.Code)] = [
            (.wrongPassphrase(object: "o", destination: "d"), .credentials, .passphrase),
            (.missingPassphrase(destination: "d"), .configuration, .passphrase),
            (.settingsDiffer("…"), .configuration, .configuration),
            (.noSources(["/nowhere"]), .failure, .sources),
            (.missingObjects(["o"], destination: "d"), .failure, .store),
            (.emptyStore(destination: "d", otherPrefixes: []), .failure, .store),
            (.damagedObject("o", detail: "…"), .failure, .store),
            (.noSuchVersion("9", available: ""), .failure, .notFound),
            (.nothingSelected(["x"]), .failure, .notFound),
            (.system(SystemError("write", code: ENOSPC), doing: "write"), .failure, .full),
            (.system(SystemError("write", code: EDQUOT), doing: "write"), .failure, .full),
            (.catalog(.full(path: "c", folder: "f")), .failure, .full),
            (.catalog(.database(path: "c", detail: "locked")), .failure, .local),
            (.destination(DestinationError(.localSpace, .get, at: "d", detail: "…")), .failure, .full),
            (.destination(DestinationError(.quota, .put, at: "d", detail: "…")), .failure, .full),
            (.clockBehind(newest: Timestamp(seconds: 0), destination: "d"), .failure, .local),
            (.system(SystemError("write", code: EIO), doing: "write"), .failure, .local),
            (.format(StoreFormatError(.wrongPassphrase, object: "o")), .credentials, .passphrase),
        ]
        for (error, code, kind) in expected {
            #expect(Failure(error).exitCode == code, "\(error)")
            #expect(Failure(error).code == kind, "\(error)")
        }
    }

    @Test("a stop has the code of the signal that asked for it")
    func stopped() {
        #expect(Failure(EngineError.cancelled, stoppedBy: .interrupt).exitCode == .interrupted)
        #expect(Failure(EngineError.cancelled, stoppedBy: .terminate).exitCode == .terminated)
        let interruption = Interruption()
        #expect(interruption.request(.terminate))
        #expect(!interruption.request(.interrupt))
        #expect(interruption.signal == .terminate)
        #expect(interruption.cancellation.isCancelled)
    }

    @Test("a configuration or a secret that is wrong is no reason to try again")
    func configuration() {
        let secret = Failure(SecretError("key", .variableMissing("KEY")))
        #expect(secret.exitCode == .configuration)
        #expect(secret.message.hasPrefix("Secret `key` needs the environment variable KEY"))
        #expect(Failure(FilterError.empty).exitCode == .configuration)
    }

    @Test("warnings only count for those who ask")
    func warnings() {
        #expect(Outcome.warning.exitCode() == .success)
        #expect(Outcome.warning.exitCode(failsOnWarning: true) == .warnings)
        #expect(Outcome.success.exitCode(failsOnWarning: true) == .success)
    }

    @Test("the outcome of several parts is that of the worst")
    func combined() {
        let busy = Outcome.failure(Failure(.busy, .temporary, "busy"))
        let wrong = Outcome.failure(Failure(.passphrase, .credentials, "wrong"))
        #expect(Outcome.combined([]) == .success)
        #expect(Outcome.combined([.success, .warning, .success]) == .warning)
        #expect(Outcome.combined([busy, .warning]) == busy)
        #expect(Outcome.combined([busy, wrong]) == wrong)
        #expect(Outcome.combined([wrong, busy]) == wrong)
    }
}
