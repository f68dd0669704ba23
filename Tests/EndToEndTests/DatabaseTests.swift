import Foundation
import Glibc
import JSON
import TestSupport
import Testing

@Suite("Databases as sources")
struct DatabaseTests {
    private static let password = "pass:word \\7 \"quoted\" 'single'"

    private func configure(_ home: Household, _ source: String) throws {
        try home.write("\(Self.password)\n", to: "password")
        let text = home.configuration().replacing(
            "      - path: \(home.path)/tree\n", with: "      - path: /dumps/app\n        \(source)\n")
        try home.write(text, to: "dunnage.yaml")
    }

    private func restore(_ home: Household) throws {
        let restored = try home.dunnage("restore", "home", "-c", "dunnage.yaml", "--target", "out")
        #expect(restored.code == 0, "\(restored.error)")
    }

    @Test(
        "of SQLite come as a consistent copy, also while they are written to",
        .enabled(if: TestTool.areThere("sqlite3"), "sqlite3 is not installed"))
    func sqlite() throws {
        let home = try Household()
        try configure(home, "sqlite: { database: \(home.path)/app.db }")
        try home.shell(
            """
            sqlite3 app.db 'PRAGMA journal_mode=WAL; CREATE TABLE t(a, b);
                WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i < 20000)
                INSERT INTO t SELECT i, hex(randomblob(20)) FROM n' > /dev/null
            """)
        // A writer that has not come to its end holds what is newest in the log beside the file.
        let writer = Process()
        writer.executableURL = URL(fileURLWithPath: try #require(TestTool.path("sqlite3")))
        writer.arguments = ["\(home.path)/app.db"]
        let input = Pipe()
        writer.standardInput = input
        let output = Pipe()
        writer.standardOutput = output
        try writer.run()
        input.fileHandleForWriting.write(Data("INSERT INTO t VALUES('late', 1);\n.print ready\n".utf8))
        defer {
            kill(writer.processIdentifier, SIGKILL)
            writer.waitUntilExit()
        }
        #expect(String(decoding: output.fileHandleForReading.availableData, as: UTF8.self) == "ready\n")
        try home.backUp()
        try restore(home)
        let counted = try home.shell(
            "find out -name app -type f -exec sqlite3 {} \"PRAGMA integrity_check; SELECT count(*), max(a) FROM t\" \\;"
        )
        #expect(counted.output == "ok\n20001|late\n", "\(counted)")
        // What has not changed makes no version.
        let state = try home.storeState()
        try home.backUp()
        #expect(try home.storeState() == state)
        try home.shell("mv app.db app.old")
        let missing = try home.dunnage("run", "-c", "dunnage.yaml")
        #expect(missing.code == 1 && missing.error.contains("there is no such file"), "\(missing.error)")
        #expect(try home.storeState() == state)
    }

    @Test(
        "of PostgreSQL are dumped with a password that no process list shows, restored and loaded",
        .enabled(if: PostgreSQLServer.isInstalled, "a PostgreSQL server is not installed"))
    func postgresql() throws {
        let server = try PostgreSQLServer(password: Self.password)
        let home = try Household()
        try configure(
            home,
            """
            postgresql:
                      database: app
                      host: 127.0.0.1
                      port: \(server.port)
                      username: postgres
                      password: { file: password }
                      tool: \(server.tools)/pg_dump
            """)
        try server.sql("CREATE DATABASE app", in: "postgres")
        try server.sql(
            "CREATE TABLE letters(id int, body text); INSERT INTO letters SELECT i, md5(i::text) FROM generate_series(1, 20000) i",
            in: "app")
        try home.backUp()
        try restore(home)
        try server.sql("CREATE DATABASE again", in: "postgres")
        let dump = try home.shell("find out -name app -type f").output.trimmingCharacters(in: .newlines)
        let loaded = try server.load("\(home.path)/\(dump)", into: "again")
        #expect(loaded.code == 0, "\(loaded.error)")
        let sum = "SELECT count(*), md5(string_agg(body, ',' ORDER BY id)) FROM letters"
        #expect(try server.sql(sum, in: "again") == server.sql(sum, in: "app"))
        // A tool that fails leaves no version behind.
        let state = try home.storeState()
        try home.write("wrong\n", to: "password")
        let refused = try home.dunnage("run", "-c", "dunnage.yaml")
        #expect(refused.code == 1 && refused.error.contains("password authentication failed"), "\(refused.error)")
        #expect(try home.storeState() == state)
    }
}

/// A PostgreSQL server of its own, that asks for a password.
private final class PostgreSQLServer {
    let folder: String
    let port: Int
    let tools: String
    private let password: String
    private let server: ServerProcess

    static let installed = (9...20).reversed().map { "/usr/lib/postgresql/\($0)/bin" }.first {
        access("\($0)/initdb", X_OK) == 0
    }
    static var isInstalled: Bool {
        installed != nil && (geteuid() != 0 || (TestTool.areThere("setpriv") && getpwnam("postgres") != nil))
    }

    init(password: String) throws {
        tools = try #require(Self.installed)
        self.password = password
        let asUser =
            geteuid() == 0 ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] : ["env"]
        folder = NSTemporaryDirectory() + "dunnage-pg-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Data(password.utf8).write(to: URL(fileURLWithPath: "\(folder)/login"))
        let (folder, tools) = (folder, tools)
        let made = try Binary.shell(
            """
            test "$(id -u)" != 0 || chown -R postgres \(folder)
            \(asUser.joined(separator: " ")) \(tools)/initdb -D \(folder)/data -U postgres --auth=scram-sha-256 \
                --pwfile=\(folder)/login --no-sync -E UTF8 --no-locale > /dev/null
            """, in: "/")
        try #require(made.code == 0, "\(made.output)\(made.error)")
        server = try ServerProcess("/usr/bin/env", environment: ["PATH": "/usr/bin:/bin"]) { port in
            asUser + [
                "\(tools)/postgres", "-D", "\(folder)/data", "-p", "\(port)", "-c", "listen_addresses=127.0.0.1", "-c",
                "unix_socket_directories=", "-c", "fsync=off",
            ]
        }
        port = server.port
        let limit = ContinuousClock.now + .seconds(20)
        while try Binary.shell("\(tools)/pg_isready -q -h 127.0.0.1 -p \(port)", in: "/").code != 0 {
            try #require(ContinuousClock.now < limit)
        }
    }

    deinit {
        server.stop()
        try? FileManager.default.removeItem(atPath: folder)
    }

    private var environment: [String: String] {
        ["PGPASSWORD": password, "PGHOST": "127.0.0.1", "PGPORT": "\(port)", "PGUSER": "postgres"]
    }

    @discardableResult
    func sql(_ text: String, in database: String) throws -> String {
        let result = try Binary.shell(
            "\(tools)/psql -v ON_ERROR_STOP=1 -At -d \(database) -c \"$SQL\"", in: "/",
            environment: environment.merging(["SQL": text]) { $1 })
        try #require(result.code == 0, "\(result.error)")
        return result.output
    }

    func load(_ path: String, into database: String) throws -> Binary.Result {
        try Binary.shell(
            "\(tools)/pg_restore --exit-on-error -d \(database) \"$DUMP\"", in: "/",
            environment: environment.merging(["DUMP": path]) { $1 })
    }
}
