/// Colours on a terminal, or none.
struct TerminalStyle {
    /// What a piece of text is.
    enum Look: String {
        case error = "1;31"
        case warning = "1;33"
        case help = "1;32"
        case place = "1"
        case margin = "34"
    }

    let isOn: Bool

    func text(_ text: String, _ look: Look) -> String {
        isOn && !text.isEmpty ? "\u{1B}[\(look.rawValue)m\(text)\u{1B}[0m" : text
    }
}
