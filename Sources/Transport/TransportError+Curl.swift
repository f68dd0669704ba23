internal import CLibCurl

extension TransportError.Kind {
    /// What a result code of libcurl means, when a callback of ours was not the reason for it.
    static func of(_ code: CURLcode, in phase: TransportPhase) -> TransportError.Kind {
        if code == CURLE_OPERATION_TIMEDOUT { return .timeout(phase == .connecting ? .connecting : .whole) }
        return table.first { $0.codes.contains(code.rawValue) }?.kind ?? .internalFault
    }

    private static let table: [(kind: TransportError.Kind, codes: Set<UInt32>)] = [
        (.nameResolution, codes(CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY)),
        (.connection, codes(CURLE_COULDNT_CONNECT, CURLE_INTERFACE_FAILED, CURLE_PROXY)),
        (
            .tls(certificate: true),
            codes(
                CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CACERT_BADFILE,
                CURLE_SSL_ISSUER_ERROR, CURLE_SSL_PINNEDPUBKEYNOTMATCH, CURLE_SSL_INVALIDCERTSTATUS,
                CURLE_SSL_CLIENTCERT, CURLE_SSL_CIPHER, CURLE_SSL_CRL_BADFILE)
        ),
        (.encryptionMissing, codes(CURLE_USE_SSL_FAILED)),
        (.tls(certificate: false), codes(CURLE_SSL_CONNECT_ERROR)),
        (
            .interrupted,
            codes(
                CURLE_GOT_NOTHING, CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_PARTIAL_FILE, CURLE_HTTP2,
                CURLE_HTTP2_STREAM, CURLE_SSL_SHUTDOWN_FAILED)
        ),
        // The URL's scheme was checked before, so that this code means an answer without any status line.
        (
            .protocolViolation,
            codes(CURLE_UNSUPPORTED_PROTOCOL, CURLE_WEIRD_SERVER_REPLY, CURLE_BAD_CONTENT_ENCODING, CURLE_HTTP3)
        ),
        (.invalidRequest, codes(CURLE_URL_MALFORMAT)),
        (.cancelled, codes(CURLE_ABORTED_BY_CALLBACK)),
    ]

    private static func codes(_ codes: CURLcode...) -> Set<UInt32> { Set(codes.map(\.rawValue)) }
}

extension EasyHandle {
    /// What a result code means, by the library's words too where the code alone says too little.
    func kind(of code: CURLcode, in phase: TransportPhase) -> TransportError.Kind {
        let kind = TransportError.Kind.of(code, in: phase)
        // What answers in the clear where TLS was expected will do so again.
        let isPlain = words(for: code).contains("wrong version number")
        return kind == .tls(certificate: false) && isPlain ? .protocolViolation : kind
    }
}
