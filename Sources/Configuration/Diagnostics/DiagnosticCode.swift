/// The stable codes of diagnostics.
///
/// A code never changes its meaning; one that is no longer needed is not used again.
public enum DiagnosticCode: String, Sendable, Hashable, Codable, CaseIterable {
    // E00x: the file as YAML.

    /// The text breaks YAML's grammar.
    case syntax = "E001"
    /// A key stands twice in a mapping.
    case duplicateKey = "E002"
    /// The file holds more than one document.
    case severalDocuments = "E003"
    /// An alias or a merge key does not fit.
    case alias = "E004"
    /// The file is too big, too deep, or grows too much by its aliases.
    case limit = "E005"
    /// A tag that is not supported.
    case tag = "E006"
    /// The file cannot be read.
    case unreadable = "E007"
    /// The file is not UTF-8.
    case encoding = "E008"

    // E01x: shape.

    /// A key that nothing knows.
    case unknownKey = "E010"
    /// A required key is missing.
    case missingKey = "E011"
    /// A value that is not one of those allowed.
    case notAllowed = "E012"
    /// A text, number, list or mapping where another is expected.
    case wrongType = "E013"
    /// A list or mapping that must not be empty.
    case empty = "E014"
    /// Keys that exclude each other.
    case conflictingKeys = "E015"

    // E02x: values.

    /// A value out of range or otherwise not usable.
    case badValue = "E020"
    /// A duration that cannot be read.
    case badDuration = "E021"
    /// A size that cannot be read.
    case badSize = "E022"
    /// A `$` expression that cannot be read.
    case badInterpolation = "E023"
    /// A URL that cannot be one.
    case badURL = "E024"
    /// A filter expression that cannot be read.
    case badFilter = "E025"
    /// A version of the configuration language that this program does not read.
    case badVersion = "E026"
    /// A name with characters that names may not have.
    case badName = "E027"
    /// A path that cannot be used.
    case badPath = "E028"

    /// A cron expression or time of the day that cannot be read.
    case badTime = "E029"

    // E03x: references.

    /// A secret that is not defined.
    case undefinedSecret = "E030"
    /// A destination that is not defined.
    case undefinedDestination = "E031"
    /// A report that is not defined.
    case undefinedReport = "E032"
    /// A variable that is not set and has no default.
    case undefinedVariable = "E033"
    /// Two jobs would write to the same store.
    case sharedStore = "E034"
    /// Something is named twice in a list.
    case namedTwice = "E035"
    /// A job that is not defined.
    case undefinedJob = "E036"
    /// A set of filters that is not defined.
    case undefinedFilterSet = "E037"
    /// Jobs that wait for each other, or extend each other, in a circle.
    case circular = "E038"
    /// A source that the job does not have.
    case undefinedSource = "E039"

    // E04x: logic of retention and storage.

    /// Retention tiers that do not fit together.
    case retentionTiers = "E040"
    /// Sizes that do not fit together.
    case sizesConflict = "E041"

    /// A schedule that is never due.
    case neverDue = "E042"

    // E05x: secrets.

    /// A secret that nothing uses.
    case unusedSecret = "E050"
    /// A secret where the value is needed before secrets are read.
    case secretTooEarly = "E051"

    // E06x: several files, variables and flags.

    /// An `include` that leads nowhere, in a circle, or too deep.
    case badInclude = "E060"
    /// Something is defined in two files.
    case definedTwice = "E061"
    /// A variable or flag that does not say what it sets, or sets what cannot be set.
    case badOverride = "E062"
    /// A variable and its `_FILE` counterpart are both set.
    case variableTwice = "E063"
    /// The file that a `_FILE` variable names cannot be used.
    case variableFile = "E064"

    // W1xx: hygiene.

    /// A password or key stands in the file.
    case literalSecret = "W101"
    /// A destination that no job uses.
    case unusedDestination = "W102"
    /// A report that no job uses.
    case unusedReport = "W103"
    /// `yes`, `no`, `on` or `off`, which are texts in YAML 1.2.
    case oldBoolean = "W104"
    /// A filter that can never match.
    case uselessFilter = "W105"
    /// A set of filters that nothing uses.
    case unusedFilterSet = "W106"
    /// An `include` pattern that no file matches.
    case emptyInclude = "W107"

    /// A key or value that is checked, but that no command acts on yet.
    case notActedOn = "W110"
    /// Objects are locked for longer than the youngest versions are kept.
    case lockOutlivesRetention = "W111"
    /// A service answers at an address that others reach, in the clear or without tokens.
    case exposedAddress = "W112"

    // P2xx: policies of the configuration's own.

    /// A job stores in the clear.
    case notEncrypted = "P201"
    /// A job has too few destinations.
    case tooFewCopies = "P202"
    /// A job has too few destinations elsewhere.
    case notOffSite = "P203"
    /// No destination of a job keeps objects from being deleted for long enough.
    case tooMutable = "P204"
    /// A job proves its restores too seldom, or not at all.
    case tooSeldomVerified = "P205"
    /// A job promises no version that is young enough.
    case tooOld = "P206"
    /// A password or key stands in the file.
    case literalAgainstPolicy = "P207"

    /// How grave it is: codes that begin with `W` are warnings.
    public var severity: Diagnostic.Severity { rawValue.hasPrefix("W") ? .warning : .error }
}
