/// Splits a command line into words, as a shell would.
enum ShellWords {
    /// Which shell.
    enum Dialect {
        /// `sh` and its kin: quotes, and backslashes that protect.
        case posix
        /// `cmd`: double quotes only, backslashes are ordinary, `%%` is a percent sign.
        case windows
        /// As `cmd`, but a dollar begins a variable, and a backtick at the end of a line continues it.
        case powerShell
    }

    /// The commands of a text, each as its words.
    ///
    /// Comments, empty lines and redirections are left out. A dollar that begins a variable is `Variables.mark`.
    static func commands(in text: String, _ dialect: Dialect) -> [[String]] {
        switch dialect {
        case .posix: posix(Array(text), isScript: true)
        case .windows: windows(Array(text), isPowerShell: false)
        case .powerShell: windows(Array(text), isPowerShell: true)
        }
    }

    /// The words of a single command of `sh`.
    static func words(_ text: String) -> [String] { posix(Array(text), isScript: false).flatMap { $0 } }

    private static func posix(_ text: [Character], isScript: Bool) -> [[String]] {
        var commands: [[String]] = []
        var words: [String] = []
        var word: String?
        var index = 0
        func peek(_ offset: Int = 1) -> Character? { index + offset < text.count ? text[index + offset] : nil }
        func endWord() {
            if let done = word { words.append(done) }
            word = nil
        }
        func endCommand() {
            endWord()
            if !words.isEmpty { commands.append(words) }
            words = []
        }
        while index < text.count {
            let character = text[index]
            switch character {
            case "'":
                let end = text[(index + 1)...].firstIndex(of: "'") ?? text.count
                word = (word ?? "") + String(text[(index + 1)..<end])
                index = end
            case "\"":
                word = word ?? ""
                index += 1
                while index < text.count, text[index] != "\"" {
                    if text[index] == "\\", let next = peek(), "\"$`\\\n".contains(next) {
                        index += 1
                        if text[index] != "\n" { word?.append(text[index]) }
                    } else {
                        word?.append(isScript && text[index] == "$" ? Variables.mark : text[index])
                    }
                    index += 1
                }
            case "$" where isScript: word = (word ?? "") + String(Variables.mark)
            case "|" where isScript, "&" where isScript && peek() != ">":
                // A pipe, a list or the background.
                endCommand()
            case ">" where isScript, "<" where isScript, "&" where isScript:
                // A redirection: its descriptor in front, and the file behind it.
                if let number = word, number.allSatisfy(\.isNumber) { word = nil }
                endWord()
                while peek().map({ "<>& ".contains($0) }) == true { index += 1 }
                while peek().map({ !$0.isWhitespace && !";|&)".contains($0) }) == true { index += 1 }
            case "\\":
                index += 1
                if index < text.count, !text[index].isNewline { word = (word ?? "") + String(text[index]) }
            case "#" where word == nil:
                while let next = peek(), !next.isNewline {
                    _ = next
                    index += 1
                }
            case _ where character.isNewline || character == ";": endCommand()
            case _ where character.isWhitespace: endWord()
            default: word = (word ?? "") + String(character)
            }
            index += 1
        }
        endCommand()
        return commands
    }

    private static func windows(_ text: [Character], isPowerShell: Bool) -> [[String]] {
        var commands: [[String]] = []
        var words: [String] = []
        var word: String?
        var isQuoted = false
        var index = 0
        func endWord() {
            if let done = word { words.append(done) }
            word = nil
        }
        func endCommand() {
            endWord()
            let isRemark = ["rem", "::", "@echo"].contains(words.first?.lowercased() ?? "")
            if !words.isEmpty, !isRemark { commands.append(words) }
            words = []
        }
        while index < text.count {
            let character = text[index]
            let next = index + 1 < text.count ? text[index + 1] : nil
            switch character {
            case "\"" where isQuoted && next == "\"":
                word = (word ?? "") + "\""
                index += 1
            case "\"":
                isQuoted.toggle()
                word = word ?? ""
            case "%" where next == "%":
                word = (word ?? "") + "%"
                index += 1
            case "\\" where isQuoted && next == "\\" && index + 2 < text.count && text[index + 2] == "\"":
                // A backslash at the end of a quoted word is doubled.
                word = (word ?? "") + "\\"
                index += 1
            case "`" where isPowerShell && next?.isNewline == true: index += 1
            case "$" where isPowerShell: word = (word ?? "") + String(Variables.mark)
            case "^" where !isQuoted:
                index += 1
                if index < text.count, !text[index].isNewline { word = (word ?? "") + String(text[index]) }
            case _ where !isQuoted && character.isNewline: endCommand()
            case _ where !isQuoted && character.isWhitespace: endWord()
            default: word = (word ?? "") + String(character)
            }
            index += 1
        }
        endCommand()
        return commands
    }
}
