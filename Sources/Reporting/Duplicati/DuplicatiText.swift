internal import Support

extension DuplicatiPart {
    /// The result in Duplicati's text, which many tools read.
    func text(_ mask: (String) -> String) -> String {
        var lines: [String]
        if let exception = exception(mask) {
            let first = exception.prefix { !$0.isNewline }
            lines = ["Failed: \(first)", "Details: \(exception)"]
        } else {
            lines = data(mask).lines()
        }
        let log = logLines(mask)
        if !log.isEmpty { lines += ["", "Log data:"] + log }
        return lines.joined(separator: "\n") + "\n"
    }

    /// The text with Duplicati's placeholders filled in: `%PARSEDRESULT%`, `%backup-name%`; unknown ones go.
    ///
    /// In a subject `%RESULT%` is one word.
    func filled(_ template: String, isSubject: Bool, _ mask: (String) -> String) -> String {
        var filled = ""
        var rest = template[...]
        while let start = rest.firstIndex(of: "%") {
            filled += rest[..<start]
            let name = rest[rest.index(after: start)...].prefix { $0 != "%" }
            guard name.endIndex < rest.endIndex else {
                rest = rest[start...]
                break
            }
            filled += value(String(name), isSubject: isSubject, mask)
            rest = rest[rest.index(after: name.endIndex)...]
        }
        return filled + rest
    }

    private func value(_ name: String, isSubject: Bool, _ mask: (String) -> String) -> String {
        switch name.lowercased() {
        case "result": isSubject ? parsedResult : text(mask)
        case let name:
            extra(mask).first { $0.name.lowercased() == name }?.value
                ?? ["parsedresult": parsedResult, "remoteurl": mask(destination?.label ?? "")][name] ?? ""
        }
    }

    /// What Duplicati's JSON has beside the result.
    func extra(_ mask: (String) -> String) -> [(name: String, value: String)] {
        [
            ("OperationName", "Backup"),
            ("machine-id", machineID),
            ("backup-id", backupID),
            ("backup-name", backupName),
            ("machine-name", report.instance.name),
            ("operating-system", "Linux"),
            ("operating-system-detailed", "Linux"),
            ("installation-type", "dunnage"),
            ("destination-type", destination?.label.map(Self.scheme) ?? ""),
            ("destination-host-suffix", destination?.label.map(Self.hostSuffix) ?? ""),
            ("next-scheduled-run", report.nextRun?.compact ?? ""),
            ("update-channel", "stable"),
        ]
    }

    static func scheme(_ url: String) -> String {
        url.firstRange(of: "://").map { String(url[..<$0.lowerBound]) } ?? ""
    }

    /// The end of a host's name that says which public service it is; of no other host anything is told.
    static func hostSuffix(_ url: String) -> String {
        let known = [
            "amazonaws.com", "backblazeb2.com", "cloudflarestorage.com", "core.windows.net", "digitaloceanspaces.com",
            "googleapis.com", "ovh.net", "scw.cloud", "wasabisys.com", "your-objectstorage.com",
        ]
        guard let range = url.firstRange(of: "://") else { return "" }
        let host = url[range.upperBound...].prefix { $0 != "/" && $0 != ":" }
        return known.first { host.hasSuffix(".\($0)") } ?? ""
    }
}
