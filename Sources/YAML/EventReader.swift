internal import CLibYAML

/// The events of libyaml's parser, with their places as character positions.
final class EventReader {
    struct Event {
        enum Kind {
            case documentStart
            case scalar(text: String, style: Scalar.Style, properties: Properties)
            case sequenceStart(properties: Properties, isFlow: Bool)
            case mappingStart(properties: Properties, isFlow: Bool)
            case collectionEnd
            case alias(String)
            case streamEnd
            case other
        }

        let kind: Kind
        let start: Int
        let end: Int
    }

    struct Properties {
        let anchor: String?
        let tag: String?
    }

    private let source: SourceText
    private let shield: BreakShield
    // libyaml keeps pointers to the parser and to its input, so both need addresses that stay.
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let input: UnsafeMutableBufferPointer<UInt8>

    init(_ source: SourceText) {
        self.source = source
        shield = BreakShield(for: source.characters)
        let bytes = SourceText.utf8(shield.hide(source.characters))
        input = .allocate(capacity: bytes.count)
        _ = input.initialize(from: bytes)
        parser = .allocate(capacity: 1)
        parser.initialize(to: yaml_parser_t())
        yaml_parser_initialize(parser)
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        yaml_parser_set_input_string(parser, input.baseAddress, input.count)
    }

    deinit {
        yaml_parser_delete(parser)
        parser.deallocate()
        input.deallocate()
    }

    func next() throws(YAMLProblem) -> Event {
        var event = yaml_event_t()
        guard yaml_parser_parse(parser, &event) == 1 else { throw syntaxProblem() }
        defer { yaml_event_delete(&event) }
        let kind: Event.Kind
        switch event.type {
        case YAML_DOCUMENT_START_EVENT: kind = .documentStart
        case YAML_SCALAR_EVENT: kind = scalar(event)
        case YAML_SEQUENCE_START_EVENT:
            let data = event.data.sequence_start
            kind = .sequenceStart(
                properties: Properties(data.anchor, data.tag), isFlow: data.style == YAML_FLOW_SEQUENCE_STYLE)
        case YAML_MAPPING_START_EVENT:
            let data = event.data.mapping_start
            kind = .mappingStart(
                properties: Properties(data.anchor, data.tag), isFlow: data.style == YAML_FLOW_MAPPING_STYLE)
        case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT: kind = .collectionEnd
        case YAML_ALIAS_EVENT: kind = .alias(text(event.data.alias.anchor) ?? "")
        case YAML_STREAM_END_EVENT: kind = .streamEnd
        default: kind = .other
        }
        return Event(kind: kind, start: event.start_mark.index, end: event.end_mark.index)
    }

    private func scalar(_ event: yaml_event_t) -> Event.Kind {
        let data = event.data.scalar
        let bytes = UnsafeBufferPointer(start: data.value, count: data.length)
        let style: Scalar.Style =
            switch data.style {
            case YAML_SINGLE_QUOTED_SCALAR_STYLE: .singleQuoted
            case YAML_DOUBLE_QUOTED_SCALAR_STYLE: .doubleQuoted
            case YAML_LITERAL_SCALAR_STYLE, YAML_FOLDED_SCALAR_STYLE: .block
            default: .plain
            }
        return .scalar(
            text: shield.restore(String(decoding: bytes, as: UTF8.self)), style: style,
            properties: Properties(data.anchor, data.tag))
    }

    private func syntaxProblem() -> YAMLProblem {
        let failure = parser.pointee
        let problem = failure.problem.map { String(cString: $0) } ?? "the text is not YAML"
        guard failure.error != YAML_READER_ERROR else {
            let index = source.characterIndex(utf8Offset: failure.problem_offset)
            let range = source.range(index, index + 1)
            return SyntaxAdvice.controlCharacter(at: range, in: source)
        }
        if problem == "found unexpected end of stream", let context = failure.context {
            let text = "\(problem) \(String(cString: context))"
            return SyntaxAdvice.problem(text, at: failure.context_mark.index, in: source, notes: [])
        }
        if let context = failure.context,
            let problem = SyntaxAdvice.badName(
                String(cString: context), failure.context_mark.index, failure.problem_mark.index, in: source)
        {
            return problem
        }
        var notes: [String] = []
        if let context = failure.context {
            let line = source.mark(at: failure.context_mark.index).line
            notes.append("\(String(cString: context)) (line \(line))")
        }
        return SyntaxAdvice.problem(problem, at: failure.problem_mark.index, in: source, notes: notes)
    }
}

extension EventReader.Properties {
    fileprivate init(_ anchor: UnsafeMutablePointer<UInt8>?, _ tag: UnsafeMutablePointer<UInt8>?) {
        self.anchor = text(anchor)
        self.tag = text(tag)
    }
}

private func text(_ pointer: UnsafeMutablePointer<UInt8>?) -> String? {
    pointer.map { String(cString: $0) }
}
