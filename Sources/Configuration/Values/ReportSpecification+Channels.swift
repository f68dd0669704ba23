public import Secrets

extension ReportSpecification {
    /// An HTTP endpoint.
    public struct Webhook: Sendable, Hashable {
        /// What is sent.
        public enum Format: String, Sendable, Hashable, CaseIterable {
            /// Our report, with the headers of a CloudEvent.
            case report
            /// A CloudEvent in structured mode.
            case cloudEvents = "cloudevents"
            /// Duplicati's JSON.
            case duplicati
            /// Duplicati's form.
            case duplicatiForm = "duplicati_form"
            /// Duplicati's progress.
            case duplicatiStatus = "duplicati_status"
            /// A text of one's own.
            case template
        }

        /// How it is sent.
        public enum Method: String, Sendable, Hashable, CaseIterable {
            /// In the body of a POST.
            case post = "POST"
            /// In the body of a PUT.
            case put = "PUT"
            /// Without a body.
            case get = "GET"
        }

        /// How the server proves who it is.
        public struct TLS: Sendable, Hashable {
            /// The absolute path of the file with trusted authorities.
            public let authorities: String?
            /// The SHA-256 of the public key, hexadecimal or in base64.
            public let pin: String?
        }

        /// Where the report is posted; `{job}` stands for the job's name.
        public let url: Template
        /// The key that signs it.
        public let signingKey: SecretReference?
        /// What is sent.
        public let format: Format
        /// The text of ``Format/template``.
        public let template: String?
        /// How it is sent.
        public let method: Method
        /// Further headers.
        public let headers: [String: Template]
        /// How long one attempt may take.
        public let timeout: CalendarDuration?
        /// How often it is sent again.
        public let retry: RetrySpecification?
        /// How the server proves who it is.
        public let tls: TLS?

        /// The URL for one job, still with its secrets open.
        public func url(forJob job: String) -> Template {
            url.replacing(DestinationSpecification.jobPlaceholder, with: job)
        }
    }

    /// A message to people.
    public struct Email: Sendable, Hashable {
        /// Whether a plain connection becomes an encrypted one.
        public enum StartTLS: String, Sendable, Hashable, CaseIterable {
            /// It must.
            case required
            /// It does where the server can.
            case opportunistic
            /// It does not.
            case off
        }

        /// What it looks like.
        public enum Format: String, Sendable, Hashable, CaseIterable {
            /// Ours, as text and HTML.
            case report
            /// Duplicati's text, one message for each destination.
            case duplicati
        }

        /// The server: `smtps://USER@HOST:465`.
        public let server: Template
        /// The password of the user.
        public let password: SecretReference?
        /// Who sends it.
        public let sender: String
        /// Who gets it.
        public let recipients: [String]
        /// What it looks like.
        public let format: Format
        /// The subject, as a template.
        public let subject: String?
        /// The text in place of the usual one, as a template.
        public let body: String?
        /// Whether a plain connection becomes an encrypted one.
        public let startTLS: StartTLS
        /// How the server proves who it is.
        public let tls: Webhook.TLS?
    }

    /// A message over XMPP.
    public struct XMPP: Sendable, Hashable {
        /// The account that sends, without a resource.
        public let account: String
        /// Its password.
        public let password: SecretReference
        /// Who gets it.
        public let recipients: [String]
        /// The server, where it is not the account's domain: `xmpps://HOST:5223`.
        public let server: String?
        /// What this connection of the account is called; `nil` leaves it to the server.
        public let resource: String?
        /// What it looks like.
        public let format: Email.Format
        /// The text in place of the usual one, as a template.
        public let message: String?
        /// Whether a plain connection becomes an encrypted one.
        public let startTLS: Email.StartTLS
        /// How the server proves who it is.
        public let tls: Webhook.TLS?
    }
}
