internal import Support
internal import Transport

extension OpenStackDestination {
    /// Looks whether the container is there, creates it if that is wanted and needed, and removes old leftovers.
    ///
    /// It is looked for first, since many users may not create containers, and those who may could make a second one by
    /// a slip of the pen.
    public func prepare(create: Bool) throws(DestinationError) {
        let head = try session.call(
            StorageRequest(.head, .container(options.container)), .prepare, accepting: [404])
        if head.status == 404 {
            guard create else { throw missingContainer(.prepare) }
            try createContainer(.prepare)
        } else {
            look(at: head)
        }
        remember {
            $0.containerIsThere = true
            if create { $0.mayCreate = true }
        }
        do throws(DestinationError) {
            _ = try sweep(olderThan: .seconds(86_400))
        } catch {
            // Leftovers cost room, and are no reason not to go on.
            if error.kind == .cancelled || error.kind == .authentication { throw error }
            session.tell("leftovers of interrupted uploads could not be looked for: \(error.detail)")
        }
    }

    /// Notices what the header of a container says that somebody should know.
    func look(at head: HTTPResponse) {
        let policy = head.headers["X-Storage-Policy"]
        if let policy, let wanted = options.storagePolicy, policy.lowercased() != wanted.lowercased() {
            session.tell("the container has the storage policy '\(policy)', which cannot be changed to '\(wanted)'")
        }
        // OVH's cold archive is a policy.
        if policy?.uppercased() == "PCA" { remember { $0.isArchive = true } }
    }

    func createContainer(_ operation: DestinationError.Operation) throws(DestinationError) {
        var request = StorageRequest(.put, .container(options.container))
        request.headers["X-Storage-Policy"] = options.storagePolicy
        do throws(DestinationError) {
            _ = try session.call(request, .prepare)
        } catch {
            throw try explain(error)
        }
    }

    /// Adds what the policies are, when it is the policy that the server refuses.
    private func explain(_ error: DestinationError) throws(DestinationError) -> DestinationError {
        guard error.kind == .configuration, options.storagePolicy != nil else { return error }
        let policies = try session.info(.prepare).policies
        var error = error
        if !policies.isEmpty { error.advice += " The policies are \(policies.joined(separator: ", "))." }
        return error
    }

    /// What is left of the quotas of account and container; nil when there are none.
    public func freeSpace() throws(DestinationError) -> Int64? {
        let container = try session.call(StorageRequest(.head, .container(options.container)), .freeSpace)
        // Who may use a container need not know of the account.
        let account = try session.call(StorageRequest(.head, .account), .freeSpace, accepting: [401, 403, 404])
        return [
            Self.room(container, used: "X-Container-Bytes-Used", of: ["X-Container-Meta-Quota-Bytes"]),
            account.isSuccess
                ? Self.room(
                    account, used: "X-Account-Bytes-Used", of: ["X-Account-Meta-Quota-Bytes", "X-Account-Quota-Bytes"])
                : nil,
        ].compactMap(\.self).min()
    }

    static func room(_ head: HTTPResponse, used: String, of quotas: [String]) -> Int64? {
        let quota = quotas.compactMap { head.headers[$0].flatMap { Int64($0) } }.min()
        guard let quota, quota >= 0, let used = head.headers[used].flatMap({ Int64($0) }) else { return nil }
        return max(0, quota - used)
    }
}
