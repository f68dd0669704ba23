internal import CLibCurl
internal import Glibc
internal import Support

extension Transport {
    /// Connects to a server, in clear; blocks the calling thread.
    ///
    /// libcurl resolves the name and tries the addresses. No proxy of the environment is asked: those are for the web.
    /// - Parameters:
    ///   - server: where it is.
    ///   - timeouts: how long connecting, each answer, and all of it together may take.
    ///   - cancellation: ends the conversation within half a second when it is raised.
    /// - Returns: the connection, for one thread at a time.
    /// - Throws: `TransportError` when there is none.
    public func connect(
        to server: StreamServer, timeouts: TransportTimeouts = TransportTimeouts(),
        cancellation: CancellationFlag? = nil
    ) throws(TransportError) -> StreamConnection {
        func failure(_ kind: TransportError.Kind, _ detail: String) -> TransportError {
            TransportError(kind: kind, origin: server.origin, detail: detail)
        }
        guard let handle = pool.take() else { throw failure(.internalFault, "libcurl could not be started") }
        defer { pool.giveBack(handle) }
        // A scheme that libcurl connects for without a word.
        handle.set(CURLOPT_URL, "http://\(server.host):\(server.port)")
        handle.set(CURLOPT_CONNECT_ONLY, 1)
        handle.set(CURLOPT_CONNECTTIMEOUT_MS, timeouts.connect.milliseconds)
        handle.set(CURLOPT_TCP_NODELAY, 1)
        if case .url = settings.proxy {
            use(settings.proxy, handle)
            handle.set(CURLOPT_HTTPPROXYTUNNEL, 1)
        } else {
            handle.set(CURLOPT_PROXY, "")
        }
        var socket: Int32 = -1
        let code = BrokenPipe.withoutSignal {
            handle.perform({ cancellation?.isCancelled != true && !Task.isCancelled }) {
                var own: curl_socket_t = -1
                // The handle closes its own descriptor when it lets go of the connection.
                if clibcurl_get_socket(handle.raw, &own) == CURLE_OK, own >= 0 {
                    socket = fcntl(own, F_DUPFD_CLOEXEC, 0)
                }
            }
        }
        guard code == CURLE_OK else {
            let kind = handle.kind(of: code, in: .connecting)
            throw failure(kind, handle.words(for: code))
        }
        guard socket >= 0 else { throw failure(.internalFault, "libcurl gave no socket") }
        return StreamConnection(
            FileDescriptor(owning: socket), server, settings, timeouts: timeouts, cancellation: cancellation)
    }
}
