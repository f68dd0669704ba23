internal import Catalog
internal import Configuration
internal import Engine
internal import Glibc
internal import JSON
internal import Jobs
internal import Secrets
internal import Service
internal import Support

/// What versions hold, as the local catalogs say.
extension ServiceAPI {
    /// The versions of a job at a destination.
    func versions(_ call: Call) throws -> JSONValue {
        let (job, destination, view) = try store(call)
        return .object([
            .init("job", .string(job)), .init("destination", .string(destination)),
            .init("versions", .array(try view.versions().map(\.listed))),
        ])
    }

    /// A page of a folder of a version.
    func entries(_ call: Call) throws -> JSONValue {
        let (job, destination, view) = try store(call)
        let path = try path(call)
        let cursor = try call.text("cursor").map { text throws(APIProblem) in try Self.bytes(text, "cursor") }
        guard let selector = VersionSelector(call.text("version") ?? ""),
            let folder = try view.folder(path, of: selector, after: cursor, limit: call.number("limit") ?? 100)
        else { throw APIProblem.notFound("There is no such version or folder.") }
        return .object([
            .init("job", .string(job)), .init("destination", .string(destination)),
            .init("version", folder.version.listed), .init("path", .string(String(decoding: path, as: UTF8.self))),
            .init("entries", .array(folder.entries.map(\.listed))),
            .init("next", folder.next.map { .string(Self.text($0)) } ?? .null),
        ])
    }

    private func path(_ call: Call) throws(APIProblem) -> [UInt8] {
        guard let encoded = call.text("path_base64") else { return Array((call.text("path") ?? "").utf8) }
        return try Self.bytes(encoded, "path_base64")
    }

    /// The catalog of a job at a destination, for a look.
    private func store(_ call: Call) throws -> (job: String, destination: String, view: StoreView) {
        let job = try existingJob(call)
        let configuration = service.configuration
        let specification: DestinationSpecification
        do throws(Failure) {
            specification = try configuration.findDestination(call.text("destination"), of: job)
        } catch {
            throw APIProblem.notFound(error.message)
        }
        let path = setting.state.catalog(
            job: job.name, destination: specification.name, url: specification.url(forJob: job.name))
        guard access(path, F_OK) == 0 else {
            throw APIProblem.notFound(
                "Nothing is known on this machine of what “\(job.name)” has at “\(specification.name)”. A run, or "
                    + "`dunnage versions \(job.name)`, builds the catalog.")
        }
        return (job.name, specification.name, StoreView(try Catalog(lookingAt: path)))
    }

    static func text(_ bytes: [UInt8]) -> String {
        String(Base64.encode(bytes, urlSafe: true).prefix { $0 != "=" })
    }

    private static func bytes(_ text: String, _ name: String) throws(APIProblem) -> [UInt8] {
        let padding = String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
        guard let bytes = Base64.decode(text + padding, urlSafe: true) else {
            throw APIProblem(400, "`\(name)` is not URL-safe base64.")
        }
        return bytes
    }
}

extension StoreView.Version {
    /// The version in a list.
    fileprivate var listed: JSONValue {
        .object([
            .init("id", .string(time.compact)), .init("number", .integer(Int64(number))),
            .init("time", .string(time.iso8601)), .init("files", .integer(files)),
            .init("folders", .integer(folders)), .init("symlinks", .integer(symlinks)),
            .init("bytes", .integer(bytes)), .init("full", .bool(isFull)),
        ])
    }
}

extension StoreView.Entry {
    /// The entry in its folder.
    fileprivate var listed: JSONValue {
        let name = EntryPath.split(path).name
        var members: [JSONValue.Member] = [
            .init("name", .string(String(decoding: name, as: UTF8.self))), .init("path", .string(pathText)),
        ]
        if Array(pathText.utf8) != path { members.append(.init("path_base64", .string(ServiceAPI.text(path)))) }
        members += [
            .init("type", .string(EntryWords.word(kind))), .init("size", kind == .file ? .integer(size) : .null),
            .init("modified", modified.json),
        ]
        return .object(members)
    }
}
