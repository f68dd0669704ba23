/// Changes files the way hands and disks do.
public struct Mutator {
    private static let words: [String] = [
        ": ", "- ", "\n", "\r\n", "\r", "\t", "  ", "{", "}", "[", "]", ",", "\"", "'", "|", ">", "|+2", "&a ", "*a",
        "<<: *base",
        "!!str ", "!!int ", "!x ", "#", " # c", "---\n", "...\n", "%TAG ! x:\n", "? ", "~", "null", "true", "yes", "0",
        "-1",
        "1.5", "0x10", "99999999999999999999", "1e999", ".nan", "${HOME}", "${N}", "${", "$$", "${secret:passphrase}",
        "${X:-y}", "7d", "6M", "1MiB", "5%", "\u{FEFF}", "\u{85}", "\u{2028}", "\u{A0}", "é", "\u{1F600}", "\\",
        "\\x41",
        "\0", "\u{1B}", "version: 1\n", "jobs:\n", "x-y: ", "secrets: {}\n", "encryption: none", "destinations: [d]",
        "retention: ", "tiers: ", "keep_versions: ", "path: ", "exclude: ", "url: ", "{ env: A }",
        "{ secret: passphrase }",
        "[]", "{}", "off", "none", "forever", "all",
    ]

    private var generator: SeededGenerator

    /// The mutations of a seed.
    public init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

    /// A file with one to five changes.
    public mutating func mutated() -> [UInt8] {
        var bytes = GoodFiles.all[pick(GoodFiles.all.count)]
        // A few files stay as they are, so that what is accepted is seen as well.
        for _ in 0..<pick(6) { change(&bytes) }
        return bytes
    }

    private mutating func pick(_ count: Int) -> Int { count == 0 ? 0 : Int(generator.next() % UInt64(count)) }

    private mutating func change(_ bytes: inout [UInt8]) {
        guard !bytes.isEmpty else {
            bytes += Array(Self.words[pick(Self.words.count)].utf8)
            return
        }
        let place = pick(bytes.count)
        switch pick(12) {
        case 0: bytes[place] ^= UInt8(1 << pick(8))
        case 1: bytes[place] = UInt8(truncatingIfNeeded: generator.next())
        case 2: bytes.remove(at: place)
        case 3: bytes.removeSubrange(place..<min(bytes.count, place + pick(20)))
        case 4, 5: bytes.insert(contentsOf: Self.words[pick(Self.words.count)].utf8, at: place)
        case 6:
            let word = Self.words[pick(Self.words.count)]
            bytes.replaceSubrange(place..<min(bytes.count, place + pick(8)), with: word.utf8)
        case 7: repeatLine(&bytes, place)
        case 8: swapLines(&bytes, place)
        case 9: indent(&bytes, place)
        case 10: replaceValue(&bytes, place)
        default:
            let other = GoodFiles.all[pick(GoodFiles.all.count)]
            let start = pick(other.count)
            bytes.insert(contentsOf: other[start..<min(other.count, start + pick(80))], at: place)
        }
    }

    private func line(_ bytes: [UInt8], _ place: Int) -> Range<Int> {
        let newline = UInt8(ascii: "\n")
        let start = bytes[..<place].lastIndex(of: newline).map { $0 + 1 } ?? 0
        let end = bytes[place...].firstIndex(of: newline).map { $0 + 1 } ?? bytes.count
        return start..<end
    }

    private mutating func repeatLine(_ bytes: inout [UInt8], _ place: Int) {
        let line = line(bytes, place)
        bytes.insert(contentsOf: Array(bytes[line]), at: line.lowerBound)
    }

    private mutating func swapLines(_ bytes: inout [UInt8], _ place: Int) {
        let first = line(bytes, place)
        guard first.upperBound < bytes.count else { return }
        let second = line(bytes, first.upperBound)
        let swapped = Array(bytes[second]) + Array(bytes[first])
        bytes.replaceSubrange(first.lowerBound..<second.upperBound, with: swapped)
    }

    private mutating func indent(_ bytes: inout [UInt8], _ place: Int) {
        let start = line(bytes, place).lowerBound
        if pick(2) == 0 {
            bytes.insert(contentsOf: Array(repeating: UInt8(ascii: " "), count: 1 + pick(4)), at: start)
        } else if bytes[start] == UInt8(ascii: " ") {
            bytes.remove(at: start)
        }
    }

    private mutating func replaceValue(_ bytes: inout [UInt8], _ place: Int) {
        let line = line(bytes, place)
        guard let colon = bytes[line].firstIndex(of: UInt8(ascii: ":")), colon + 1 < line.upperBound else { return }
        bytes.replaceSubrange(
            colon + 1..<line.upperBound - 1, with: Array(" \(Self.words[pick(Self.words.count)])".utf8))
    }
}
