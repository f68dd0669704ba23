internal import Glibc
public import Support

/// Why a listener cannot listen.
public enum ListeningError: Error, Sendable, Hashable, CustomStringConvertible {
    /// A text is no address.
    case badAddress(String, reason: String)
    /// The system refuses an address.
    case notAvailable(ListenAddress, SystemError)
    /// Another process answers at a Unix socket, or is about to.
    case socketInUse(path: String)
    /// Something else than a socket is at a Unix socket's path.
    case notASocket(path: String)
    /// The system gives no descriptors or threads.
    case system(SystemError)
    /// A file with a certificate or a key cannot be read.
    case unreadable(SystemError)
    /// A file holds no certificate that can be used.
    case badCertificate(path: String, reason: String)
    /// A file holds no key that can be used.
    case badKey(path: String, reason: String)
    /// The key is not the certificate's.
    case keyMismatch(certificate: String, key: String)
    /// A listener was started twice.
    case alreadyStarted

    /// One sentence of cause and one of remedy.
    public var description: String {
        switch self {
        case .badAddress(let text, let reason):
            "“\(text)” is no address to listen at: \(reason). Write `127.0.0.1:8787`, `[::1]:8787`, `localhost:8787`, "
                + "`:8787` for all interfaces, or `unix:/path`."
        case .notAvailable(let address, let error) where error.code == EADDRINUSE:
            "Another program listens at \(address). End it, or choose another port."
        case .notAvailable(let address, let error):
            "\(address) cannot be listened at (\(error)). Check that the address is this machine's, and that this user may."
        case .socketInUse(let path): "Another process answers at \(path). End it, or choose another path."
        case .notASocket(let path):
            "\(path) is no socket, and is left alone. Remove it if it is not needed, or choose another path."
        case .system(let error): "The listener cannot start: \(error). Raise the limits of this process."
        case .unreadable(let error): "A file for TLS cannot be read (\(error)). Check its path and its mode."
        case .badCertificate(let path, let reason):
            "\(path) holds no certificate that can be used: \(reason). It has to be PEM: the server's certificate first, "
                + "then those of the authorities in between."
        case .badKey(let path, let reason):
            "\(path) holds no private key that can be used: \(reason). It has to be PEM, without a passphrase."
        case .keyMismatch(let certificate, let key):
            "The key in \(key) does not belong to the certificate in \(certificate). Name the pair that was made together."
        case .alreadyStarted: "The listener was started before. Make another one."
        }
    }
}
