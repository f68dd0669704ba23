internal import Cryptography
internal import Destinations
internal import Glibc
internal import StoreFormat
internal import Support

/// A damaged store as the rest of the engine can read it: objects that are whole stay where they are, what was saved
/// of the others is in local files, and index volumes are new and promise only what is there.
final class SalvagedStore: Destination {
    private let base: any Destination
    /// Objects that are used as they are.
    private let kept: [RemoteObject]
    /// Objects in local files, by the name that they are presented under.
    private let local: [String: SealedVolume]

    init(base: any Destination, kept: [RemoteObject], local: [SealedVolume]) {
        self.base = base
        self.kept = kept
        self.local = Dictionary(local.map { ($0.name.text, $0) }) { first, _ in first }
    }

    var label: String { base.label }

    func list() -> [RemoteObject] {
        kept.filter { local[$0.name] == nil }
            + local.map { RemoteObject(name: $0.key, size: $0.value.size, modified: nil) }
    }

    func get(_ name: String, to path: String) throws(DestinationError) -> Int64 {
        guard let volume = local[name] else { return try base.get(name, to: path) }
        do {
            let source = try FileDescriptor.open(volume.path)
            let target = try FileDescriptor.open(path, flags: O_WRONLY | O_CREAT | O_TRUNC)
            let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
            defer { buffer.deallocate() }
            while true {
                let count = try source.read(into: buffer)
                try target.write(all: UnsafeRawBufferPointer(rebasing: buffer[..<count]))
                if count < buffer.count { return volume.size }
            }
        } catch {
            throw DestinationError(.localFile, .get, object: name, at: label, detail: "\(error)")
        }
    }

    func put(_ name: String, from file: LocalFile) throws(DestinationError) { throw refusal(.put, name) }

    func delete(_ name: String) throws(DestinationError) { throw refusal(.delete, name) }

    func prepare(create: Bool) throws(DestinationError) {}

    func freeSpace() throws(DestinationError) -> Int64? { nil }

    /// Nothing is ever changed at a store that is being recovered.
    private func refusal(_ operation: DestinationError.Operation, _ name: String) -> DestinationError {
        DestinationError(.unsupported, operation, object: name, at: label, detail: "a damaged store is only read")
    }
}
