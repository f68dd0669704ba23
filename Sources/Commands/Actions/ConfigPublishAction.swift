internal import Configuration
internal import Glibc
internal import JSON
internal import Jobs
internal import Support

/// Publishes the configuration language.
struct ConfigPublishAction {
    /// In which form.
    enum Kind {
        /// For editors and validators.
        case schema
        /// For people.
        case reference
    }

    let kind: Kind
    let file: String?

    func perform(_ program: Program) throws -> Jobs.ExitCode {
        let text = text
        guard let file else {
            try program.console.write(text)
            return .success
        }
        let target = try FileDescriptor.open(file, flags: O_WRONLY | O_CREAT | O_TRUNC, mode: 0o644)
        try text.withUnsafeBytes { try target.write(all: $0) }
        return .success
    }

    private var text: [UInt8] {
        switch kind {
        case .schema: JSONSchema.document().serialized(pretty: true) + [UInt8(ascii: "\n")]
        case .reference: Array(SchemaReference.markdown().utf8)
        }
    }
}
