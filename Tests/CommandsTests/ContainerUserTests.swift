import Jobs
import Testing

@testable import Commands

@Suite("PUID, PGID and UMASK")
struct ContainerUserTests {
    private func user(_ variables: [String: String]) throws(Failure) -> ContainerUser {
        try ContainerUser(environment: variables.merging(["DUNNAGE_IMAGE": "1", "STATE_DIRECTORY": "/state"]) { $1 })
    }

    @Test("they name a user, whose group is like it unless told, and the bits of new files")
    func read() throws {
        #expect(try user(["PUID": "1000"]).identity == .init(user: 1000, group: 1000))
        let both = try user(["PUID": "1026", "PGID": "100", "UMASK": "0027"])
        #expect(both.identity == .init(user: 1026, group: 100))
        #expect(both.umask == 0o027)
        #expect(both.stateFolder == "/state")
    }

    @Test("nothing is asked for where they are not set, are empty, or this is not our image")
    func nothing() throws {
        #expect(try user([:]).identity == nil)
        #expect(try user(["PUID": "", "PGID": "", "UMASK": ""]).identity == nil)
        let elsewhere = try ContainerUser(environment: ["PUID": "1000", "UMASK": "nonsense"])
        #expect(elsewhere.identity == nil && elsewhere.umask == nil && elsewhere.stateFolder == nil)
    }

    @Test(
        "what is no number of a user is refused",
        arguments: [
            (["PUID": "media"], "PUID is “media”"), (["PUID": "-1"], "PUID is “-1”"),
            (["PUID": "4294967295"], "PUID is “4294967295”"), (["PUID": "1000", "PGID": "users"], "PGID is “users”"),
            (["PGID": "100"], "PGID is set and PUID is not"), (["UMASK": "0888"], "UMASK is “0888”"),
            (["UMASK": "7777"], "UMASK is “7777”"),
        ])
    func refused(_ variables: [String: String], _ words: String) throws {
        let failure = #expect(throws: Failure.self) { try user(variables) }
        #expect(failure?.exitCode == .configuration)
        #expect(failure?.message.contains(words) == true, "\(failure?.message ?? "")")
    }
}
