internal import Configuration

/// Values as Duplicati writes them, in this language's way.
enum DuplicatiValues {
    /// A size: `50mb` is 50 MiB, and a plain number counts in the option's own unit.
    /// - Returns: the size in this language's notation; `nil` when it is none.
    static func size(_ text: String, unit usual: String) -> String? {
        let trimmed = text.filter { $0 != " " }.lowercased()
        let digits = trimmed.prefix { $0.isASCII && $0.isNumber }
        guard let number = Int64(digits) else { return nil }
        let unit = trimmed.dropFirst(digits.count)
        let units = ["b": "B", "k": "KiB", "m": "MiB", "g": "GiB", "t": "TiB"]
        let letter = unit.isEmpty ? usual : String(unit)
        guard ["b", "kb", "kib", "mb", "mib", "gb", "gib", "tb", "tib"].contains(letter),
            let name = letter.first.flatMap({ units[String($0)] })
        else { return nil }
        return "\(number)\(name)"
    }

    /// A span of time: `1D12h`, or a number of seconds.
    static func span(_ text: String) -> CalendarDuration? {
        if let seconds = Int64(text) { return CalendarDuration(seconds: seconds) }
        return CalendarDuration(duplicati: text)
    }

    /// The first days of weekday names in any language of Duplicati's: `mon`, `Monday`.
    static func weekday(_ text: String) -> String? {
        let short = String(text.lowercased().prefix(3))
        return ["mon", "tue", "wed", "thu", "fri", "sat", "sun"].contains(short) ? short : nil
    }

    /// Whether a path is one of Windows'.
    static func isWindowsPath(_ path: String) -> Bool {
        let characters = Array(path.prefix(3))
        if path.hasPrefix("\\\\") { return true }
        guard characters.count >= 2, characters[1] == ":" else { return false }
        return characters[0].isASCII && characters[0].isLetter || characters[0] == "*"
    }
}
