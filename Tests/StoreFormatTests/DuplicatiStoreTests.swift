import Archive
import Cryptography
import StoreFormat
import Support
import Testing

@Suite("Stores written by Duplicati", .enabled(if: SharedFixtures.folder != nil))
struct DuplicatiStoreTests {
    /// Everything of a store that a restore needs.
    private struct Contents {
        var listing: StoreListing
        var settings: StoreSettings
        var blocks: [Digest: [UInt8]] = [:]
        var volumes: [String: [Digest: Int]] = [:]
    }

    private func contents(_ store: SharedFixtures.Store) throws -> Contents {
        let listing = try store.listing()
        let newest = try #require(listing.dlists.first)
        var contents = Contents(listing: listing, settings: try store.open(newest.name).settings)
        let scratch = BlockScratch(settings: contents.settings)
        for item in listing.dblocks {
            let volume = try store.open(item.name, settings: contents.settings)
            #expect(!volume.directoryWasDamaged)
            #expect(volume.blocks.count == volume.entries.count - 1)
            for block in volume.blocks {
                contents.blocks[block.digest] = try volume.withBlock(block.digest, scratch: scratch) { Array($0) }
                contents.volumes[item.name.text, default: [:]][block.digest] = block.size
            }
        }
        return contents
    }

    @Test("every name is recognised and every object belongs to one store", arguments: SharedFixtures.stores)
    func listing(store: SharedFixtures.Store) throws {
        let listing = try store.listing()
        #expect(listing.prefix == "duplicati")
        #expect(listing.foreign.isEmpty && listing.parity.isEmpty && listing.shadowedLists.isEmpty)
        #expect(listing.encryptions.count == 1)
        #expect((listing.encryption != Encryption.none) == (store.passphrase != nil))
        let times = listing.dlists.compactMap(\.name.time)
        #expect(times == times.sorted(by: >) && !times.isEmpty)
        for item in listing.items {
            #expect(ObjectName(parsing: item.name.text) == item.name)
        }
    }

