internal import Support

/// What a login brought.
struct Login: Sendable {
    /// What every request to the storage carries.
    let token: Secret
    /// How long it is valid, counted from when it came; nil when the server did not say.
    let life: Duration?
    /// The storage URL that the service itself named: version 1 only.
    let storageURL: String?
    /// The services of the project; nil for a login without a project.
    let catalogue: ServiceCatalogue?
    /// The project's id.
    let projectID: String?
    /// The region that Rackspace has for the user.
    let defaultRegion: String?
    /// Which version it was.
    let version: IdentityVersion

    init(
        token: Secret, life: Duration?, storageURL: String? = nil, catalogue: ServiceCatalogue? = nil,
        projectID: String? = nil, defaultRegion: String? = nil, version: IdentityVersion
    ) {
        self.token = token
        self.life = life
        self.storageURL = storageURL
        self.catalogue = catalogue
        self.projectID = projectID
        self.defaultRegion = defaultRegion
        self.version = version
    }
}

extension Login {
    /// How long a token lives by its two times, or by its end and the server's clock.
    static func life(until end: String?, from beginning: String?, serverTime: Timestamp?) -> Duration? {
        guard let end = end.flatMap({ Self.time($0) }) else { return nil }
        let start = beginning.flatMap { Self.time($0) } ?? serverTime ?? Timestamp.now()
        return .seconds(max(0, end.seconds - start.seconds))
    }

    /// Reads `2026-11-21T02:46:59.000000Z`, with any number of fractional digits and an offset.
    static func time(_ text: String) -> Timestamp? {
        guard let moment = Timestamp(iso8601: String(text.prefix(19))) else { return nil }
        let rest = text.dropFirst(19).drop { $0 == "." || $0.isNumber }
        guard let sign = rest.first, sign == "+" || sign == "-" else {
            return rest.isEmpty || rest == "Z" || rest == "z" ? moment : nil
        }
        let digits = rest.dropFirst().filter { $0 != ":" }
        guard digits.count == 4 || digits.count == 2, let number = Int64(digits) else { return nil }
        let minutes = digits.count == 2 ? number * 60 : number / 100 * 60 + number % 100
        return Timestamp(seconds: moment.seconds - (sign == "+" ? 1 : -1) * minutes * 60)
    }
}
