import Listening
import Testing

@Suite("Addresses to listen at")
struct ListenAddressTests {
    @Test(
        "are read as they are written, and written as they are read",
        arguments: [
            "127.0.0.1:8787", "0.0.0.0:80", "[::1]:8787", "[::]:1", "localhost:0", ":8787", "unix:/run/dunnage.sock",
        ])
    func roundTrip(_ text: String) throws {
        #expect(try ListenAddress(text).description == text)
    }

    @Test(
        "know whether only this machine reaches them",
        arguments: [
            ("127.0.0.1:1", true), ("127.8.9.1:1", true), ("[::1]:1", true), ("[0:0::1]:1", true),
            ("localhost:1", true), ("unix:/a", true), (":1", false), ("0.0.0.0:1", false), ("[::]:1", false),
            ("192.0.2.1:1", false),
            ("[2001:db8::1]:1", false),
        ])
    func loopback(_ text: String, _ expected: Bool) throws {
        #expect(try ListenAddress(text).isLoopback == expected)
    }

    @Test(
        "are refused with a reason",
        arguments: [
            ("", "no port"), ("8787", "no port"), ("127.0.0.1", "no port"), ("127.0.0.1:", "no port"),
            ("127.0.0.1:65536", "no port of 0 to 65535"), ("127.0.0.1:-1", "no port of"), (":+80", "no port of"),
            ("::1:80", "needs brackets"), ("backup.example:80", "names are not looked up"),
            ("[127.0.0.1]:80", "no IP address"), ("127.1:80", "no IP address"), ("[::1%lo]:80", "no IP address"),
            ("http://127.0.0.1:80", "no IP address"), ("unix:run/x", "begins with a slash"), ("unix:", "begins with"),
            ("unix:/a/", "names a file"), ("unix:/\(String(repeating: "x", count: 107))", "at most 107 bytes"),
        ])
    func refusals(_ text: String, _ reason: String) throws {
        let error = #expect(throws: ListeningError.self) { try ListenAddress(text) }
        #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
    }
}
