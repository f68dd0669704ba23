internal import JSON
internal import Support

/// A piece of a large object, which is an object of its own.
struct Segment: Sendable, Hashable {
    /// The container and the name within it.
    let container: String
    let name: String
    let size: Int64
    /// The MD5 of its content in hexadecimal digits.
    let digest: String
}

/// Where segments are kept.
struct SegmentPlace: Sendable, Hashable {
    let container: String
    /// What stands before each name; `.segments/` in the container of the objects themselves.
    let prefix: String
}

/// How a large object is cut, and what its segments are called.
///
/// The names come of the content and the cut alone: `object/tag/size/cut/00000000`, with the tag that the whole will
/// have. So whoever tries again after a crash finds what is there already, without any record of it.
struct SegmentPlan: Sendable {
    let place: SegmentPlace
    let object: String
    let size: Int64
    let cut: Int64
    let digests: [String]

    /// The size of segments for an object: the wanted one, or one that needs no more segments than allowed.
    static func cut(size: Int64, wanted: Int64?, _ info: SwiftInfo) -> Int64 {
        let most = Int64(max(1, info.maximumSegments ?? 1000))
        let least = max(info.minimumSegment, (size + most - 1) / most, 1)
        return min(max(wanted ?? 1 << 30, least), max(info.maximumObject, 1))
    }

    /// The tag of the object.
    var tag: String { ContentDigest.manifestTag(digests) }

    /// What all names begin with.
    var prefix: String { "\(place.prefix)\(object)/\(tag)/\(size)/\(cut)/" }

    var segments: [Segment] {
        digests.enumerated().map { index, digest in
            let number = "\(index)"
            let digits = String(repeating: "0", count: max(0, 8 - number.count)) + number
            let begin = Int64(index) * cut
            return Segment(
                container: place.container, name: prefix + digits, size: min(cut, size - begin), digest: digest)
        }
    }

    /// The list that makes segments an object.
    static func manifest(_ segments: [Segment]) -> [UInt8] {
        JSONValue.array(
            segments.map { segment in
                .object([
                    .init("path", .string("/\(segment.container)/\(segment.name)")),
                    .init("etag", .string(segment.digest)), .init("size_bytes", .integer(segment.size)),
                ])
            }
        ).serialized()
    }
}

/// The name of a segment that this program has made, taken apart.
struct SegmentName: Sendable, Hashable {
    /// The object below the folder.
    let object: String
    let tag: String
    /// What all segments of one upload begin with, below the place's own beginning.
    let upload: String

    /// Takes a name apart, which stands below the place's and the folder's beginning; nil when it is none of ours.
    init?(_ name: some StringProtocol) {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 5, ObjectNameRule.objection(to: String(parts[0])) == nil, parts[1].utf8.count == 32,
            Hex.decode(String(parts[1])) != nil, Int64(parts[2]) != nil, Int64(parts[3]) != nil,
            parts[4].utf8.count >= 8, Int64(parts[4]) != nil
        else { return nil }
        object = String(parts[0])
        tag = parts[1].lowercased()
        upload = parts[..<4].joined(separator: "/") + "/"
    }
}