    @Test(
        "index volumes describe their data volumes, and are written again byte by byte",
        arguments: SharedFixtures.stores)
    func indexes(store: SharedFixtures.Store) throws {
        let contents = try contents(store)
        let scratch = BlockScratch(settings: contents.settings)
        for item in contents.listing.dindexes {
            let index = try store.open(item.name, settings: contents.settings)
            for description in try index.volumeDescriptions() {
                let expected = try #require(contents.volumes[description.dblockName])
                let claimed = Dictionary(description.blocks.map { ($0.digest, $0.size) }) { $1 }
                #expect(claimed == expected)
                #expect(claimed.count == description.blocks.count)
                let stored = try SharedFixtures.read("\(store.folder)/\(description.dblockName)")
                #expect(description.volumeSize == Int64(stored.count))
                // Duplicati 2.0 takes SHA-256 whatever the file hash is.
                #expect(description.volumeHashAlgorithm(contents.settings) == .sha256)
                #expect(description.volumeHash == HashContext(.sha256).hash(stored))
                let entry = try #require(
                    index.entries.first { $0.name == VolumeDescription.entryPrefix + description.dblockName })
                #expect(description.encode() == (try index.content(of: entry)))
            }
            #expect(index.blocks.count == index.entries.filter { $0.name.hasPrefix("list/") }.count)
            for block in index.blocks {
                let digests = try index.blocklist(block, scratch: scratch)
                var encoded: [UInt8] = []
                for digest in digests { Blocklist.append(digest, to: &encoded) }
                #expect(contents.blocks[block.digest] == encoded)
            }
        }
    }

    @Test("versions are read, and written again byte by byte", arguments: SharedFixtures.stores)
    func versions(store: SharedFixtures.Store) throws {
        let listing = try store.listing()
        for item in listing.dlists {
            let version = try store.open(item.name)
            let created = try #require(version.manifest.created)
            let manifest = try #require(version.entries.first { $0.name == "manifest" })
            #expect(
                Manifest.encode(version.settings, created: created, application: version.manifest.application)
                    == (try version.content(of: manifest)))
            let flags = try version.filesetFlags()
            #expect(flags.isFullBackup)
            let fileset = try #require(version.entries.first { $0.name == "fileset" })
            #expect(flags.encode() == (try version.content(of: fileset)))

            let sink = MemorySink()
            let writer = FileListWriter(to: sink, settings: version.settings)
            let summary = try version.readFileList { try writer.add($0) }
            try writer.finish()
            #expect(summary.skippedCount == 0 && summary.entries == writer.count && writer.count > 0)
            let list = try #require(version.entries.first { $0.name == "filelist.json" })
            #expect(sink.bytes == (try version.content(of: list)))
        }
    }

    @Test("every file of every version can be put together from its blocks", arguments: SharedFixtures.stores)
    func files(store: SharedFixtures.Store) throws {
        let contents = try contents(store)
        let settings = contents.settings
        let hash = HashContext(settings.fileHash)
        var files = 0
        for item in contents.listing.dlists {
            try store.open(item.name).readFileList { entry in
                guard entry.kind == .file else { return }
                var bytes: [UInt8] = []
                for list in entry.blocklists {
                    let digests = Blocklist.decode(try #require(contents.blocks[list]), algorithm: settings.blockHash)
                    for digest in try #require(digests) { bytes += try #require(contents.blocks[digest]) }
                }
                if let block = entry.contentBlock(settings) { bytes += try #require(contents.blocks[block]) }
                #expect(Int64(bytes.count) == entry.size)
                #expect(hash.hash(bytes) == entry.hash)
                #expect(Int64(entry.blocklists.count) == settings.blocklistCount(of: entry.size))
                files += 1
            }
        }
        #expect(files > 20)
    }

    @Test("every metadata blob is written again byte by byte", arguments: SharedFixtures.stores)
    func metadata(store: SharedFixtures.Store) throws {
        let contents = try contents(store)
        let hash = HashContext(contents.settings.fileHash)
        var seen: Set<Digest> = []
        var links = 0
        var attributes = 0
        for item in contents.listing.dlists {
            try store.open(item.name).readFileList { entry in
                let digest = try #require(entry.metadataBlock(contents.settings))
                let blob = try #require(contents.blocks[digest])
                guard seen.insert(digest).inserted else { return }
                #expect(blob.count == entry.metaSize && hash.hash(blob) == entry.metaHash)
                let metadata = try MetadataBlob.decode(blob)
                #expect(metadata.otherKeys.isEmpty)
                #expect((metadata.symlinkTarget != nil) == (entry.kind == .symlink))
                if metadata.symlinkTarget != nil { links += 1 }
                attributes += metadata.extendedAttributes.count
                let again = MetadataBlob.encode(metadata)
                if again != blob {
                    print("\(store): \(String(decoding: entry.path, as: UTF8.self))")
                    print("  was \(String(decoding: blob, as: UTF8.self))")
                    print("  is  \(String(decoding: again, as: UTF8.self))")
                }
                #expect(again == blob)
            }
        }
        #expect(links > 0 && attributes > 0 && seen.count > 5)
    }

    @Test("a wrong or missing passphrase is told apart from damage", arguments: SharedFixtures.stores)
    func passphrases(store: SharedFixtures.Store) throws {
        guard store.passphrase != nil else { return }
        let name = try #require(try store.listing().dlists.first).name
        let path = "\(store.folder)/\(name)"
        let wrong = #expect(throws: StoreFormatError.self) {
            try VolumeReader(path: path, name: name, passphrase: Secret("not the passphrase"))
        }
        #expect(wrong?.kind == .wrongPassphrase && wrong?.object == name.text)
        let missing = #expect(throws: StoreFormatError.self) {
            try VolumeReader(path: path, name: name, passphrase: nil)
        }
        #expect(missing?.kind == .passphraseMissing && missing?.object == name.text)
    }
}
