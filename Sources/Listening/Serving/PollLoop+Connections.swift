internal import Support
internal import Synchronization

extension PollLoop {
    /// Does for a connection what can be done without waiting.
    func advance(_ connection: Connection) {
        switch connection.stage {
        case .handshake: shakeHands(connection)
        case .reading: read(connection)
        case .writing: pushOn(connection)
        case .leaving: drain(connection)
        case .atWork: break
        }
    }

    /// Goes on with a connection that a worker has answered.
    func resume(_ connection: Connection) {
        guard connections[connection.token] != nil else { return }
        pushOn(connection)
    }

    func close(_ connection: Connection) {
        guard connections.removeValue(forKey: connection.token) != nil else { return }
        core.counts.connections.subtract(1, ordering: .relaxed)
        core.release(connection.held)
        connection.held = 0
        if connection.isSurplus {
            surplus -= 1
        } else {
            let rest = perPeer[connection.account, default: 1] - 1
            perPeer[connection.account] = rest > 0 ? rest : nil
        }
    }

    // MARK: Coming in

    private func shakeHands(_ connection: Connection) {
        switch connection.wire.handshake() {
        case .done:
            connection.stage = .reading
            connection.deadline = .now + limits.headTimeout
            read(connection)
        case .wantsRead: watch(connection, writes: false)
        case .wantsWrite: watch(connection, writes: true)
        case .isHTTP:
            tellToUseTLS(connection)
        case .closed:
            close(connection)
        case .failed:
            core.events.tell(.handshakeFailed(connection.origin.peer, reason: TLSContext.takeReason()))
            close(connection)
        }
    }

    /// Somebody has written `http` for `https`: a word about it saves a search.
    private func tellToUseTLS(_ connection: Connection) {
        core.events.tell(.handshakeFailed(connection.origin.peer, reason: "it is plain HTTP"))
        connection.wire.giveUpTLS()
        answer(connection, .problem(400, "this port speaks TLS: use https"), method: "GET")
    }

    private func read(_ connection: Connection) {
        guard !connection.isSurplus else {
            core.counts.refusedRequests.add(1, ordering: .relaxed)
            answer(connection, RequestWorker.busy, method: "GET")
            return
        }
        while true {
            do throws(RequestFault) {
                switch try connection.parser.next() {
                case .request(let head, let body):
                    dispatch(connection, head, body)
                    return
                case .waitsForContinue:
                    guard sayContinue(connection) else { return }
                case .incomplete:
                    guard try receive(connection) else { return }
                }
            } catch {
                refuse(connection, error)
                return
            }
        }
    }

    /// Reads what there is.
    /// - Returns: whether there was something.
    private func receive(_ connection: Connection) throws(RequestFault) -> Bool {
        switch connection.wire.read(into: scratch) {
        case .done(let count):
            connection.parser.append(UnsafeRawBufferPointer(rebasing: scratch[..<count]))
            guard account(connection) else { throw .overloaded }
            return true
        case .wantsRead: wait(connection, writes: false)
        case .wantsWrite: wait(connection, writes: true)
        case .closed, .failed, .isHTTP: close(connection)
        }
        return false
    }

    /// Waits for more of a request, with the time that is left for this part of it.
    private func wait(_ connection: Connection, writes: Bool) {
        let phase = connection.parser.phase
        if phase != connection.phase {
            connection.phase = phase
            switch phase {
            case .idle: connection.deadline = .now + limits.idleTimeout
            case .head: connection.deadline = .now + limits.headTimeout
            case .body: connection.deadline = .now + limits.bodyTimeout
            }
        }
        connection.parser.releaseIfEmpty()
        watch(connection, writes: writes)
    }

    /// Counts what is held for the connection now.
    private func account(_ connection: Connection) -> Bool {
        let held = connection.parser.heldBytes
        if held > connection.held {
            guard core.hold(held - connection.held) else { return false }
        } else {
            core.release(connection.held - held)
        }
        connection.held = held
        return true
    }

    private func sayContinue(_ connection: Connection) -> Bool {
        // The client waits, so that there is room for this; one for whom there is none is not waiting.
        connection.output = Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)
        guard case .done = connection.push() else {
            close(connection)
            return false
        }
        return true
    }

    private func dispatch(_ connection: Connection, _ head: RequestHead, _ body: [UInt8]) {
        connection.requests += 1
        connection.stage = .atWork
        let request = ServerRequest(head, body: body, connection.origin)
        let isUrgent = limits.urgentWorkers > 0 && core.isUrgent(head.target)
        core.counts.atWork.add(1, ordering: .relaxed)
        let job = ListenerCore.Job(connection: connection, request: request, head: head)
        // There is room for all connections, and the queues end after this thread.
        _ = (isUrgent ? core.urgent : core.ordinary).push(job)
    }

    /// Answers a request that no handler sees, and ends the connection.
    func refuse(_ connection: Connection, _ fault: RequestFault) {
        core.counts.refusedRequests.add(1, ordering: .relaxed)
        core.events.tell(.requestRefused(fault, connection.origin.peer))
        let response = fault == .overloaded ? RequestWorker.busy : .problem(fault.status, fault.description)
        answer(connection, response, method: connection.parser.method ?? "GET")
    }

    private func answer(_ connection: Connection, _ response: ServerResponse, method: String) {
        // What came in is of no use any more.
        connection.parser = RequestParser(limits)
        _ = account(connection)
        connection.output = RequestWorker.encode(response, method: method, closes: true) ?? []
        connection.written = 0
        connection.sequel = .leave
        pushOn(connection)
    }

    // MARK: Going out

    /// Sends what is left of a response, then does what comes after it.
    private func pushOn(_ connection: Connection) {
        if connection.sequel == .close {
            close(connection)
            return
        }
        let before = connection.written
        let isNew = connection.stage != .writing
        connection.stage = .writing
        // A client that reads fast waits for its next turn as others do.
        switch connection.push(limit: 1 << 20) {
        case .done: goOn(connection)
        case .wantsWrite, .wantsRead:
            // Each 64 KiB have the whole time.
            if isNew || connection.written >> 16 != before >> 16 {
                connection.deadline = .now + limits.writeTimeout
            }
            watch(connection, writes: true)
        case .closed, .failed, .isHTTP: close(connection)
        }
    }

    private func goOn(_ connection: Connection) {
        _ = account(connection)
        guard connection.sequel == .nextRequest, !core.isStopping else {
            connection.wire.endWriting()
            connection.stage = .leaving
            connection.deadline = .now + Self.leaveTimeout
            drain(connection)
            return
        }
        connection.stage = .reading
        connection.phase = .idle
        connection.deadline = .now + limits.idleTimeout
        read(connection)
    }

    /// Drops what the client still sends: were the socket closed before, the client could lose the response.
    private func drain(_ connection: Connection) {
        // Not more at once than others should wait for.
        for _ in 0..<4 {
            switch connection.wire.receive(into: scratch) {
            case .done: continue
            case .wantsRead: break
            case .wantsWrite, .closed, .failed, .isHTTP:
                close(connection)
                return
            }
            break
        }
        watch(connection, writes: false)
    }
}
