internal import Archive
internal import Cryptography
internal import Support

/// Where the blocks of a volume are: flat arrays in the order of the volume, and an order by hash.
struct BlockTable: Sendable {
    private let digestLength: Int
    private var digests: [UInt8] = []
    private var places: [Place] = []
    private var order: [UInt32] = []
    private(set) var manifest: ZipDirectoryScan.Entry?

    private struct Place: Sendable {
        var offset: Int64
        var packedSize: UInt32
        var size: UInt32
        var crc: UInt32
        var method: UInt16
        var nameLength: UInt16
    }

    init(digestLength: Int, capacity: Int) {
        self.digestLength = digestLength
        digests.reserveCapacity(capacity * digestLength)
        places.reserveCapacity(capacity)
    }

    var count: Int { places.count }

    /// Takes an entry of the directory; names that stand for no hash are left out.
    mutating func add(_ name: UnsafeRawBufferPointer, _ entry: ZipDirectoryScan.Entry) {
        if name.elementsEqual(Manifest.entryName.utf8) { manifest = entry }
        guard name.count == Base64.encodedCount(digestLength), Base64.decodedCount(name) == digestLength,
            let packedSize = UInt32(exactly: entry.packedSize), let size = UInt32(exactly: entry.size)
        else { return }
        let start = digests.count
        digests.append(contentsOf: repeatElement(0, count: digestLength))
        let isHash = digests.withUnsafeMutableBytes { all in
            Base64.decode(name, into: UnsafeMutableRawBufferPointer(rebasing: all[start...]), urlSafe: true)
        }
        guard isHash else {
            digests.removeLast(digestLength)
            return
        }
        places.append(
            Place(
                offset: Int64(entry.offset), packedSize: packedSize, size: size, crc: entry.crc,
                method: entry.method, nameLength: UInt16(clamping: entry.nameLength)))
    }

    /// Makes ``find(_:)`` possible; after the last entry.
    mutating func sort() {
        var size = 16
        while size < places.count * 2 { size *= 2 }
        order = [UInt32](repeating: 0, count: size)
        for index in places.indices {
            var slot = slot(ofPrefix: prefix(index))
            // Of entries of one name the last one counts.
            while order[slot] != 0, !isSame(Int(order[slot]) - 1, index) { slot = (slot + 1) & (order.count - 1) }
            order[slot] = UInt32(index + 1)
        }
    }

    private func prefix(_ index: Int) -> UInt64 {
        digests.withUnsafeBytes { all in
            var value: UInt64 = 0
            withUnsafeMutableBytes(of: &value) { bytes in
                let length = min(8, digestLength)
                bytes.copyMemory(
                    from: UnsafeRawBufferPointer(rebasing: all[index * digestLength..<index * digestLength + length]))
            }
            return value
        }
    }

    private func slot(ofPrefix prefix: UInt64) -> Int {
        Int(truncatingIfNeeded: prefix &* 0x9E37_79B9_7F4A_7C15 >> 20) & (order.count - 1)
    }

    private func isSame(_ left: Int, _ right: Int) -> Bool {
        digests.withUnsafeBytes { all in
            all[left * digestLength..<(left + 1) * digestLength].elementsEqual(
                all[right * digestLength..<(right + 1) * digestLength])
        }
    }

    /// Where a block is.
    func find(_ digest: Digest) -> ZipDirectoryScan.Entry? {
        guard digest.count == digestLength, !order.isEmpty else { return nil }
        return digest.withUnsafeBytes { wanted in
            var prefix: UInt64 = 0
            withUnsafeMutableBytes(of: &prefix) { bytes in
                bytes.copyMemory(from: UnsafeRawBufferPointer(rebasing: wanted.prefix(8)))
            }
            return digests.withUnsafeBytes { all in
                var slot = slot(ofPrefix: prefix)
                while order[slot] != 0 {
                    let index = Int(order[slot]) - 1
                    if all[index * digestLength..<(index + 1) * digestLength].elementsEqual(wanted) {
                        return entry(places[index])
                    }
                    slot = (slot + 1) & (order.count - 1)
                }
                return nil
            }
        }
    }

    private func entry(_ place: Place) -> ZipDirectoryScan.Entry {
        ZipDirectoryScan.Entry(
            method: place.method, crc: place.crc, packedSize: Int(place.packedSize), size: Int(place.size),
            offset: Int(place.offset), nameLength: Int(place.nameLength))
    }
}
