public import Logging
public import Secrets

/// A log handler that lets no secret through: every text is masked before the handler behind it sees it.
public struct MaskingLogHandler: LogHandler {
    private var handler: any LogHandler
    private let mask: SecretMask

    /// Masks what goes to `handler`.
    public init(_ handler: any LogHandler, mask: SecretMask) {
        self.handler = handler
        self.mask = mask
    }

    /// The level from which on events are handed over.
    public var logLevel: Logger.Level {
        get { handler.logLevel }
        set { handler.logLevel = newValue }
    }

    /// The metadata of every event.
    public var metadata: Logger.Metadata {
        get { handler.metadata }
        set { handler.metadata = masked(newValue) }
    }

    /// A part of the metadata of every event.
    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { handler[metadataKey: key] }
        set { handler[metadataKey: key] = newValue.map { masked($0) } }
    }

    /// Hands an event over.
    public func log(event: LogEvent) {
        var event = event
        event.message = Logger.Message(stringLiteral: mask.apply(to: event.message.description))
        event.metadata = event.metadata.map { masked($0) }
        // An error is a text to a handler, but only its owner knows which.
        if let error = event.error {
            event.metadata = (event.metadata ?? [:]).merging(["error": masked("\(error)")]) { given, _ in given }
            event.error = nil
        }
        // A secret may have become known only after its text was put into the metadata.
        event.metadata = masked(handler.metadata).merging(event.metadata ?? [:]) { $1 }
        handler.log(event: event)
    }

    private func masked(_ metadata: Logger.Metadata) -> Logger.Metadata { metadata.mapValues { masked($0) } }

    private func masked(_ value: Logger.Metadata.Value) -> Logger.Metadata.Value {
        switch value {
        case .string(let text): .string(mask.apply(to: text))
        case .stringConvertible(let value): .string(mask.apply(to: "\(value)"))
        case .array(let values): .array(values.map { masked($0) })
        case .dictionary(let values): .dictionary(masked(values))
        }
    }
}
