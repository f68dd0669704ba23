internal import Archive
public import Cryptography

/// What index volumes hold.
extension VolumeReader {
    /// The data volumes that this index volume describes: one, as a rule.
    public func volumeDescriptions() throws(StoreFormatError) -> [VolumeDescription] {
        var descriptions: [VolumeDescription] = []
        let prefix = VolumeDescription.entryPrefix
        for entry in entries where entry.name.hasPrefix(prefix) {
            let dblockName = String(entry.name.dropFirst(prefix.count))
            var decoder = VolumeDescriptionDecoder(dblockName: dblockName, object: name.text)
            do {
                try stream(entry) { try decoder.consume($0) }
            } catch let error as StoreFormatError {
                throw error
            } catch {
                throw StoreFormatError(.damaged, object: name.text, detail: "\(error)")
            }
            descriptions.append(try decoder.finish())
        }
        return descriptions
    }

    /// The hashes in a blocklist, which is one of `blocks` of an index or data volume, after its own hash was checked.
    public func blocklist(_ block: StoredBlock, scratch: BlockScratch) throws(StoreFormatError) -> [Digest] {
        let digests: [Digest]?
        do {
            digests = try withBlock(block.digest, scratch: scratch) { bytes in
                Blocklist.decode(bytes, algorithm: settings.blockHash)
            }
        } catch let error as StoreFormatError {
            throw error
        } catch {
            throw StoreFormatError(.damaged, object: name.text, detail: "\(error)")
        }
        guard let digests else {
            throw StoreFormatError(
                .damaged, object: name.text, detail: "\(block.digest) is no blocklist: its length does not fit")
        }
        return digests
    }
}
