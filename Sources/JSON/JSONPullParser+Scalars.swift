extension JSONPullParser {
    /// Reads the string whose opening quote is at the head.
    ///
    /// A string without escapes is looked at in place; one with escapes is unescaped into `scratch`.
    /// - Returns: false when its end has not arrived yet.
    mutating func scanString(limit: Int) throws(JSONError) -> Bool {
        let start = head + 1
        var position = start
        var hasEscapes = false
        while true {
            position = skipPlain(from: position)
            guard position < tail else {
                if isFinished { throw error(.unexpectedEnd, at: tail) }
                if tail - start > limit { throw error(.tooLong(limit: limit), at: start) }
                return false
            }
            let byte = buffer[position]
            if byte == 0x22 { break }
            guard byte == 0x5C else { throw error(.controlCharacter(byte), at: position) }
            hasEscapes = true
            position += 2
        }
        guard position - start <= limit else { throw error(.tooLong(limit: limit), at: start) }
        if hasEscapes {
            try unescape(from: start, to: position)
        } else {
            textBase = UnsafePointer(buffer + start)
            textCount = position - start
        }
        head = position + 1
        return true
    }

    /// The first position at or after `start` that holds a quote, a backslash or a control character.
    private func skipPlain(from start: Int) -> Int {
        var position = start
        let raw = UnsafeRawPointer(buffer)
        let ones: UInt64 = 0x0101_0101_0101_0101
        let tops: UInt64 = 0x8080_8080_8080_8080
        // Eight bytes at a time; a hit may be a false alarm in the upper bytes, so the byte loop decides.
        while position &+ 8 <= tail {
            let word = raw.loadUnaligned(fromByteOffset: position, as: UInt64.self)
            let quote = word ^ (ones &* 0x22)
            let backslash = word ^ (ones &* 0x5C)
            let hits =
                ((quote &- ones) & ~quote) | ((backslash &- ones) & ~backslash) | ((word &- (ones &* 0x20)) & ~word)
            if hits & tops != 0 { break }
            position &+= 8
        }
        while position < tail {
            let byte = buffer[position]
            if byte == 0x22 || byte == 0x5C || byte < 0x20 { break }
            position &+= 1
        }
        return position
    }

    private mutating func unescape(from start: Int, to end: Int) throws(JSONError) {
        scratch.removeAll(keepingCapacity: true)
        var position = start
        while position < end {
            let byte = buffer[position]
            guard byte == 0x5C else {
                scratch.append(byte)
                position += 1
                continue
            }
            let escape = buffer[position + 1]
            position += 2
            switch escape {
            case 0x22, 0x5C, 0x2F: scratch.append(escape)
            case 0x62: scratch.append(0x08)
            case 0x66: scratch.append(0x0C)
            case 0x6E: scratch.append(0x0A)
            case 0x72: scratch.append(0x0D)
            case 0x74: scratch.append(0x09)
            case 0x75: try unescapeUnicode(&position, end: end)
            default: throw error(.invalidEscape, at: position - 2)
            }
        }
        publishScratch()
    }

    /// Reads four hexadecimal digits, and a second escape when they are the first half of a surrogate pair.
    ///
    /// A half without its partner becomes U+FFFD: such names exist on Windows, and a listing must survive them.
    private mutating func unescapeUnicode(_ position: inout Int, end: Int) throws(JSONError) {
        guard let unit = hexadecimal(at: position, end: end) else { throw error(.invalidEscape, at: position - 2) }
        position += 4
        var code = unit
        if unit >= 0xD800, unit < 0xDC00, position + 6 <= end, buffer[position] == 0x5C, buffer[position + 1] == 0x75,
            let low = hexadecimal(at: position + 2, end: end), low >= 0xDC00, low < 0xE000
        {
            code = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00)
            position += 6
        }
        let scalar = Unicode.Scalar(code) ?? "\u{FFFD}"
        for byte in UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter {
            scratch.append(byte)
        }
    }

    private func hexadecimal(at position: Int, end: Int) -> UInt32? {
        guard position + 4 <= end else { return nil }
        var value: UInt32 = 0
        for index in 0..<4 {
            let byte = buffer[position + index]
            switch byte {
            case 0x30...0x39: value = value << 4 | UInt32(byte - 0x30)
            case 0x41...0x46: value = value << 4 | UInt32(byte - 0x37)
            case 0x61...0x66: value = value << 4 | UInt32(byte - 0x57)
            default: return nil
            }
        }
        return value
    }

    /// Moves the unescaped text to where `withText` finds it.
    ///
    /// The text goes over its own escaped form in the buffer, which is always longer and already consumed.
    private mutating func publishScratch() {
        let destination = buffer + head
        for index in scratch.indices { destination[index] = scratch[index] }
        textBase = UnsafePointer(destination)
        textCount = scratch.count
    }

    /// Reads the number at the head.
    ///
    /// - Returns: false when its end has not arrived yet.
    mutating func scanNumber(limit: Int) throws(JSONError) -> Bool {
        var position = head
        while position < tail, isNumberByte(buffer[position]) { position += 1 }
        guard position - head <= limit else { throw error(.tooLong(limit: limit), at: head) }
        guard position < tail || isFinished else { return false }
        guard isNumber(from: head, to: position) else { throw error(.invalidNumber, at: head) }
        textBase = UnsafePointer(buffer + head)
        textCount = position - head
        head = position
        return true
    }

    private func isNumberByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x2B, 0x2D, 0x2E, 0x45, 0x65: true
        default: false
        }
    }

    private func isNumber(from start: Int, to end: Int) -> Bool {
        var position = start
        func digits() -> Int {
            let first = position
            while position < end, buffer[position] >= 0x30, buffer[position] <= 0x39 { position += 1 }
            return position - first
        }
        if position < end, buffer[position] == 0x2D { position += 1 }
        let startsWithZero = position < end && buffer[position] == 0x30
        let whole = digits()
        guard whole > 0, !startsWithZero || whole == 1 else { return false }
        if position < end, buffer[position] == 0x2E {
            position += 1
            guard digits() > 0 else { return false }
        }
        if position < end, buffer[position] | 0x20 == 0x65 {
            position += 1
            if position < end, buffer[position] == 0x2B || buffer[position] == 0x2D { position += 1 }
            guard digits() > 0 else { return false }
        }
        return position == end
    }
}
