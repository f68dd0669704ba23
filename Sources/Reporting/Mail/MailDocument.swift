internal import Cryptography
internal import Support

/// A letter as mail servers pass it on: header fields, and the text in one or two forms.
///
/// It is the same at every attempt, `Message-ID` included, so that a program that gets it twice can tell.
struct MailDocument {
    /// Lines of at most 78 characters of ASCII, each ending with CRLF.
    let bytes: [UInt8]

    init(_ letter: Letter, id: String, from: MailAddress, to: [MailAddress]) {
        let digest = Hex.encode(HashContext(.sha256).hash(Array("\(id)\n\(to.map(\.address))".utf8)).bytes)
        let domain = from.address.split(separator: "@").last.map(String.init) ?? "localhost"
        var lines = [
            "Date: \(letter.date.mailDate)", "From: \(from.header)",
            "To: \(to.map(\.header).joined(separator: ",\r\n "))",
            "Subject: \(EncodedWords.encode(letter.subject).replacing("?= =?", with: "?=\r\n =?"))",
            "Message-ID: <\(digest.prefix(32))@\(domain)>", "MIME-Version: 1.0",
            // Nobody's absence is to answer this.
            "Auto-Submitted: auto-generated", "X-Dunnage-Report: \(EncodedWords.encode(id))",
        ]
        if let html = letter.html {
            let boundary = "=_\(digest.suffix(24))"
            lines.append("Content-Type: multipart/alternative; boundary=\"\(boundary)\"")
            lines.append("")
            for (type, text) in [("plain", letter.text), ("html", html)] {
                lines += ["--\(boundary)"] + Self.part(type, text)
            }
            lines += ["--\(boundary)--", ""]
        } else {
            lines += Self.part("plain", letter.text)
        }
        bytes = Array(lines.joined(separator: "\r\n").utf8)
    }

    private static func part(_ type: String, _ text: String) -> [String] {
        [
            "Content-Type: text/\(type); charset=utf-8", "Content-Transfer-Encoding: quoted-printable", "",
            QuotedPrintable.encode(text), "",
        ]
    }
}

/// Text in ASCII, of which most stays readable.
enum QuotedPrintable {
    /// The text in lines of at most 76 characters, with CRLF between them.
    static func encode(_ text: String) -> String {
        text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map(line).joined(separator: "\r\n")
    }

    private static func line(_ text: Substring) -> String {
        let bytes = Array(text.utf8)
        var lines: [String] = []
        var line = ""
        for (index, byte) in bytes.enumerated() {
            let isLast = index == bytes.count - 1
            let isBlank = byte == 0x20 || byte == 0x09
            let isKept = (0x21...0x7e).contains(byte) && byte != UInt8(ascii: "=") || isBlank && !isLast
            let unit = isKept ? String(UnicodeScalar(byte)) : "=\(Hex.encode([byte]).uppercased())"
            // The sign that a line goes on takes the last place.
            if line.utf8.count + unit.utf8.count > (isLast ? 76 : 75) {
                lines.append(line + "=")
                line = ""
            }
            line += unit
        }
        return (lines + [line]).joined(separator: "\r\n")
    }
}

extension Timestamp {
    /// The form of header fields: `Sat, 21 Nov 2026 23:58:03 +0000`.
    var mailDate: String {
        let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let day = Int((seconds >= 0 ? seconds : seconds - 86_399) / 86_400) % 7
        let parts = iso8601.dropLast().split(separator: "T")
        let date = parts[0].split(separator: "-")
        let month = Int(date[1]).map { months[$0 - 1] } ?? ""
        return "\(days[(day + 7) % 7]), \(date[2]) \(month) \(date[0]) \(parts[1]) +0000"
    }
}
