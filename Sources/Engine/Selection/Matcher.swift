internal import CPosix
internal import Glibc

/// A stretch of a filter set's arena.
struct Segment: Sendable {
    var start: Int32 = 0
    var count: Int32 = 0
}

/// A path being matched.
struct Subject {
    let base: UnsafePointer<UInt8>
    let count: Int
}

/// One compiled pattern: fixed size, its texts in the filter set's arena.
struct Matcher: Sendable {
    var ruleIndex: Int32
    var isInclude: Bool
    var isExact = false
    var hasSingleWildcard = false
    /// The byte that a match begins or ends with, or -1 when the pattern does not say: tested before anything else.
    var firstByte: Int16 = -1
    var lastByte: Int16 = -1
    /// Bytes that a match has at least; each `?` counts as one.
    var minimumLength: Int32 = 0
    var prefix = Segment()
    var suffix = Segment()
    var middleStart: Int32 = 0
    var middleCount: Int32 = 0
    /// Index of a regular expression, or -1.
    var regularExpression: Int32 = -1

    init(ruleIndex: Int32, isInclude: Bool) {
        self.ruleIndex = ruleIndex
        self.isInclude = isInclude
    }

    var matchesEverything: Bool {
        regularExpression < 0 && !isExact && minimumLength == 0
    }

    @inline(__always)
    func matches(
        _ subject: Subject, segments: UnsafeBufferPointer<Segment>, arena: UnsafeBufferPointer<UInt8>
    ) -> Bool {
        guard subject.count >= Int(minimumLength) else { return false }
        if lastByte >= 0, subject.base[subject.count - 1] != UInt8(truncatingIfNeeded: lastByte) { return false }
        if firstByte >= 0, subject.base[0] != UInt8(truncatingIfNeeded: firstByte) { return false }
        guard let text = arena.baseAddress else { return !isExact || subject.count == 0 }
        if hasSingleWildcard { return matchesCharacters(subject, segments: segments, text: text) }
        let prefixCount = Int(prefix.count)
        if isExact {
            return subject.count == prefixCount && memcmp(subject.base, text + Int(prefix.start), prefixCount) == 0
        }
        let end = subject.count - Int(suffix.count)
        if suffix.count > 1, memcmp(subject.base + end, text + Int(suffix.start), Int(suffix.count)) != 0 {
            return false
        }
        if prefixCount > 1, memcmp(subject.base, text + Int(prefix.start), prefixCount) != 0 { return false }
        // Leftmost places are enough: a later one only leaves less room for what follows.
        var position = prefixCount
        for index in 0..<Int(middleCount) {
            let segment = segments[Int(middleStart) + index]
            let found = cposix_find(
                subject.base + position, end - position, text + Int(segment.start), Int(segment.count))
            guard found >= 0 else { return false }
            position += found + Int(segment.count)
        }
        return true
    }

    // A question mark takes a whole character, so lengths in bytes say little and ends are found by stepping.
    @inline(never)
    private func matchesCharacters(
        _ subject: Subject, segments: UnsafeBufferPointer<Segment>, text: UnsafePointer<UInt8>
    ) -> Bool {
        guard var position = end(of: prefix, at: 0, in: subject, before: subject.count, text: text) else {
            return false
        }
        if isExact { return position == subject.count }
        guard let limit = start(of: suffix, in: subject, text: text), limit >= position else { return false }
        for index in 0..<Int(middleCount) {
            let segment = segments[Int(middleStart) + index]
            var found: Int?
            while found == nil, position < limit {
                found = end(of: segment, at: position, in: subject, before: limit, text: text)
                position += 1
            }
            guard let found else { return false }
            position = found
        }
        return true
    }

    /// Where a segment ends that begins at `position`, or `nil` when it does not match there.
    @inline(__always)
    private func end(
        of segment: Segment, at position: Int, in subject: Subject, before limit: Int, text: UnsafePointer<UInt8>
    ) -> Int? {
        var position = position
        for index in 0..<Int(segment.count) {
            let byte = text[Int(segment.start) + index]
            guard position < limit else { return nil }
            if byte == UInt8(ascii: "?") {
                guard !isContinuation(subject.base[position]) else { return nil }
                position += 1
                while position < limit, isContinuation(subject.base[position]) { position += 1 }
            } else {
                guard subject.base[position] == byte else { return nil }
                position += 1
            }
        }
        return position
    }

    /// Where the last segment begins when it is matched backwards from the end.
    private func start(of segment: Segment, in subject: Subject, text: UnsafePointer<UInt8>) -> Int? {
        var position = subject.count
        for index in stride(from: Int(segment.count) - 1, through: 0, by: -1) {
            let byte = text[Int(segment.start) + index]
            guard position > 0 else { return nil }
            position -= 1
            if byte == UInt8(ascii: "?") {
                while position > 0, isContinuation(subject.base[position]) { position -= 1 }
            } else if subject.base[position] != byte {
                return nil
            }
        }
        return position
    }
}

@inline(__always)
private func isContinuation(_ byte: UInt8) -> Bool { byte & 0xC0 == 0x80 }
