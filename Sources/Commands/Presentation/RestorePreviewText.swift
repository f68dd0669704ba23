internal import Engine
internal import JSON
internal import Support

extension RestorePreview.Item {
    /// The item for people.
    var line: String {
        let word = action.rawValue + String(repeating: " ", count: 9 - action.rawValue.utf8.count)
        return word + PrintableText.escaped(String(decoding: path, as: UTF8.self))
    }

    /// The item for machines.
    var json: [JSONValue.Member] {
        [
            .init("action", .string(action.rawValue)), .init("path", .string(String(decoding: path, as: UTF8.self))),
            .init("size", .integer(size)),
        ]
    }
}

extension RestorePreview {
    /// The sums for people.
    func lines(target: String?, zone: TimeZoneClock) -> [String] {
        let place = target.map { "to \($0)" } ?? "to where they came from"
        let counts = Action.allCases.compactMap { action in
            files[action].map { "\(HumanText.count($0, "file")) to \(action.rawValue)" }
        }
        var lines = [
            "Nothing was changed. From the version of \(zone.text(version)) \(place): "
                + (counts + ["\(HumanText.count(newFolders, "new folder"))", HumanText.count(symlinks, "link")])
                .joined(separator: ", ") + ".",
            "\(HumanText.size(bytes)) to write; \(HumanText.size(bytesToFetch)) to read, in "
                + "\(HumanText.count(volumes, "volume")).",
        ]
        if renamedFiles > 0 {
            lines.append("\(HumanText.count(renamedFiles, "file")) would get another name, beside one that differs.")
        }
        if lostBlocks > 0 { lines.append("\(HumanText.count(lostBlocks, "block")) may be lost.") }
        if failed > 0 {
            lines.append("\(HumanText.count(failed, "entry", plural: "entries")) could not be restored.")
        }
        return lines
    }
}
