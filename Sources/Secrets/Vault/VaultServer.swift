/// A server of HashiCorp Vault or OpenBao, and how to log in there.
public struct VaultServer: Sendable, Hashable {
    /// How the program proves who it is.
    public enum Login: Sendable, Hashable {
        /// A token; nil for `VAULT_TOKEN`, `BAO_TOKEN` or `~/.vault-token`.
        case token(SecretReference?)
        /// A role and its secret.
        case appRole(role: Template, secret: SecretReference?, mount: String)
        /// The service account of a Kubernetes pod; nil for the usual file.
        case kubernetes(role: String, tokenFile: String?, mount: String)
        /// A JSON Web Token of an identity provider.
        case jwt(role: String, token: SecretReference, mount: String)
    }

    /// The address; nil for `VAULT_ADDR` or `BAO_ADDR`.
    public let url: String?
    /// The namespace; nil for `VAULT_NAMESPACE` or none.
    public let namespace: String?
    /// A PEM file with the authorities that the server's certificate may come from; nil for `VAULT_CACERT` or the
    /// system's.
    public let certificateAuthorities: String?
    /// How the program proves who it is.
    public let login: Login

    /// A server.
    public init(url: String?, namespace: String?, certificateAuthorities: String?, login: Login) {
        self.url = url
        self.namespace = namespace
        self.certificateAuthorities = certificateAuthorities
        self.login = login
    }
}
