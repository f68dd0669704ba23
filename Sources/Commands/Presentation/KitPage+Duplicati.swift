internal import Jobs
internal import Secrets
internal import Support

/// How a recovery kit tells of Duplicati's tools, and of doing without any.
extension KitPage {
    mutating func addDuplicati(_ kit: RecoveryKit) {
        heading(1, "5. With Duplicati instead")
        text(
            "The stores are in the format of Duplicati (duplicati.com, version 2), whose programs restore them without "
                + "Dunnage: in its web page under Restore, “Direct restore from backup files”, or with its command line. "
                + "Where it does not know the kind of a store, copy all objects into a folder, with whatever program can "
                + "read the place, and restore from the folder.")
        for job in kit.jobs {
            for store in job.stores { addDuplicati(store, of: job) }
        }
    }

    private mutating func addDuplicati(_ store: RecoveryKit.Store, of job: RecoveryKit.Job) {
        heading(2, "\(job.name) at \(store.destination), with Duplicati")
        guard let address = store.duplicati else {
            text("Duplicati does not know this kind of store: copy its objects into a folder first.")
            return
        }
        for gap in address.gaps { text(Self.words(gap)) }
        var variables: [String] = []
        if let passphrase = job.passphrase { variables.append("PASSPHRASE=\"$(cat \(passphrase.file))\"") }
        if let user = address.user { variables.append("AUTH_USERNAME=\(ShellWord.quoted(user))") }
        if let password = address.password { variables.append("AUTH_PASSWORD=\(ShellWord.quoted(password))") }
        let lead = variables.isEmpty ? "" : "export \(variables.joined(separator: " "))\n"
        var options = address.options.map { ShellWord.quoted($0.value, lead: "--\($0.name)=") }
        if let prefix = store.prefix, !address.options.contains(where: { $0.name == "prefix" }) {
            options.append(ShellWord.quoted("--prefix=\(prefix)"))
        }
        if job.passphrase == nil { options.append("--no-encryption=true") }
        let more = options.map { " \\\n    \($0)" }.joined()
        let url = ShellWord.quoted(address.url)
        commands(
            "\(lead)duplicati-cli restore \(url) '*' --no-local-db=true\(more) \\\n"
                + "    --restore-permissions=true --restore-path=\"$PWD/duplicati/\(job.name)\"")
        text("If that fails, its recovery tool needs room for the whole store, and takes what it can get:")
        let passphrase = job.passphrase == nil ? "" : " --passphrase=\"$PASSPHRASE\""
        // Names of jobs have no character that means something to a shell.
        let raw = "raw-\(job.name)"
        commands(
            "duplicati-recovery-tool download \(url) \(raw)\(passphrase)\(more)\n"
                + "duplicati-recovery-tool index \(raw)\nduplicati-recovery-tool list \(raw)\n"
                + "duplicati-recovery-tool restore \(raw) 0 --targetpath=\"$PWD/recovery-tool/\(job.name)\"")
    }

    private static func words(_ gap: DuplicatiAddress.Gap) -> String {
        switch gap {
        case .keysOnly:
            "Duplicati takes keys only: set AUTH_USERNAME to the access key id, and AUTH_PASSWORD to the secret key."
        case .lastingKeys:
            "Duplicati takes neither roles nor temporary keys: set AUTH_USERNAME and AUTH_PASSWORD to lasting keys."
        case .applicationCredential:
            "Duplicati knows no application credentials: set AUTH_USERNAME and AUTH_PASSWORD to a user of the project, "
                + "and add --openstack-tenant-name=PROJECT and --openstack-domain-name=DOMAIN."
        case .loginInOptions:
            "Duplicati reads no OS_… variables: set AUTH_USERNAME and AUTH_PASSWORD, and add --openstack-authuri=URL, "
                + "--openstack-tenant-name=PROJECT and --openstack-domain-name=DOMAIN."
        case .projectName:
            "Duplicati wants the project's name and not its id: add --openstack-tenant-name=PROJECT."
        }
    }

    mutating func addDamage(_ kit: RecoveryKit) {
        heading(1, "6. When a store is damaged")
        text(
            "This reads every object once, takes what can be used of it, and lists exactly what is lost. Repeat it for "
                + "each store, as each may have lost something else.")
        let lines = kit.jobs.flatMap { job in
            job.stores.map { store in
                "dunnage recover \(ShellWord.quoted(job.name)) --destination \(ShellWord.quoted(store.destination)) "
                    + "-c kit.yaml --target \(ShellWord.quoted("recovered/\(job.name)-\(store.destination)")) --partial"
            }
        }
        commands(lines.joined(separator: "\n"))
    }

