import Testing

@testable import Kubernetes

@Suite("Values in a pod")
struct EscapingTests {
    /// As a kubelet fills arguments and variables in.
    private func filled(_ text: String) -> String {
        var rest = text[...]
        var filled = ""
        while let first = rest.popFirst() {
            guard first == "$", let next = rest.first else {
                filled.append(first)
                continue
            }
            switch next {
            case "$":
                rest.removeFirst()
                filled.append("$")
            case "(":
                guard let end = rest.firstIndex(of: ")") else {
                    filled.append("$")
                    continue
                }
                rest = rest[rest.index(after: end)...]
                filled += "FILLED"
            default: filled.append("$")
            }
        }
        return filled
    }

    @Test(
        "dollars arrive as they were written, whatever follows them",
        arguments: ["plain", "$", "5$", "$x", "$(NAME)", "$$(NAME)", "a$$b", "$$$", "${job}", "$((1))"])
    func dollars(_ text: String) {
        #expect(filled(PodPlan.escaped(text)) == text)
    }
}
