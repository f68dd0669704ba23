internal import Jobs
internal import Secrets
internal import Support

/// What a recovery kit says.
extension KitPage {
    /// - Parameters:
    ///   - kit: what is known.
    ///   - values: the secrets in clear, by their names in the kit; nil leaves room to write them.
    ///   - time: when it is printed.
    ///   - zone: for times.
    init(_ kit: RecoveryKit, values: [String: Secret]?, at time: Timestamp, zone: TimeZoneClock) {
        self.init(title: "Recovery kit of \(kit.instance)")
        addBeginning(kit, hasSecrets: values != nil, zone.text(time))
        addProgram()
        addFolder(kit, values)
        heading(1, "4. Restore")
        text(
            "Every block and every file is checked while it is restored. A command that ends without an error has "
                + "restored everything; one that was interrupted is simply given again.")
        for job in kit.jobs { add(job, zone) }
        addDuplicati(kit)
        addDamage(kit)
        addBareTools(kit)
        addTrial(kit)
    }

    // MARK: Beginning

    private mutating func addBeginning(_ kit: RecoveryKit, hasSecrets: Bool, _ time: String) {
        blocks.append(
            .facts([
                ("Printed", time), ("By", "Dunnage \(ProgramVersion.current)"),
                ("Configuration", kit.files.joined(separator: " ")), ("Fingerprint", kit.fingerprint),
                ("Jobs", kit.jobs.map(\.name).joined(separator: ", ")),
            ]))
        if hasSecrets {
            blocks.append(
                .warning("The secrets are in here, in clear: who has these pages can read the backups. Lock them away.")
            )
        } else if !kit.credentials.isEmpty {
            blocks.append(
                .warning(
                    "No secret is in here. Without them the backups cannot be read, by anybody: write them in, or "
                        + "write down where they are, and keep these pages like a key."))
        }
        text(
            "With these pages, a store and what opens it, everything can be restored on any Linux machine. Nothing in "
                + "here changes a store. The pages are out of date when the configuration has another fingerprint; this "
                + "says the one of today:")
        let files = kit.files.map { ShellWord.quoted($0) }.joined(separator: " ")
        commands("dunnage config show \(files) | head -n 1")
        heading(1, "1. First")
        blocks.append(
            .list([
                "Leave the stores alone: delete nothing in them, and stop whatever backs up into them.",
                "If the machine that was backed up still runs, leave it as it is until the restored files are looked at.",
                "Restore to a new folder. What is there already is not needed for a restore, and is not replaced by one.",
            ]))
        blocks.append(.blanks(["Who decides", "Telephone", "Where the secrets are", "Where the program is"]))
    }

    private mutating func addProgram() {
        heading(1, "2. Get the program")
        text(
            "Any Linux machine with the program dunnage, version \(ProgramVersion.current) or newer: the binary alone, "
                + "the Debian package, or the container image. Nothing of the old machine is needed. If the program "
                + "cannot be had, go on with chapters 5 and 7.")
        commands("dunnage version")
    }

    // MARK: Secrets and configuration

    private mutating func addFolder(_ kit: RecoveryKit, _ values: [String: Secret]?) {
        heading(1, "3. Prepare a folder")
        text("All commands below are given in this folder, in bash.")
        commands("mkdir -m 700 recovery && cd recovery && mkdir -m 700 secrets")
        if kit.credentials.isEmpty {
            text("No secret is needed to read these stores.")
        } else {
            text(
                values == nil
                    ? "Each secret goes into a file of its own. After each command, type the secret, then Enter, then "
                        + "Ctrl-D."
                    : "Each secret goes into a file of its own.")
        }
        for credential in kit.credentials {
            heading(3, "Secret \(credential.name)")
            blocks.append(
                .facts([
                    ("for", credential.uses.joined(separator: ", ")), ("kept in", credential.provenance),
                ]))
            if let value = values?[credential.name] {
                commands(Self.file(credential.file, value))
            } else {
                blocks.append(.blanks([credential.name]))
                commands("(umask 077; cat > \(credential.file))")
            }
        }
        addSurroundings(kit)
        heading(3, "Where the stores are")
        text("This file says it. It is good for reading only: it has nothing to back up.")
        commands("cat > kit.yaml <<'END-OF-KIT'\n\(kit.configuration)END-OF-KIT\ndunnage validate kit.yaml")
    }

    /// Logins that the configuration leaves to the machine that it was written for.
    private mutating func addSurroundings(_ kit: RecoveryKit) {
        let all = kit.jobs.flatMap(\.stores)
        func names(_ kind: RecoveryKit.Surroundings) -> String {
            var names: [String] = []
            for store in all where store.surroundings == kind && !names.contains(store.destination) {
                names.append(store.destination)
            }
            return names.joined(separator: ", ")
        }
        if all.contains(where: { $0.surroundings == .aws }) {
            heading(3, "Keys of \(names(.aws))")
            text(
                "The configuration has no keys for it: the old machine had them from its environment, a profile or a "
                    + "role. Any keys that may list and read the bucket will do.")
            blocks.append(.blanks(["Access key id", "Secret access key"]))
            commands(
                "read -r AWS_ACCESS_KEY_ID; read -rs AWS_SECRET_ACCESS_KEY\nexport AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY"
            )
        }
        if all.contains(where: { $0.surroundings == .openStack }) {
            heading(3, "Login of \(names(.openStack))")
            text(
                "The configuration has no login for it: the old machine had it from OS_… variables or clouds.yaml. Set "
                    + "the variables that the program “openstack” needs, for a user who may read the container.")
            blocks.append(
                .blanks(["OS_AUTH_URL", "OS_USERNAME", "OS_PASSWORD", "OS_PROJECT_NAME", "OS_USER_DOMAIN_NAME"]))
        }
    }

    /// A command that writes a secret into its file; in Base64 where it is no printable text.
    private static func file(_ path: String, _ secret: Secret) -> String {
        let end = "END-OF-SECRET"
        let text = secret.withBytes { String(validating: $0, as: UTF8.self) } ?? ""
        let isPrintable = text.split(separator: "\n", omittingEmptySubsequences: false).allSatisfy {
            PrintableText.escaped(String($0)) == $0 && $0 != end
        }
        if isPrintable, !text.isEmpty, !text.hasSuffix("\n") {
            return "(umask 077; cat > \(path)) <<'\(end)'\n\(text)\n\(end)"
        }
        let encoded = secret.withBytes { Base64.encode($0) }
        return "(umask 077; base64 -d > \(path)) <<'\(end)'\n\(encoded)\n\(end)"
    }
}
