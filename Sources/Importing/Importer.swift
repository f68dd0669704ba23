internal import Configuration
internal import Support

/// Converts the job descriptions of other programs.
public enum Importer {
    /// Converts files.
    ///
    /// The result is a configuration that the loader accepts; it is never written or returned otherwise.
    /// - Parameter request: the files, and what is known beside them.
    /// - Returns: the configuration, and what a reader has to know of it.
    /// - Throws: `ImportError` when a file is not what it is said to be.
    public static func convert(_ request: ImportRequest) throws(ImportError) -> ImportResult {
        var draft = ConfigurationDraft(request)
        switch request.kind {
        case .duplicati:
            for file in request.files {
                let job = try DuplicatiExport.read(file, passphrase: request.passphrase)
                DuplicatiConversion.add(job, to: &draft)
            }
        case .duplicatiCommand:
            for file in request.files {
                for job in try DuplicatiCommandLine.read(file) { DuplicatiConversion.add(job, to: &draft) }
            }
        case .offen:
            for file in request.files { try OffenImport.add(file, to: &draft) }
        case .borgmatic:
            for file in request.files { try BorgmaticImport.add(file, to: &draft) }
        case .resticprofile:
            for file in request.files { try ResticprofileImport.add(file, to: &draft) }
        }
        if draft.jobNames.isEmpty, let first = request.files.first {
            throw .unreadable(file: first.name, detail: "no job was found in it", advice: "Check the kind of import")
        }
        draft.noteVariables()
        return try checked(draft)
    }

    private static func checked(_ draft: ConfigurationDraft) throws(ImportError) -> ImportResult {
        let written = draft.text()
        do {
            let text = try ConfigurationFormatter.formatted(utf8: Array(written.utf8), file: "imported.yaml")
            let loaded = try ConfigurationLoader.load(
                utf8: Array(text.utf8), file: "imported.yaml", folder: "/", environment: placeholders(in: text))
            return ImportResult(
                text: text, jobs: draft.jobNames, secrets: draft.createdSecrets, notes: draft.notes,
                warnings: loaded.warnings)
        } catch {
            throw .unusable(error)
        }
    }

    /// A value for every variable that the text refers to: whether they are set here says nothing of where it will run.
    private static func placeholders(in text: String) -> [String: String] {
        var values: [String: String] = [:]
        for part in text.split(separator: "${", omittingEmptySubsequences: false).dropFirst() {
            let name = String(part.prefix { $0 == "_" || $0.isASCII && ($0.isLetter || $0.isNumber) })
            if !name.isEmpty, !part.hasPrefix("secret:") { values[name] = "/\(name)" }
        }
        return values
    }
}
