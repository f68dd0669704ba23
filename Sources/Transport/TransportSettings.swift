public import Support

/// How connections are made: trust, proxies, bandwidth.
public struct TransportSettings: Sendable {
    /// Which proxy stands between.
    public enum Proxy: Sendable, Hashable {
        /// What `http_proxy`, `https_proxy` and `no_proxy` of the environment say.
        case environment
        /// None, whatever the environment says.
        case none
        /// One, by its URL, which may hold a user name and a password; not for the hosts of a list with commas.
        case url(Secret, except: String)
    }

    /// A PEM file that replaces the system's authorities.
    public var certificateAuthorities: String?
    /// The only server certificates that are accepted, by their SHA-1, SHA-256, SHA-384 or SHA-512.
    ///
    /// It does not matter then who signed them, nor which host they name; empty for those that an authority vouches for.
    public var pinnedCertificates: [[UInt8]]
    /// The SHA-256 of the only public key that a server may have, in base64; its certificate has to be good as well.
    public var pinnedPublicKey: String?
    /// Whether any certificate is accepted: there is no protection then against somebody in between.
    public var acceptsAnyCertificate: Bool
    /// PEM files with a certificate of our own and its key, for servers that ask for one.
    public var clientCertificate: String?
    /// The key of `clientCertificate`; nil when it is in the same file.
    public var clientKey: String?
    /// Which proxy stands between.
    public var proxy: Proxy
    /// What uploads share; nil for no limit.
    public var uploads: BandwidthLimit?
    /// What downloads share; nil for no limit.
    public var downloads: BandwidthLimit?
    /// Whether HTTP/2 is spoken where the server does; one connection each, which suits large transfers, when not.
    public var usesHTTP2: Bool
    /// How many idle connections' handles are kept.
    public var idleHandles: Int

    /// The system's authorities, the environment's proxies, no limits.
    public init(
        certificateAuthorities: String? = nil, pinnedCertificates: [[UInt8]] = [], pinnedPublicKey: String? = nil,
        acceptsAnyCertificate: Bool = false, clientCertificate: String? = nil, clientKey: String? = nil,
        proxy: Proxy = .environment,
        uploads: BandwidthLimit? = nil, downloads: BandwidthLimit? = nil, usesHTTP2: Bool = false,
        idleHandles: Int = 16
    ) {
        self.certificateAuthorities = certificateAuthorities
        self.pinnedCertificates = pinnedCertificates
        self.pinnedPublicKey = pinnedPublicKey
        self.acceptsAnyCertificate = acceptsAnyCertificate
        self.clientCertificate = clientCertificate
        self.clientKey = clientKey
        self.proxy = proxy
        self.uploads = uploads
        self.downloads = downloads
        self.usesHTTP2 = usesHTTP2
        self.idleHandles = idleHandles
    }
}
