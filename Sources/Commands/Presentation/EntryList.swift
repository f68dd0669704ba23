internal import Catalog
internal import Engine
internal import JSON
internal import Support

/// A long list of entries that is written while it is read, so its columns have fixed widths.
struct EntryList {
    private let console: Console
    private let zone: TimeZoneClock
    private var isFirst = true

    init(_ console: Console, zone: TimeZoneClock) {
        self.console = console
        self.zone = zone
    }

    // MARK: For people

    /// Writes the line over the columns.
    func heading(withVersions: Bool = false) throws {
        try console.print("\(withVersions ? "VERSIONS  " : "")      SIZE  MODIFIED                    PATH")
    }

    /// Writes an entry, with the numbers of the versions that have it.
    func add(_ entry: StoreView.Entry, versions: ClosedRange<Int>? = nil) throws {
        var line = ""
        if let versions {
            let numbers =
                versions.count == 1 ? "\(versions.lowerBound)" : "\(versions.lowerBound)-\(versions.upperBound)"
            line = Self.padded(numbers, to: 8, left: true) + "  "
        }
        line += Self.padded(entry.sizeText, to: 10) + "  "
        line += Self.padded(entry.modified.map { zone.text($0) } ?? "", to: 26, left: true) + "  "
        try console.print(line + PrintableText.escaped(entry.pathText))
    }

    private static func padded(_ text: String, to width: Int, left: Bool = false) -> String {
        let padding = String(repeating: " ", count: max(0, width - text.utf8.count))
        return left ? text + padding : padding + text
    }

    // MARK: For machines

    /// Begins a document whose second member is a long array.
    func begin(document name: String, array: String) throws {
        try console.write(Array("{\n  \"schema\": \"urn:dunnage:\(name):v1\",\n  \"\(array)\": [".utf8))
    }

    /// Adds an object to the array, on a line of its own.
    mutating func add(json members: [JSONValue.Member]) throws {
        var bytes = Array((isFirst ? "\n    " : ",\n    ").utf8)
        JSONValue.object(members).append(to: &bytes)
        isFirst = false
        try console.write(bytes)
    }

    /// Ends the array and the document.
    func end(_ members: [JSONValue.Member]) throws {
        var bytes = Array((isFirst ? "]" : "\n  ]").utf8)
        for member in members {
            bytes += Array(",\n  ".utf8)
            JSONWriter.appendString(member.name, to: &bytes)
            bytes += Array(": ".utf8)
            member.value.append(to: &bytes)
        }
        try console.write(bytes + Array("\n}\n".utf8))
    }
}

extension StoreView.Entry {
    /// The entry for machines.
    var json: [JSONValue.Member] {
        var members: [JSONValue.Member] = [.init("path", .string(pathText)), .init("type", .string(typeText))]
        if kind == .file { members.append(.init("size", .integer(size))) }
        if let modified { members.append(.init("modified", .string(modified.iso8601))) }
        return members
    }

    private var typeText: String {
        switch kind {
        case .file: "file"
        case .folder: "folder"
        case .symlink, .folderLink: "symlink"
        }
    }

    /// The size of a file, a word for the rest.
    fileprivate var sizeText: String {
        switch kind {
        case .file: HumanText.size(size)
        case .folder: "folder"
        case .symlink, .folderLink: "link"
        }
    }
}
