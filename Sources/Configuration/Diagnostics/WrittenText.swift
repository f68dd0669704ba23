internal import Secrets
internal import YAML

/// A single value beside the way it is written, to point at parts of it.
struct WrittenText {
    private let text: [Unicode.Scalar]
    private let places: [Int]?
    private let source: SourceText?

    /// - Parameters:
    ///   - node: the value; without one there are no parts to point at.
    ///   - source: the file that it stands in, if it could be read.
    init(_ node: Node?, in source: SourceText?) {
        text = node?.scalar.map { Array($0.text.unicodeScalars) } ?? []
        places = source.flatMap { node?.places(in: $0) }
        self.source = source
    }

    /// Where some characters of the value are written; `nil` if they are not written as they are.
    func range(of part: Range<Int>) -> SourceRange? {
        guard let source, let places, part.upperBound < places.count else { return nil }
        guard let last = part.last else { return source.range(places[part.lowerBound], places[part.lowerBound]) }
        // The end is that of the last character rather than the beginning of the next, which may be lines further on.
        let end = max(
            places[last] + 1, min(places[part.upperBound], source.line(source.mark(at: places[last]).line).upperBound))
        return source.range(places[part.lowerBound], end)
    }

    /// Where a part of the value is written first.
    func range(ofFirst part: String) -> SourceRange? {
        text.firstRange(of: Array(part.unicodeScalars)).flatMap { range(of: $0) }
    }
}

extension CredentialNames {
    /// The passwords in a URL, as positions of characters, in order.
    static func offsets(inURL url: String) -> [Range<Int>] {
        let scalars = url.unicodeScalars
        var index = scalars.startIndex
        var offset = 0
        func advance(to other: String.Index) -> Int {
            offset += scalars.distance(from: index, to: other)
            index = other
            return offset
        }
        // Each is measured from the one before it, so that many of them take no longer than the text is.
        return ranges(inURL: url).map { part in
            let start = advance(to: part.lowerBound)
            return start..<advance(to: part.upperBound)
        }
    }
}
