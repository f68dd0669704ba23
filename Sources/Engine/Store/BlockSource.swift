internal import Catalog
internal import Cryptography
internal import Destinations
internal import Glibc
internal import StoreFormat
internal import Support

/// A data volume that blocks are taken from: read part by part if it is in order, else opened whole.
enum BlockSource: Sendable {
    case parts(BlockVolume)
    case whole(FetchedVolume)

    /// The object's name.
    var name: ObjectName {
        switch self {
        case .parts(let volume): volume.name
        case .whole(let volume): volume.reader.name
        }
    }

    /// What is wrong with it although some of it can be read.
    var fault: String? {
        switch self {
        case .parts: nil
        case .whole(let volume): volume.fault
        }
    }

    /// Hands a block's content to `body`; `checksHash` may be false where the caller verifies what it makes of it.
    func withBlock<R>(
        _ digest: Digest, _ reader: BlockReader, checksHash: Bool = true, _ body: (UnsafeRawBufferPointer) throws -> R
    ) throws -> R {
        switch self {
        case .parts(let volume): try reader.withBlock(digest, in: volume, checksHash: checksHash, body)
        case .whole(let volume): try reader.withBlock(digest, in: volume.reader, body)
        }
    }
}

extension Store {
    /// Makes the blocks of a data volume readable: in place where the destination is on this machine, else fetched.
    ///
    /// - Throws: `.damagedObject` and the like when nothing of it can be read; see ``fetch(_:expecting:settings:tolerant:)``.
    func openBlocks(_ volume: CatalogVolume, settings: StoreSettings) throws(EngineError) -> BlockSource {
        guard let name = ObjectName(parsing: volume.name) else {
            throw .damagedObject(volume.name, detail: "its name is not one of this format")
        }
        try cancellation.check()
        if let local = (destination as? any LocallyReadable)?.localPath(of: volume.name),
            let parts = parts(of: name, at: local, volume, settings)
        {
            progress.addTransferred(Int(parts.storedSize))
            return .parts(parts)
        }
        let path = "\(temporaryFolder)/blocks-\(Hex.encode(RandomBytes.make(12)))"
        defer { unlink(path) }
        if !(destination is any LocallyReadable), name.encryption != .gpg {
            let size = try retry.run(cancellation, progress) { () throws(DestinationError) in
                try destination.get(name.text, to: path)
            }
            progress.addTransferred(Int(size))
            if let parts = parts(of: name, at: path, volume, settings) { return .parts(parts) }
            unlink(path)
        }
        // Whatever is the matter, this finds out, and tries once more.
        return .whole(
            try fetch(
                name, expecting: ObjectExpectation(size: volume.size, hash: volume.hash), settings: settings,
                tolerant: true))
    }

    private func parts(
        of name: ObjectName, at path: String, _ volume: CatalogVolume, _ settings: StoreSettings
    ) -> BlockVolume? {
        let opened = try? BlockVolume(
            path: path, name: name, passphrase: passphrase, settings: settings, hash: volume.hash)
        guard let opened, volume.size < 0 || opened.storedSize == volume.size else { return nil }
        return opened
    }
}
