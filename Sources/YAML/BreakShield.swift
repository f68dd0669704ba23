/// Hides from libyaml the characters that only YAML 1.1 takes for line breaks: NEL, LS and PS.
///
/// In YAML 1.2 they are characters like any other. Each is replaced by one of private use that the text does not hold,
/// so that positions stay the same, and put back into the values.
struct BreakShield {
    private var stand: [Unicode.Scalar: Unicode.Scalar] = [:]
    private var original: [Unicode.Scalar: Unicode.Scalar] = [:]

    init(for text: [Unicode.Scalar]) {
        let breaks: Set<Unicode.Scalar> = ["\u{85}", "\u{2028}", "\u{2029}"]
        guard text.contains(where: { breaks.contains($0) }) else { return }
        let used = Set(text)
        var free = (UInt32(0xE000)...0xF8FF).lazy.compactMap { Unicode.Scalar($0) }.filter { !used.contains($0) }
            .makeIterator()
        for character in breaks {
            guard let replacement = free.next() else { return }
            stand[character] = replacement
            original[replacement] = character
        }
    }

    func hide(_ text: [Unicode.Scalar]) -> [Unicode.Scalar] {
        stand.isEmpty ? text : text.map { stand[$0] ?? $0 }
    }

    func restore(_ text: String) -> String {
        guard !original.isEmpty else { return text }
        var restored = String.UnicodeScalarView()
        restored.append(contentsOf: text.unicodeScalars.map { original[$0] ?? $0 })
        return String(restored)
    }
}