    mutating func addBareTools(_ kit: RecoveryKit) {
        heading(1, "7. With neither")
        text(
            "A store is a folder of objects. Each is a zip archive, and, where its name ends with .aes, encrypted as a "
                + "whole by AES Crypt (aescrypt.com; version 2 of its format). There are three kinds:")
        blocks.append(
            .list([
                "…-TIME.dlist.zip is a version: filelist.json in it has path, size and SHA-256 of each file, in Base64.",
                "…-bID.dblock.zip has blocks: parts of files, each named by its SHA-256 in Base64, with - and _ for + and /.",
                "…-iID.dindex.zip says which blocks a dblock has. It is not needed.",
            ]))
        text(
            "A file of one block has that block's hash as its own. A larger one names blocklists: blocks which are the "
                + "SHA-256s of the file's blocks, 32 bytes each, one after the other. So a restore is this, for a folder of "
                + "objects in STORE. First decrypt them; where Dunnage is not there, "
                + "“aescrypt -d -o plain/NAME NAME.aes” or any other program for AES Crypt does it. Each job has its own folder and passphrase:"
        )
        let passphrase = kit.jobs.lazy.compactMap(\.passphrase).first?.file ?? "secrets/passphrase"
        commands(
            """
            STORE=\(Self.folder(of: kit) ?? "FOLDER")
            mkdir plain
            for object in "$STORE"/*; do
                name=${object##*/}
                case $name in
                *.zip.aes) dunnage crypt decrypt "$object" "plain/${name%.aes}" --passphrase-file \(passphrase) ;;
                *.zip) cp "$object" plain/ ;;
                esac
            done
            """)
        text("Then this program for Python 3, which needs nothing else, restores the contents of the newest version:")
        commands("cat > restore.py <<'END-OF-PROGRAM'\n\(Self.program)END-OF-PROGRAM")
        commands("python3 restore.py plain bare")
    }

    /// The folder of the first store that is in one.
    private static func folder(of kit: RecoveryKit) -> String? {
        kit.jobs.lazy.flatMap(\.stores).compactMap { store in
            guard let url = store.duplicati?.url, let text = url.text else { return nil }
            let path = text.hasPrefix("file://") ? String(text.dropFirst("file://".count)) : text
            return path.hasPrefix("/") ? ShellWord.quoted(path) : nil
        }.first
    }

    /// A restore in few lines, to be read and typed by hand if need be.
    static let program = """
        import base64, functools, hashlib, json, os, sys, zipfile
        store, target = sys.argv[1], os.path.abspath(sys.argv[2])
        names = sorted(os.listdir(store))
        @functools.lru_cache(64)
        def volume(name): return zipfile.ZipFile(os.path.join(store, name))
        home = {b: n for n in names if ".dblock." in n for b in volume(n).namelist()}
        def block(hash):
            name = hash.replace("+", "-").replace("/", "_")
            return volume(home[name]).read(name)
        def blocks(file):
            if file["size"] == 0: return
            if not file.get("blocklists"): yield file.get("blockhash", file["hash"])
            for list in file.get("blocklists", []):
                data = block(list)
                for i in range(0, len(data), 32): yield base64.b64encode(data[i:i+32]).decode()
        newest = [n for n in names if ".dlist." in n][-1]
        for file in json.loads(volume(newest).read("filelist.json").decode("utf-8-sig")):
            path = os.path.normpath(target + "/" + file["path"].replace("\\\\", "/"))
            if not path.startswith(target + os.sep): continue
            if file["type"] == "Folder": os.makedirs(path, exist_ok=True)
            if file["type"] != "File": continue
            os.makedirs(os.path.dirname(path), exist_ok=True)
            sum = hashlib.sha256()
            try:
                with open(path, "wb") as out:
                    for hash in blocks(file):
                        data = block(hash); sum.update(data); out.write(data)
            except (KeyError, OSError, zipfile.BadZipFile) as error: print("LOST", path, error)
            else:
                if base64.b64encode(sum.digest()).decode() != file["hash"]: print("WRONG", path)

        """

    mutating func addTrial(_ kit: RecoveryKit) {
        heading(1, "8. Try it before it is needed")
        text(
            "Once a year, and after every change of a passphrase: on another machine, from these pages alone, restore one "
                + "file of each job. Then write it down here.")
        blocks.append(.blanks(["Date and name", "Date and name", "Date and name"]))
    }
}
