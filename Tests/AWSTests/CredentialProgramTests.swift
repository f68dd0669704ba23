import Support
import TestSupport
import Testing

@testable import AWS

@Suite struct CredentialProgramTests {
    private func found(_ output: String, _ more: String = "") throws -> AWSCredentials {
        let fixture = try CredentialFixture()
        let path = "\(fixture.folder.path)/my program"
        try fixture.write(
            "[profile p]\ncredential_process = /bin/sh \"\(path)\" 'a  b' c\\ d \"\\\"\" $HOME\n", ".aws/config")
        try fixture.write(more + "\ncat <<'END'\n\(output)\nEND\n", "my program")
        return try fixture.source(profile: "p").credentials()
    }

    @Test("a program's keys are used, with their end if they have one")
    func keys() throws {
        let keys = try found(
            #"{"Version": 1, "AccessKeyId": "id", "SecretAccessKey": "key", "SessionToken": "t", "Expiration": "2027-01-15T10:30:00.25+01:00"}"#
        )
        #expect(keys.accessKeyID == "id" && keys.secretKey.reveal() == "key" && keys.sessionToken?.reveal() == "t")
        #expect(keys.expires == Timestamp(iso8601: "2027-01-15T09:30:00Z"))
        #expect(try found(#"{"Version": 1, "AccessKeyId": "id", "SecretAccessKey": "key"}"#).expires == nil)
    }

    @Test("no shell reads the command line, but its quotes hold words together, and the environment is there")
    func words() throws {
        let check = #"[ "$1/$2/$3/$4/$#" = 'a  b/c d/"/$HOME/4' ] && [ -n "$HOME" ] || exit 9"#
        _ = try found(#"{"Version": 1, "AccessKeyId": "id", "SecretAccessKey": "key"}"#, check)
        #expect(CommandWords.split("") == [] && CommandWords.split("  a\t b ") == ["a", "b"])
        #expect(CommandWords.split(#"a"b c"'d e'f\ g "" "\\\"\n""#) == ["ab cd ef g", "", #"\"\n"#])
        for broken in ["'a", "\"a", "a\\"] { #expect(CommandWords.split(broken) == nil) }
    }

    @Test("whatever goes wrong with a program is told with its name and words, and never with its keys")
    func failures() throws {
        func why(_ output: String, _ more: String = "") -> String {
            let error = #expect(throws: AWSError.self) { try found(output, more) }
            guard case .program("profile p", let why) = error else { return "\(String(describing: error))" }
            return why
        }
        #expect(why("", "echo 'log in first' >&2; exit 3") == "it ended with status 3: log in first")
        #expect(why("", "kill -9 $$") == "signal 9 ended it")
        #expect(why("no") == "its output is not JSON")
        #expect(
            why(#"{"Version": 2, "AccessKeyId": "id", "SecretAccessKey": "key"}"#) == "its output has no `Version` 1")
        #expect(why(#"{"AccessKeyId": "id", "SecretAccessKey": "key"}"#) == "its output has no `Version` 1")
        #expect(why(#"{"Version": 1, "AccessKeyId": "id"}"#) == "its output has no complete keys")
        let endless = #"{"Version": 1, "AccessKeyId": "id", "SecretAccessKey": "key", "Expiration": "soon"}"#
        #expect(why(endless) == "its output has no complete keys")
        let fixture = try CredentialFixture(config: "[profile p]\ncredential_process = no-such-program\n")
        #expect(throws: AWSError.program("profile p", "there is no such program")) {
            try fixture.source(profile: "p").credentials()
        }
    }

    @Test("moments are read as AWS's programs and files write them, and nothing else is taken for one")
    func moments() {
        let expected = Timestamp(iso8601: "2026-11-21T03:18:26Z")
        for text in [
            "2026-11-21T03:18:26Z", "2026-11-21T03:18:26UTC", "2026-11-21T03:18:26.123456Z",
            "2026-11-21T04:18:26+01:00",
            "2026-11-20T22:48:26.5-0430", "2026-11-21 03:18:26+00:00",
        ] {
            #expect(AWSMoment.read(text) == expected, "\(text)")
        }
        for text in [
            "", "soon", "2026-11-21T03:18:26+1", "2026-11-21T03:18:26.Z", "2026-11-21T03:18:26 CET", "1700000000",
        ] {
            #expect(AWSMoment.read(text) == nil, "\(text)")
        }
    }
}
