extension Metadata {
    /// The name of the key that holds the special bits.
    ///
    /// Duplicati records nine permission bits only, and skips keys that it does not know. The key is written for the
    /// few entries that have such bits, so that every other blob is the same as Duplicati's.
    static let specialBitsKey = "dunnage:special-bits"

    /// Set-user-ID (4), set-group-ID (2) and sticky (1), as the first digit of an octal mode; 0 when none is known.
    public var specialBits: UInt32 {
        get {
            let value = otherKeys.first { $0.name == Self.specialBitsKey }?.value
            return value.flatMap { UInt32($0) }.map { $0 & 7 } ?? 0
        }
        set {
            otherKeys.removeAll { $0.name == Self.specialBitsKey }
            if newValue & 7 != 0 {
                otherKeys.append(OtherKey(name: Self.specialBitsKey, value: String(newValue & 7)))
            }
        }
    }
}
