import Glibc
import JSON
import StoreFormat
import Support

/// Stores that real Duplicati wrote, where the machine has them.
struct SharedFixtures {
    /// A store of the collection.
    struct Store: Sendable, CustomStringConvertible {
        let label: String
        let folder: String
        let passphrase: Secret?

        var description: String { label }

        /// What a destination would list.
        func listing() throws -> StoreListing {
            StoreListing(
                try SharedFixtures.names(in: folder).map {
                    ListedObject(name: $0, size: Int64(try SharedFixtures.read("\(folder)/\($0)").count))
                })
        }

        /// An object, opened.
        func open(_ name: ObjectName, settings: StoreSettings? = nil) throws -> VolumeReader {
            try VolumeReader(path: "\(folder)/\(name)", name: name, passphrase: passphrase, settings: settings)
        }
    }

    /// The folder of stores: `DUNNAGE_SHARED`, or `shared` beside the checkout.
    static let folder: String? = {
        var roots: [String] = []
        if let variable = getenv("DUNNAGE_SHARED") { roots.append(String(cString: variable)) }
        let package = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        roots.append("/\(package)/../shared")
        return roots.map { "\($0)/fixtures/duplicati" }.first { access($0, R_OK) == 0 }
    }()

    /// All stores; none where the machine has none.
    static let stores: [Store] = {
        guard let folder, let labels = try? names(in: folder) else { return [] }
        return labels.flatMap { label -> [Store] in
            guard let text = try? read("\(folder)/\(label)/fixture.json"), let facts = try? JSONValue(parsing: text)
            else { return [] }
            let passphrase = facts["passphrase"]?.string.map { Secret($0) }
            return ["remote", "remote-before-delete"].compactMap { remote in
                let path = "\(folder)/\(label)/\(remote)"
                guard access(path, R_OK) == 0 else { return nil }
                return Store(label: "\(label)/\(remote)", folder: path, passphrase: passphrase)
            }
        }
    }()

    static func names(in folder: String) throws -> [String] {
        guard let stream = opendir(folder) else { throw SystemError("open", path: folder) }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names.sorted()
    }

    static func read(_ path: String) throws -> [UInt8] {
        let file = try FileDescriptor.open(path)
        var bytes = [UInt8](repeating: 0, count: Int(try file.size()))
        let count = try bytes.withUnsafeMutableBytes { try file.read(into: $0) }
        return Array(bytes[..<count])
    }

    static func write(_ bytes: [UInt8], to path: String) throws {
        let file = try FileDescriptor.open(path, flags: O_WRONLY | O_CREAT | O_TRUNC)
        try bytes.withUnsafeBytes { try file.write(all: $0) }
    }
}
