public import Catalog
public import Support

/// Which version is meant.
public enum VersionSelector: Sendable, Hashable, CustomStringConvertible {
    /// The newest one.
    case newest
    /// Counted from the newest, which is 0.
    case number(Int)
    /// The newest one that is not later than a moment.
    case time(Timestamp)

    /// Reads `newest`, a number, or a time as in `2026-11-21T03:18:26Z`, `2026-11-21` and `20261121T031826Z`.
    ///
    /// A date alone means its end: the last version of that day.
    public init?(_ text: String) {
        if text == "newest" || text == "latest" {
            self = .newest
        } else if let number = Int(text), number >= 0 {
            self = .number(number)
        } else if let time = Timestamp(compact: text) {
            self = .time(time)
        } else if let time = Timestamp(iso8601: text) {
            self = .time(text.utf8.count == 10 ? Timestamp(seconds: time.seconds + 86_399) : time)
        } else {
            return nil
        }
    }

    /// As it is written on the command line.
    public var description: String {
        switch self {
        case .newest: "newest"
        case .number(let number): "\(number)"
        case .time(let time): time.iso8601
        }
    }

    /// The version among all, which come oldest first.
    public func resolve(_ versions: [CatalogVersion]) throws(EngineError) -> CatalogVersion {
        let found: CatalogVersion? =
            switch self {
            case .newest: versions.last
            case .number(let number): number < versions.count ? versions[versions.count - 1 - number] : nil
            case .time(let time): versions.last { $0.time <= time }
            }
        guard let found else {
            throw .noSuchVersion(description, available: Self.available(versions))
        }
        return found
    }

    private static func available(_ versions: [CatalogVersion]) -> String {
        guard let oldest = versions.first, let newest = versions.last else { return "The store holds no version." }
        if versions.count == 1 { return "The only version is 0, of \(newest.time)." }
        return "There are versions 0 (\(newest.time), the newest) to \(versions.count - 1) (\(oldest.time))."
    }
}
