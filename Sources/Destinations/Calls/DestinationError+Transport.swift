internal import Support
internal import Transport

extension DestinationError {
    /// The error of a connection that brought no response.
    init(
        _ error: TransportError, _ operation: Operation, _ object: String?, at label: String
    ) {
        let detail = "\(error.detail) (\(error.origin))"
        self.init(Self.kind(of: error), operation, object: object, at: label, detail: detail)
        if case .localFile(let cause) = error.kind { self.detail = "\(cause)" }
        if case .nameResolution = error.kind { advice = "Check the host name in the URL and this machine's DNS." }
        if case .protocolViolation = error.kind {
            advice = "Check the port, and whether the server speaks http or https there."
        }
        isOfConnection = kind == .transient
        mayHaveArrived = error.mayHaveArrived
    }

    private static func kind(of error: TransportError) -> Kind {
        switch error.kind {
        case .nameResolution, .connection, .tls(certificate: false), .timeout, .interrupted: .transient
        case .tls(certificate: true): .certificate
        case .responseTooLarge, .protocolViolation, .redirectRefused, .invalidRequest, .encryptionMissing:
            .configuration
        case .localFile(let cause): cause.isOutOfSpace ? .localSpace : .localFile
        case .sourceTooShort: .localFile
        case .cancelled: .cancelled
        case .internalFault: .internalFault
        }
    }
}

extension TransportError {
    /// Whether the server may have got the whole request.
    fileprivate var mayHaveArrived: Bool {
        switch kind {
        case .timeout(.waiting), .timeout(.receiving), .timeout(.whole), .interrupted: true
        default: false
        }
    }
}
