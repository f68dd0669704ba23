internal import Glibc
internal import Jobs

/// A question that only somebody at a terminal can answer with yes.
enum Confirmation {
    /// Asks, unless it was answered on the command line.
    /// - Parameters:
    ///   - question: what is going to happen, without a question mark.
    ///   - isGiven: whether the command line says yes.
    ///   - console: where it is asked.
    /// - Throws: `Failure` with `ExitCode.refused` for anything but yes, and when nobody can be asked.
    static func require(_ question: String, isGiven: Bool, on console: Console) throws {
        if isGiven { return }
        guard canAsk(on: console) else {
            throw Failure(
                .refused, .refused, "\(question): nobody is there to confirm it, so nothing was done. Add --yes.")
        }
        guard Self.isGiven(question, on: console) else {
            throw Failure(.refused, .refused, "\(question): not confirmed, so nothing was done.")
        }
    }

    /// Whether somebody at a terminal says yes to what is going to happen; no where nobody can be asked.
    static func isGiven(_ question: String, on console: Console) -> Bool {
        guard canAsk(on: console) else { return false }
        console.log("\(question). Write “yes” to go on:")
        let answer = readLine()?.lowercased()
        return answer == "yes" || answer == "y"
    }

    private static func canAsk(on console: Console) -> Bool {
        isatty(STDIN_FILENO) == 1 && console.hasErrorTerminal
    }
}
