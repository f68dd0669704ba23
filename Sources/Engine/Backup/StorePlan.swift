internal import Catalog
internal import Cryptography
internal import Destinations
internal import StoreFormat
internal import Support

/// The settings of a run: the store's own where there is one, the request's for a new store.
struct StorePlan {
    let settings: StoreSettings
    let encryption: Encryption
    let prefix: String
    private let label: String

    /// - Throws: `EngineError.settingsDiffer` or `.missingPassphrase` when the request does not fit the store.
    init(
        _ options: BackupOptions, existing: StoreProperties?, listing: StoreListing, store: Store
    ) throws(EngineError) {
        prefix = listing.prefix
        label = store.destination.label
        guard let existing = existing?.settings else {
            settings = StoreSettings(blockSize: options.blockSize ?? StoreSettings().blockSize)
            encryption = store.passphrase == nil ? .none : .aes
            return
        }
        settings = existing
        if let asked = options.blockSize, asked != existing.blockSize {
            throw .settingsDiffer(
                "The backup at \(label) has blocks of \(ByteCount(Int64(existing.blockSize))), "
                    + "the job asks for \(ByteCount(Int64(asked))).")
        }
        switch (listing.encryption ?? .none, store.passphrase) {
        case (.none, nil): encryption = .none
        case (.none, _):
            throw .settingsDiffer("The backup at \(label) is not encrypted, but the job has a passphrase.")
        case (_, nil): throw .missingPassphrase(destination: label)
        // Objects of gpg are continued with our own; both open with the same passphrase.
        case (.aes, _), (.gpg, _): encryption = .aes
        }
    }

    /// Keeps what a new store was created with.
    func record(in writer: borrowing CatalogWriter, passphrase: Secret?) throws {
        try StoreProperties(settings: settings, prefix: prefix, encryption: encryption)
            .write(to: writer)
        if let passphrase { try PassphraseCheck.keep(try PassphraseCheck.make(passphrase), writer) }
    }
}
