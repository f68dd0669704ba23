internal import Cryptography
internal import Support
internal import Transport
internal import XML

extension S3Destination: Archiving {
    /// Orders an object from the archive; one that can be read, or is on its way, is left alone.
    public func thaw(_ name: String, days: Int, speed: ThawSpeed) throws(DestinationError) {
        try checkName(name, .thaw)
        let stored = try stored(name, .thaw)
        if case .readable = stored.thawState(isArchive: isArchive) { return }
        // What intelligent tiering has put away comes back for good.
        let body = try order(name, days: stored.headers["x-amz-archive-status"] == nil ? max(1, days) : nil, speed)
        try caller.run(.thaw, name) { _ throws(DestinationError) in
            let answer = try connection.send(.thaw, name) { _ in
                var request = S3Request(.post, settings.key(of: name), query: [("restore", "")])
                request.headers["Content-MD5"] = HashContext(.md5).hash(body).base64
                request.headers["Content-Type"] = "application/xml"
                request.body = body
                return request
            }
            guard case .refused(let refusal) = answer, refusal.code != "RestoreAlreadyInProgress" else { return }
            throw refusal.error
        }
    }

    private func order(_ name: String, days: Int?, _ speed: ThawSpeed) throws(DestinationError) -> [UInt8] {
        do throws(XMLError) {
            return try XMLWriter.document("RestoreRequest", namespace: Self.namespace) { writer throws(XMLError) in
                if let days { try writer.element("Days", "\(days)") }
                try writer.element("GlacierJobParameters") { writer throws(XMLError) in
                    try writer.element("Tier", speed.rawValue.prefix(1).uppercased() + speed.rawValue.dropFirst())
                }
            }
        } catch {
            throw failure(.internalFault, .thaw, name, "\(error)")
        }
    }

    /// Whether an object can be read now.
    public func thawState(of name: String) throws(DestinationError) -> ThawState {
        try checkName(name, .thaw)
        return try stored(name, .thaw).thawState(isArchive: isArchive)
    }
}
