import Secrets
import Testing

@testable import Configuration

@Suite struct InterpolationTests {
    private let interpolation = Interpolation(environment: ["A": "one", "E": "", "T": "${B} $$ ${secret:s}"])

    @Test(
        "expressions become what compose makes of them",
        arguments: [
            ("plain", "plain"), ("${A}", "one"), ("x${A}y${A}", "xoneyone"), ("$$", "$"), ("$${A}", "${A}"),
            ("$$$$", "$$"),
            ("a$", "a$"), ("$ 5", "$ 5"), ("[.*~$]", "[.*~$]"), ("$1", "$1"), ("${E}", ""), ("${E:-d}", "d"),
            ("${E-d}", ""),
            ("${U:-d}", "d"), ("${U-d}", "d"), ("${U:-}", ""), ("${A:-d}", "one"), ("${A:?no}", "one"), ("${E?no}", ""),
            ("${A:+x}", "x"), ("${E:+x}", ""), ("${E+x}", "x"), ("${U+x}", ""), ("${U:-${A}}", "one"),
            ("${U:-${V:-deep}}!", "deep!"), ("${U:-a$$b}", "a$b"), ("${A:+${E:-y}}", "y"), ("${U:-:?-}", ":?-"),
            ("${secret:-d}", "d"), ("${U:-é日}", "é日"), ("${A:?${U}}", "one"),
        ])
    func expansion(_ text: String, _ expected: String) {
        let result = interpolation.expand(text)
        #expect(result.problems.isEmpty)
        #expect(result.template.text == expected)
    }

    @Test("what a variable holds is not expanded again")
    func once() {
        #expect(interpolation.expand("${T}").template.text == "${B} $$ ${secret:s}")
    }

    @Test("secrets stay open, in defaults too")
    func secrets() {
        let result = interpolation.expand("a${secret:x-1}b${U:-${secret:Y_2}}${A:-${secret:unused}}")
        #expect(
            result.template.pieces == [
                .text("a"), .secret(SecretReference("x-1")), .text("b"), .secret(SecretReference("Y_2")), .text("one"),
            ])
        #expect(result.secrets.map { $0.place } == [10..<13, 29..<32])
    }

    @Test(
        "an expression that cannot be read is a problem at its characters",
        arguments: [
            ("ab${A", DiagnosticCode.badInterpolation, 2..<5), ("$A", .badInterpolation, 0..<2),
            ("x$_a-", .badInterpolation, 1..<4), ("${1}", .badInterpolation, 0..<4),
            ("${A:x}", .badInterpolation, 0..<6),
            ("${A:}", .badInterpolation, 0..<5), ("${A b}", .badInterpolation, 0..<6),
            ("é${U}", .undefinedVariable, 1..<5),
            ("${E:?m}", .undefinedVariable, 0..<7), ("${secret:}", .badInterpolation, 0..<10),
            ("${secret:a.b}", .badInterpolation, 0..<13), ("${U:-${V}}", .undefinedVariable, 5..<9),
        ])
    func problems(_ text: String, _ code: DiagnosticCode, _ place: Range<Int>) {
        let problems = interpolation.expand(text).problems
        #expect(problems.map { $0.code } == [code])
        #expect(problems.first?.place == place)
    }

    @Test("nesting has an end")
    func nesting() {
        let deep = String(repeating: "${U:-", count: 50) + String(repeating: "}", count: 50)
        #expect(interpolation.expand(deep).problems.map { $0.code } == [.badInterpolation])
    }
}
