/// The cases of the suite whose outcome here is another, and why; all the others have the outcome of the suite.
enum SuiteExclusions {
    /// Valid YAML that is refused.
    static let refused = table([
        // By design: these are no mistakes of the reader.
        "a configuration is one document": [
            "35KP", "5TYM", "6WLZ", "6XDY", "6ZKB", "7Z25", "9DXL", "9KAX", "9WXW", "JHB9", "KSS4", "L383", "M7A3",
            "PUW8", "RZT7", "U9NS", "UT92", "W4TN",
        ],
        "keys are texts: no key of the language is a list or a mapping": [
            "4FJ6", "6BFJ", "6PBE", "9MMW", "KK5P", "LX3P", "M2N8/01", "M5DY", "Q9WF", "RZP5", "SBG9", "V9D5", "X38W",
            "XW4D",
        ],
        "tags beyond the core schema mean nothing here, and would be silently lost": [
            "2XXW", "565N", "6CK3", "7FWL", "C4HZ", "CC74", "CUP7", "J7PZ", "M5C3", "P76L", "UGM3", "Z67P", "Z9M4",
        ],
        "directives that nobody knows, and versions beyond 1.2, are more likely mistakes": [
            "2LFX", "6LVF", "BEC7", "MUS6/05", "MUS6/06",
        ],
        // libyaml's limits: what it refuses cannot be misread.
        "libyaml wants the text of a key, which may not be left out": [
            "2JQS", "CFD4", "FRK4", "M2N8/00", "NHX8", "NKF9", "S3PD", "SM9W/01", "UKK6/00", "6M2F",
        ],
        "libyaml wants the colon on the line of its key, and keys in flow on one line": [
            "4ABK", "4MUZ/00", "4MUZ/01", "4MUZ/02", "58MP", "5MUD", "5T43", "9SA2", "K3WX", "NJ66", "VJP3/01",
        ],
        "libyaml takes tabs for indentation where YAML 1.2 allows them": [
            "6BCT", "6CA3", "96NN/00", "96NN/01", "A2M4", "DK95/00", "DK95/03", "DK95/04", "Q5MG", "R4YG", "Y79Y/001",
            "Y79Y/010",
        ],
        "libyaml allows letters, digits, `-` and `_` in the names of anchors": ["2SXE", "8XYN", "W5VH", "Y2GN"],
        "libyaml takes `,` and `?` at the beginning of a text in flow for indicators": [
            "DBG4", "HM87/00", "HM87/01", "652Z",
        ],
        "libyaml does not read block texts without indentation, or an end mark directly after them": [
            "DK3J", "FP8R", "HWV9", "QT73",
        ],
    ])

    /// Invalid YAML that is read, always with its only possible meaning.
    static let accepted = table([
        "libyaml does not check the indentation within brackets and quotes": ["9C9N", "QB6E"],
        "libyaml wants no space before a comment": ["9JBA", "CVW2", "SU5Z", "X4QW"],
        "libyaml reads a lone dash in brackets as a text": ["G5U8", "YJV2"],
        "libyaml allows a tab after the spaces of an indentation": ["DK95/01", "Y79Y/003"],
        "libyaml does not check how many spaces empty lines have before a block text": ["S98Z"],
        "libyaml does not look at the rest of the line of a `%YAML` directive": ["MUS6/00"],
    ])

    /// Valid YAML that is read with another meaning.
    static let different = table([
        "libyaml leaves out a last line that has spaces and no line break": ["JEF9/02", "L24T/01"]
    ])

    private static func table(_ reasons: [String: [String]]) -> [String: String] {
        var table: [String: String] = [:]
        for (reason, ids) in reasons {
            for id in ids { table[id] = reason }
        }
        return table
    }
}
