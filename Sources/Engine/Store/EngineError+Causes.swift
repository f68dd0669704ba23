internal import Catalog
internal import Destinations
internal import Glibc
internal import StoreFormat
internal import Support

extension EngineError {
    /// What any failure below the engine means; `doing` completes “Could not …” for system calls.
    init(_ error: any Error, doing: String) {
        switch error {
        case let error as EngineError: self = error
        case let error as CatalogError: self = .catalog(error)
        case let error as DestinationError: self = .destination(error)
        case let error as StoreFormatError: self = .format(error)
        case let error as StreamFailure: self = .stream(error)
        case let error as SystemError: self = .system(error, doing: doing)
        // Nothing else is thrown below; should it be, its text is better than a trap.
        default: self = .system(SystemError("\(error)", code: EPROTO), doing: doing)
        }
    }

    /// Whether other objects may still be fine: one is missing, damaged or foreign, but the store can be used.
    var concernsOneObject: Bool {
        switch self {
        case .damagedObject: true
        case .format(let error):
            switch error.kind {
            case .damaged, .unsupported, .settingsDiffer, .manifestMissing, .entryMissing: true
            default: false
            }
        case .destination(let error): [.missingObject, .corrupt, .changed, .archived].contains(error.kind)
        default: false
        }
    }

    /// Whether the destination keeps an object locked.
    var isOfLock: Bool {
        if case .destination(let error) = self { error.kind == .locked } else { false }
    }

    /// The fault of an object in a few words, for a problem that names the object itself.
    var faultOfObject: String {
        switch self {
        case .damagedObject(_, let detail): "is damaged: \(detail)"
        case .format(let error):
            switch error.kind {
            case .settingsDiffer: "was written with other settings than the store: \(error.detail)"
            case .unsupported: "cannot be read: \(error.detail)"
            default: "is damaged\(error.detail.isEmpty ? "" : ": \(error.detail)")"
            }
        case .destination(let error) where error.kind == .missingObject: "is missing"
        default: "cannot be read: \(self)"
        }
    }

    /// In which way the object is not as it should be.
    var kindOfFault: VerifySummary.Fault.Kind {
        switch self {
        case .damagedObject: .modified
        case .destination(let error): error.kind == .missingObject ? .missing : .error
        case .format(let error): error.kind == .damaged || error.kind == .entryMissing ? .modified : .error
        default: .error
        }
    }
}
