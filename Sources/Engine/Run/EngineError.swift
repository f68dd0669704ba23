public import Catalog
public import Destinations
public import StoreFormat
public import Support

/// Why a run of the engine ended early; each with its cause and what to do.
public enum EngineError: Error, Sendable, CustomStringConvertible {
    /// The destination refused or could not be reached.
    case destination(DestinationError)
    /// A remote object is not what its name says.
    case format(StoreFormatError)
    /// The local catalog cannot be used.
    case catalog(CatalogError)
    /// The local system refused something that is not one source file.
    case system(SystemError, doing: String)
    /// There is no backup at the destination.
    case emptyStore(destination: String, otherPrefixes: [String])
    /// The objects are encrypted and nobody gave a passphrase.
    case missingPassphrase(destination: String)
    /// The passphrase does not open the objects.
    case wrongPassphrase(object: String, destination: String)
    /// Objects that versions need are not at the destination.
    case missingObjects([String], destination: String)
    /// Data volumes that have to be read lie in an archive.
    case archivedVolumes(count: Int, bytes: Int64, version: Timestamp, destination: String)
    /// An object does not have the hash or size recorded for it.
    case damagedObject(String, detail: String)
    /// Objects that were just sent are not listed, or not in full size.
    case uploadNotListed([String], destination: String)
    /// The destination lists these objects, and a moment before or after it does not.
    case listingUnsteady([String], destination: String)
    /// The newest version is later than now.
    case clockBehind(newest: Timestamp, destination: String)
    /// The asked version does not exist; `available` describes those that do.
    case noSuchVersion(String, available: String)
    /// Nothing in the version matches what was asked for.
    case nothingSelected([String])
    /// None of the source paths exists.
    case noSources([String])
    /// Sources that must exist do not.
    case missingSources([String])
    /// What the sources hold is not what is expected of them.
    case unexpected([String])
    /// A source that no version can hold.
    case unusableSource(String, reason: String)
    /// A command whose output is a source failed.
    case stream(StreamFailure)
    /// The destination's store was made with other settings than those asked for.
    case settingsDiffer(String)
    /// A guard refused; nothing was changed.
    case refused(String)
    /// Another run holds the right to change the store.
    case leased(LeaseHolder, destination: String)
    /// The right to change the store was lost while the run went on.
    case leaseLost(destination: String)
    /// The run was asked to stop.
    case cancelled

    /// The cause in one sentence, and the remedy in another.
    public var description: String {
        switch self {
        case .destination(let error): "\(error)"
        case .format(let error): "\(error)"
        case .catalog(let error): "\(error)"
        case .system(let error, let doing) where error.isOutOfSpace:
            "Could not \(doing): \(error). Free some space there and run again; nothing that was stored is lost."
        case .system(let error, let doing): "Could not \(doing): \(error). Check space, limits and permissions."
        case .emptyStore(let destination, let prefixes):
            if prefixes.isEmpty {
                "There is no backup at \(destination). Check the URL; a first run of a job creates the backup."
            } else {
                "There is no backup with this prefix at \(destination), but there are others: "
                    + "\(prefixes.joined(separator: ", ")). Give the right one as the option `prefix`."
            }
        case .missingPassphrase(let destination):
            "The backup at \(destination) is encrypted. Give its passphrase with --passphrase-file or in the job."
        case .wrongPassphrase(let object, let destination):
            "The passphrase does not open \(object) at \(destination). Nothing was changed. "
                + "Check the passphrase, also for a changed file or a missing last character."
        case .missingObjects(let names, let destination):
            "\(Count(names.count, "object").with("is", "are")) missing at \(destination): "
                + "\(names.prefix(5).joined(separator: ", "))\(names.count > 5 ? ", …" : ""). "
                + "Nothing was changed. Put them back, or run `dunnage verify` to learn which files need them."
        case .archivedVolumes(let count, let bytes, let version, let destination):
            "\(Count(count, "data volume")) (\(ByteCount(bytes))) that this needs of the version of "
                + "\(version) \(count == 1 ? "lies" : "lie") in the archive of \(destination). Nothing was fetched or "
                + "written. Order \(count == 1 ? "it" : "them") with `dunnage thaw`, and try again when all has come."
        case .damagedObject(let name, let detail):
            "The object \(name) is damaged (\(detail)). Fetch a good copy if the destination keeps versions."
        case .uploadNotListed(let names, let destination):
            "\(destination) does not list what it was just sent, or not in full size: "
                + "\(names.prefix(5).joined(separator: ", "))\(names.count > 5 ? ", …" : ""). "
                + "The version does not count as made; what was stored before is untouched, and the next run checks again."
        case .listingUnsteady(let names, let destination):
            "\(destination) lists these objects only at times: "
                + "\(names.prefix(5).joined(separator: ", "))\(names.count > 5 ? ", …" : ""). "
                + "Nothing was changed, since nobody can tell what is missing there. "
                + "Run again when nothing else writes there, and the destination has settled."
        case .clockBehind(let newest, let destination):
            "The newest version at \(destination) is of \(newest), which is later than now. "
                + "Set the clock right. If it is right, that version was made while it was wrong: "
                + "delete that version with `dunnage delete`, and run again."
        case .noSuchVersion(let asked, let available):
            "There is no version “\(asked)”. \(available)"
        case .nothingSelected(let patterns):
            "Nothing in this version matches \(patterns.joined(separator: ", ")). "
                + "`dunnage files` lists what it holds."
        case .noSources(let paths):
            "None of the sources exists: \(paths.joined(separator: ", ")). "
                + "Check the paths, and that they are mounted; no version was made."
        case .missingSources(let paths):
            "\(paths.count == 1 ? "A source does not exist" : "Sources do not exist"): "
                + "\(paths.joined(separator: ", ")). The job requires \(paths.count == 1 ? "it" : "them"). "
                + "Check the paths, and that they are mounted; no version was made."
        case .unexpected(let findings):
            "The sources are not as expected: \(findings.joined(separator: "; ")). No version was made, and none was "
                + "deleted. Look at the sources; when they are right, change `expect` in the job."
        case .unusableSource(let path, let reason):
            "The source \(path) cannot be backed up: \(reason). Change the job; no version was made."
        case .stream(let failure):
            "\(failure) No version was made, and what was stored before is untouched. "
                + "Run the command by hand, with the same environment, to see what it lacks."
        case .settingsDiffer(let detail):
            "\(detail) These are fixed when a backup is created; change the job to match, or use another destination."
        case .refused(let detail): detail
        case .leased(let holder, let destination):
            "\(destination) is in use by \(holder). Nothing was changed; wait for it to end, and try again. "
                + "If it is certain that it has ended, run `dunnage unlock`."
        case .leaseLost(let destination):
            "The lease on \(destination) was taken away while the run went on: somebody unlocked it, or another run "
                + "took over. Nothing was deleted after that; what was stored is used by the next run."
        case .cancelled:
            "The run was stopped before its end. Nothing stored is lost; the next run continues."
        }
    }
}
