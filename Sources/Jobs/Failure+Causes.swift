internal import Catalog
internal import Configuration
internal import Cryptography
internal import Destinations
internal import Engine
internal import Ledger
internal import Reporting
internal import Secrets
internal import StoreFormat
internal import Support

extension Failure {
    /// What an error of any part of the program means for the process: the only place that knows.
    /// - Parameters:
    ///   - error: what was thrown.
    ///   - stop: the signal that asked to stop, if one did.
    public init(_ error: any Error, stoppedBy stop: StopSignal? = nil) {
        switch error {
        case let error as Failure: self = error
        case let error as EngineError: self.init(error, stop)
        case let error as DestinationError: self.init(error, stop)
        case let error as StoreFormatError: self.init(error)
        case let error as CryptError: self.init(error)
        case let error as CatalogError: self.init(error)
        case let error as LedgerError: self.init(error)
        case let error as InvalidConfiguration: self.init(.configuration, .configuration, "\(error).")
        case let error as SecretError where error.isCancelled: self.init(EngineError.cancelled, stop)
        case let error as SecretError:
            // A server that does not answer now may do so when the job is tried again.
            self.init(
                .secret, error.isTransient ? .temporary : .configuration, error.description.startingUppercase)
        case let error as FilterError: self.init(.configuration, .configuration, error.description)
        case let error as ReportingError: self.init(.configuration, .configuration, error.description)
        case let error as SystemError:
            self.init(
                error.isOutOfSpace ? .full : .local, .failure, "Could not \(error). Check space and permissions.")
        default: self.init(.defect, .failure, "\(error). Please report this as a defect.")
        }
    }

    init(_ error: EngineError, stoppedBy stop: StopSignal?) { self.init(error, stop) }

    private init(_ error: EngineError, _ stop: StopSignal?) {
        let message = error.description
        switch error {
        case .destination(let cause): self.init(cause, stop)
        case .format(let cause): self.init(cause)
        case .catalog(let cause): self.init(cause)
        case .system(let cause, _): self.init(cause.isOutOfSpace ? .full : .local, .failure, message)
        case .emptyStore, .missingObjects, .archivedVolumes, .damagedObject, .uploadNotListed, .listingUnsteady:
            self.init(.store, .failure, message)
        case .clockBehind: self.init(.local, .failure, message)
        case .missingPassphrase: self.init(.passphrase, .configuration, message)
        case .wrongPassphrase: self.init(.passphrase, .credentials, message)
        case .noSuchVersion, .nothingSelected: self.init(.notFound, .failure, message)
        case .stream: self.init(.stream, .failure, message)
        case .unexpected: self.init(.expectation, .refused, message)
        case .unusableSource: self.init(.configuration, .configuration, message)
        case .noSources, .missingSources: self.init(.sources, .failure, message)
        case .settingsDiffer: self.init(.configuration, .configuration, message)
        case .refused: self.init(.refused, .refused, message)
        case .leased, .leaseLost: self.init(.busy, .temporary, message)
        case .cancelled: self.init(stoppedBy: stop, message)
        }
    }

    private init(_ error: DestinationError, _ stop: StopSignal?) {
        let message = error.description
        switch error.kind {
        case .transient, .throttled: self.init(.unreachable, .temporary, message)
        case .authentication, .permission: self.init(.credentials, .credentials, message)
        case .missingContainer: self.init(.missingContainer, .failure, message)
        case .quota, .localSpace: self.init(.full, .failure, message)
        case .missingObject, .corrupt, .changed, .archived: self.init(.store, .failure, message)
        case .exists, .locked: self.init(.destination, .failure, message)
        case .unsupported, .configuration, .certificate: self.init(.configuration, .configuration, message)
        case .localFile: self.init(.local, .failure, message)
        case .cancelled: self.init(stoppedBy: stop, message)
        case .internalFault: self.init(.defect, .failure, message)
        }
    }

    private init(_ error: CatalogError) {
        switch error {
        case .full: self.init(.full, .failure, error.description)
        case .database, .damaged, .tooNew, .inconsistent: self.init(.local, .failure, error.description)
        }
    }

    private init(_ error: LedgerError) {
        switch error {
        case .full: self.init(.full, .failure, error.description)
        case .database, .damaged, .tooNew: self.init(.local, .failure, error.description)
        }
    }

    private init(_ error: CryptError) {
        switch error {
        case .wrongPassphrase: self.init(.passphrase, .credentials, error.description)
        case .emptyPassphrase: self.init(.passphrase, .configuration, error.description)
        default: self.init(.store, .failure, error.description)
        }
    }

    private init(_ error: StoreFormatError) {
        switch error.kind {
        case .passphraseMissing: self.init(.passphrase, .configuration, error.description)
        case .wrongPassphrase: self.init(.passphrase, .credentials, error.description)
        case .noSpace: self.init(.full, .failure, error.description)
        case .localFile, .gpgUnavailable, .gpgStopped, .notRepresentable: self.init(.local, .failure, error.description)
        case .settingsDiffer: self.init(.configuration, .configuration, error.description)
        case .damaged, .unsupported, .manifestMissing, .entryMissing: self.init(.store, .failure, error.description)
        }
    }

    /// A backup that stopped in good order.
    init(stoppedWith summary: BackupSummary, _ stop: StopSignal?) {
        let made =
            summary.version.map {
                "What it had stored by then is the partial version of \($0); all else in it is as in the version before."
            } ?? "Nothing had changed by then, so there is no new version."
        self.init(stoppedBy: stop, "The run was stopped before its end. \(made) The next run continues.")
    }

    private init(stoppedBy stop: StopSignal?, _ message: String) {
        self.init(.stopped, stop == .terminate ? .terminated : .interrupted, message)
    }
}

extension String {
    fileprivate var startingUppercase: String { prefix(1).uppercased() + dropFirst() }
}
