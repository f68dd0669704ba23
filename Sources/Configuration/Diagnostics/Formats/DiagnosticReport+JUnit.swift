extension DiagnosticReport {
    /// A suite with a case a problem: errors are failures, warnings are output.
    ///
    /// Without errors one case has passed.
    var junit: String {
        var cases = diagnostics.map { $0.junit }
        if errors == 0 {
            cases.insert("    <testcase name=\"the configuration is valid\" classname=\(XML.quoted(file))/>\n", at: 0)
        }
        let counts = "tests=\"\(cases.count)\" failures=\"\(errors)\" errors=\"0\" skipped=\"0\""
        return """
            <?xml version="1.0" encoding="UTF-8"?>
            <testsuites name="dunnage validate" \(counts)>
              <testsuite name=\(XML.quoted(file)) \(counts)>
            \(cases.joined())  </testsuite>
            </testsuites>

            """
    }
}

extension Diagnostic {
    fileprivate var junit: String {
        // A variable or a flag of the command line has no lines.
        let place = line > 0 ? "\(file):\(line):\(column)" : file
        let name = XML.quoted("\(code.rawValue) at \(place)")
        let text = XML.escaped(render())
        let content =
            severity == .error
            ? "<failure type=\"\(code.rawValue)\" message=\(XML.quoted(message))>\(text)</failure>"
            : "<system-out>\(text)</system-out>"
        return "    <testcase name=\(name) classname=\(XML.quoted(file))>\n      \(content)\n    </testcase>\n"
    }
}

/// Text in XML documents.
enum XML {
    /// Text for the content of an element; what no document may hold becomes U+FFFD.
    static func escaped(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        for character in text.unicodeScalars {
            switch character {
            case "&": result.append(contentsOf: "&amp;".unicodeScalars)
            case "<": result.append(contentsOf: "&lt;".unicodeScalars)
            case ">": result.append(contentsOf: "&gt;".unicodeScalars)
            case "\"": result.append(contentsOf: "&quot;".unicodeScalars)
            case "\r": result.append(contentsOf: "&#13;".unicodeScalars)
            case "\t", "\n": result.append(character)
            case _ where character.value < 0x20 || character.value == 0xFFFE || character.value == 0xFFFF:
                result.append("\u{FFFD}")
            default: result.append(character)
            }
        }
        return String(result)
    }

    /// A quoted attribute; line breaks and tabs are kept.
    static func quoted(_ text: String) -> String {
        "\"\(escaped(text).replacing("\n", with: "&#10;").replacing("\t", with: "&#9;"))\""
    }
}
