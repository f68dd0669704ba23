internal import CPosix

/// A regular expression that decides whether it matches a complete path.
final class RegularExpression: Sendable {
    private let conditions: [(compiled: Compiled, isNegated: Bool)]

    /// Compiles the .NET expression `pattern`.
    /// - Parameters:
    ///   - pattern: without the brackets of the filter notation.
    ///   - expression: the filter as it was written, for error messages.
    /// - Throws: `FilterError` when it cannot be compiled.
    init(_ pattern: String, expression: String) throws(FilterError) {
        let translated = try RegularExpressionTranslation(pattern, expression: expression)
        var conditions: [(compiled: Compiled, isNegated: Bool)] = []
        for condition in translated.conditions {
            let compiled = try Compiled(
                condition.posix, ignoresCase: translated.ignoresCase, expression: expression)
            conditions.append((compiled, condition.isNegated))
        }
        self.conditions = conditions
    }

    func matches(_ path: UnsafeBufferPointer<UInt8>) -> Bool {
        for condition in conditions {
            let isMatch = cposix_regex_matches(condition.compiled.pointer, path.baseAddress, path.count)
            if isMatch == condition.isNegated { return false }
        }
        return true
    }

    // @unchecked Sendable: the pointer never changes, and regexec serialises what it caches behind it.
    private final class Compiled: @unchecked Sendable {
        let pointer: OpaquePointer

        init(_ posix: String, ignoresCase: Bool, expression: String) throws(FilterError) {
            var message = [CChar](repeating: 0, count: 200)
            guard let pointer = cposix_regex_compile(posix, ignoresCase, &message, message.count) else {
                let text = message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
                throw .malformedExpression(expression: expression, reason: String(decoding: text, as: UTF8.self))
            }
            self.pointer = pointer
        }

        deinit { cposix_regex_free(pointer) }
    }
}
