internal import Support

/// A credential that systemd hands to a service (`LoadCredential=`, `SetCredentialEncrypted=`), as a file that only the
/// service can read.
struct SystemdCredential: SecretProvider {
    let name: String

    var provenance: String { "systemd credential \(name)" }

    func fetch(_ session: SecretSession) throws(SecretError) -> Secret {
        guard let folder = session.variable("CREDENTIALS_DIRECTORY") else {
            throw session.failure(
                "systemd", "credential \(name)",
                .notConfigured(
                    "systemd gave this process no credentials",
                    advice: "Add `LoadCredential=\(name):/path` to the service, and run the program as that service"))
        }
        return try SecretFile(name: session.name, path: "\(folder)/\(name)").read()
    }
}
