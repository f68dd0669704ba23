internal import Configuration
internal import Glibc
internal import Importing
internal import JSON
internal import Jobs
internal import Schedule
internal import Secrets
internal import Support

/// Converts job descriptions of another program, and writes what came of them.
struct ImportAction {
    let kind: ImportKind
    let files: [String]
    let target: String?
    let passphrase: PassphraseOptions
    let name: String?
    let timezone: String?
    let secretsFolder: String?
    let json: Bool

    private static let largestFile = 16 << 20

    func perform(_ program: Program) throws -> Jobs.ExitCode {
        let request = try request(program)
        let result: ImportResult
        do throws(ImportError) {
            result = try Importer.convert(request)
        } catch {
            if case .unusable(let problem) = error { throw problem }
            throw Failure(.configuration, .configuration, "\(error).")
        }
        for secret in result.secrets { if let value = secret.value { program.mask.add(value) } }
        let written = try writeSecrets(result)
        if let target { try write(Array(result.text.utf8), to: target, mode: 0o644) }
        try program.tell {
            if json {
                try program.console.print(
                    String(decoding: document(result, written).serialized(pretty: true), as: UTF8.self))
            } else if target == nil {
                try program.console.write(Array(result.text.utf8))
            }
        }
        if !json, !program.output.isQuiet { explain(result, written, program) }
        return .success
    }

    private func request(_ program: Program) throws -> ImportRequest {
        var request = ImportRequest(
            kind,
            try files.map { path in
                let bytes = try SmallFile.read(path, limit: Self.largestFile + 1)
                guard bytes.count <= Self.largestFile else {
                    throw Failure(.configuration, .configuration, "\(path) is too large for a job description.")
                }
                return ImportRequest.File(name: path, bytes: bytes)
            })
        request.passphrase = try passphrase.passphrase(program)
        request.jobName = name
        request.secretsFolder = secretsFolder.map(absolute)
        if let timezone, let zone = Zone(named: timezone) { request.zone = (timezone, zone) }
        return request
    }

    /// The path from the root on, so that the configuration can be moved.
    private func absolute(_ path: String) -> String {
        if path.hasPrefix("/") { return path }
        guard let folder = getcwd(nil, 0) else { return path }
        defer { free(folder) }
        return "\(String(cString: folder))/\(path)"
    }

    // MARK: Files

    /// Writes a file that is not there yet.
    private func write(_ bytes: [UInt8], to path: String, mode: mode_t) throws(SystemError) {
        let file = try FileDescriptor.open(path, flags: O_WRONLY | O_CREAT | O_EXCL, mode: mode)
        var result: Result<Void, SystemError> = .success(())
        bytes.withUnsafeBytes { buffer in
            do throws(SystemError) {
                try file.write(all: buffer)
            } catch {
                result = .failure(error)
            }
        }
        try result.get()
    }

    /// Writes the secrets whose values are known to their files.
    /// - Returns: the names of those that were written; files that were there stay as they are.
    private func writeSecrets(_ result: ImportResult) throws -> Set<String> {
        guard let secretsFolder else { return [] }
        try FileTree.createFolder(absolute(secretsFolder), mode: 0o700)
        var written: Set<String> = []
        for secret in result.secrets {
            guard case .file(let path) = secret.place, let value = secret.value else { continue }
            do throws(SystemError) {
                try write(value.withBytes { Array($0) }, to: path, mode: 0o600)
                written.insert(secret.name)
            } catch {
                guard error.code == EEXIST else { throw error }
            }
        }
        return written
    }

    // MARK: Words

    private func explain(_ result: ImportResult, _ written: Set<String>, _ program: Program) {
        for note in result.notes { program.console.log(program.mask.apply(to: note.description)) }
        for secret in result.secrets {
            let state =
                if written.contains(secret.name) {
                    "written"
                } else if secret.value == nil {
                    "to be created; its value is not in the imported file"
                } else if secretsFolder != nil {
                    "there already, and left as it is"
                } else {
                    "to be created; its value is in the imported file"
                }
            program.console.log("secret \(secret.name): \(secret.purpose), in \(place(secret)): \(state)")
        }
        let jobs = "\(Count(result.jobs.count, "job")): \(result.jobs.joined(separator: ", "))"
        program.console.log("imported \(jobs)\(target.map { "; written to \($0)" } ?? "")")
    }

    private func place(_ secret: ImportedSecret) -> String {
        switch secret.place {
        case .environment(let name): "the variable \(name)"
        case .file(let path): path
        }
    }

    private func document(_ result: ImportResult, _ written: Set<String>) -> JSONValue {
        var members: [JSONValue.Member] = [
            .init("kind", .string(kind.rawValue)), .init("jobs", .array(result.jobs.map { .string($0) })),
            .init("keeps_store", .bool(kind.keepsStore)), .init("output", target.map { .string($0) } ?? .null),
        ]
        members.append(
            .init(
                "secrets",
                .array(
                    result.secrets.map { secret in
                        let place: JSONValue.Member =
                            switch secret.place {
                            case .environment(let name): .init("env", .string(name))
                            case .file(let path): .init("file", .string(path))
                            }
                        return .object([
                            .init("name", .string(secret.name)), .init("purpose", .string(secret.purpose)), place,
                            .init("known", .bool(secret.value != nil)),
                            .init("written", .bool(written.contains(secret.name))),
                        ])
                    })))
        members.append(
            .init(
                "notes",
                .array(
                    result.notes.map { note in
                        .object([
                            .init("kind", .string(note.kind.rawValue)), .init("job", .string(note.job)),
                            .init("option", .string(note.option)), .init("reason", .string(note.reason)),
                        ])
                    })))
        if target == nil { members.append(.init("configuration", .string(result.text))) }
        return .object(members)
    }
}
