internal import Glibc
internal import Jobs
internal import Support

/// Who the program is to be in a container of our image: what `PUID`, `PGID` and `UMASK` ask for.
///
/// They are heeded only there (`DUNNAGE_IMAGE`), since elsewhere these names may be anybody's. Whoever starts the container as
/// root and sets `PUID` gets the state folder handed over to that user, and a program that cannot become root again.
struct ContainerUser: Sendable, Hashable {
    /// A user and its group.
    struct Identity: Sendable, Hashable {
        let user: uid_t
        let group: gid_t
    }

    /// Whom `PUID` and `PGID` name; nil to stay who one is.
    let identity: Identity?
    /// The bits that new files lack; nil to leave that.
    let umask: mode_t?
    /// The folder that is handed over; nil for none.
    let stateFolder: String?

    /// What the variables ask for.
    /// - Throws: `Failure` when they cannot be understood.
    init(environment: [String: String]) throws(Failure) {
        guard environment["DUNNAGE_IMAGE"] != nil else {
            identity = nil
            umask = nil
            stateFolder = nil
            return
        }
        func given(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        let user = try given("PUID").map { text throws(Failure) in try Self.number(text, "PUID") }
        let group = try given("PGID").map { text throws(Failure) in try Self.number(text, "PGID") }
        if user == nil, group != nil {
            throw Failure(.configuration, .configuration, "PGID is set and PUID is not. Set both, or none.")
        }
        identity = user.map { Identity(user: $0, group: group ?? $0) }
        umask = try given("UMASK").map { text throws(Failure) in
            guard let bits = mode_t(text, radix: 8), bits <= 0o777 else {
                throw Failure(
                    .configuration, .configuration, "UMASK is “\(text)”. Write it in octal, as 022 or 0027.")
            }
            return bits
        }
        stateFolder = environment["STATE_DIRECTORY"]
    }

    private static func number(_ text: String, _ name: String) throws(Failure) -> UInt32 {
        // The highest number means “unchanged” to the system.
        guard let number = UInt32(text), number < .max else {
            throw Failure(
                .configuration, .configuration,
                "\(name) is “\(text)”. Write the number of a user or group, as `id` shows it: 1000.")
        }
        return number
    }

    // MARK: Becoming it

    /// Becomes the user, for good; to be called before any other thread is started.
    /// - Throws: `Failure` when it cannot be done: then nothing should be done as anybody else.
    func adopt() throws(Failure) {
        if let umask { _ = Glibc.umask(umask) }
        guard let identity, identity.user != geteuid() || identity.group != getegid() else { return }
        guard geteuid() == 0 else {
            throw Failure(
                .configuration, .configuration,
                "PUID is \(identity.user), but this container runs as \(geteuid()):\(getegid()), and only root can become "
                    + "another user. Start it as root (`user: \"0:0\"`), or leave PUID out and say "
                    + "`user: \"\(identity.user):\(identity.group)\"`.")
        }
        if let stateFolder { HandOver(to: identity).folder(stateFolder) }
        guard setgroups(0, nil) == 0, setgid(identity.group) == 0, setuid(identity.user) == 0 else {
            throw Failure(
                .credentials, .credentials,
                "PUID is set, but this container's root may not become \(identity.user):\(identity.group) "
                    + "(\(SystemError("change the user").message)). Give it `cap_add: [CHOWN, SETGID, SETUID]`, or leave "
                    + "PUID out and say `user: \"\(identity.user):\(identity.group)\"`.")
        }
        guard identity.user == 0 || setuid(0) != 0 else {
            throw Failure(
                .defect, .failure, "The program could become root again after it had become \(identity.user).")
        }
        guard let stateFolder else { return }
        // Root's own may not even be entered.
        setenv("HOME", stateFolder, 1)
        if access(stateFolder, R_OK | W_OK | X_OK) != 0, errno == EACCES {
            throw Failure(
                .local, .credentials,
                "\(identity.user):\(identity.group) may not write in \(stateFolder), and the folder could not be handed over. "
                    + "Give the container `cap_add: [CHOWN]`, or change the owner where the folder comes from.")
        }
    }
}

/// Gives a folder and what is in it to a user; links are given away themselves, never what they name.
private struct HandOver {
    let user: uid_t
    let group: gid_t

    init(to identity: ContainerUser.Identity) {
        user = identity.user
        group = identity.group
    }

    /// What cannot be given away stays: whoever needs it says so, by name.
    func folder(_ path: String) {
        let folder = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard folder >= 0 else { return }
        change(folder)
    }

    /// Takes over an open folder.
    private func change(_ folder: Int32) {
        var about = stat()
        if fstat(folder, &about) == 0, isForeign(about) { _ = fchown(folder, user, group) }
        guard let stream = fdopendir(folder) else {
            close(folder)
            return
        }
        defer { closedir(stream) }
        while let entry = readdir(stream) {
            withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 1) { change($0, in: dirfd(stream)) }
            }
        }
    }

    private func change(_ name: UnsafePointer<CChar>, in folder: Int32) {
        guard strcmp(name, ".") != 0, strcmp(name, "..") != 0 else { return }
        var about = stat()
        guard fstatat(folder, name, &about, AT_SYMLINK_NOFOLLOW) == 0 else { return }
        if about.st_mode & S_IFMT == S_IFDIR {
            let inner = openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            if inner >= 0 { change(inner) }
        } else if isForeign(about), about.st_nlink == 1 {
            // One with another name somewhere else may be somebody else's file.
            _ = fchownat(folder, name, user, group, AT_SYMLINK_NOFOLLOW)
        }
    }

    private func isForeign(_ about: stat) -> Bool { about.st_uid != user || about.st_gid != group }
}
