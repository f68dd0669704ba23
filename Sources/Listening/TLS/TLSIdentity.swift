public import Support

/// The certificate chain and the key that a listener shows, from PEM files.
///
/// A listener looks at the files about once a second while clients come, and takes them over when they have changed. Files
/// that cannot be used, or do not belong together yet, leave the old identity in use.
public final class TLSIdentity: Sendable {
    /// The file with the certificate, and behind it those of the authorities in between.
    public let certificate: String
    /// The file with the key; it may be the same.
    public let key: String

    /// Reads both files.
    /// - Throws: `ListeningError` when they cannot be used.
    public init(certificate: String, key: String) throws(ListeningError) {
        self.certificate = certificate
        self.key = key
    }

    /// When the certificate that is in use ends.
    public var expiry: Timestamp { Timestamp(seconds: 0) }

    /// Reads the files again, whether or not they seem to have changed.
    /// - Throws: `ListeningError` when they cannot be used; the old identity stays in use then.
    public func reload() throws(ListeningError) {
    }
}
