import Importing
import Support
import Testing

@Suite("Variables in job descriptions of other programs")
struct ImportVariablesTests {
    private func imported(_ kind: ImportKind, _ text: String) throws -> ImportResult {
        try Importer.convert(ImportRequest(kind, [ImportRequest.File(name: "job.txt", bytes: Array(text.utf8))]))
    }

    private func notes(_ result: ImportResult) -> String { result.notes.map(\.description).joined(separator: "\n") }

    @Test("a credential that is a variable stays one, and its name is not taken for the value")
    func secrets() throws {
        let result = try imported(
            .offen,
            """
            AWS_S3_BUCKET_NAME=${BUCKET}
            AWS_S3_PATH=weekly/${HOST_TAG}
            AWS_ACCESS_KEY_ID=${KEY_OF_BUCKET}
            AWS_SECRET_ACCESS_KEY=in$plain{sight}
            GPG_PASSPHRASE=${STORE_WORDS:-changeme}
            """)
        #expect(result.text.contains("key_of_bucket: { env: KEY_OF_BUCKET }"), "\(result.text)")
        #expect(result.text.contains("store_words: { env: STORE_WORDS }"))
        #expect(result.text.contains("s3://${BUCKET}/weekly/${HOST_TAG}/dunnage/{job}"))
        #expect(result.secrets.map { $0.value?.reveal() } == ["in$plain{sight}"])
        for name in ["BUCKET", "HOST_TAG", "KEY_OF_BUCKET", "STORE_WORDS"] {
            #expect(notes(result).contains("variable \(name)"), "\(notes(result))")
        }
        #expect(!(result.text + notes(result)).contains("changeme"))
    }

    @Test("what is no credential has the default that the variable has")
    func defaults() throws {
        let result = try imported(.offen, "BACKUP_RETENTION_DAYS=${DAYS:-21}\nBACKUP_ARCHIVE=/mnt/${DISK:-first}")
        #expect(result.text.contains("keep_within: 21d"), "\(result.text)")
        #expect(result.text.contains("file:///mnt/first/dunnage/{job}"))
        #expect(notes(result).contains("BACKUP_RETENTION_DAYS=${DAYS:-21}"))
    }

    @Test("a number that is a variable is left to do")
    func numbers() throws {
        let offen = try imported(.offen, "BACKUP_RETENTION_DAYS=${DAYS}")
        #expect(notes(offen).contains("write a `retention`") && !offen.text.contains("retention"))
        let borgmatic = try imported(
            .borgmatic, "source_directories: [/a]\nrepositories: [/b]\nkeep_daily: ${DAYS}\nkeep_weekly: 2")
        #expect(notes(borgmatic).contains("keep_daily: ${DAYS}: it is not a number"))
    }

    @Test("borgmatic's variables stay in addresses, in reports and in commands")
    func borgmatic() throws {
        let result = try imported(
            .borgmatic,
            """
            source_directories: ["/srv/${STACK}"]
            repositories: [{ path: "ssh://${BOX_USER}@${BOX}:23/./${STACK}.borg" }]
            ssh_command: ssh -i /keys/box
            healthchecks: { ping_url: "${PING}" }
            before_backup: ["echo $STACK of ${STACK} on $(hostname)"]
            """)
        #expect(result.text.contains("url: ssh://${BOX}:23/${STACK}.borg-dunnage/{job}"), "\(result.text)")
        #expect(result.text.contains("auth-username: ${BOX_USER}"))
        #expect(result.text.contains("ssh-keyfile: /keys/box"))
        #expect(result.text.contains("ping: { env: PING }"))
        #expect(result.text.contains("echo $$STACK of ${STACK} on $(hostname)"))
        #expect(result.text.contains("path: \"/srv/${STACK}\""))
    }

    @Test("resticprofile's commands keep their shell's variables, and its paths have the profile's name")
    func resticprofile() throws {
        let result = try imported(
            .resticprofile,
            """
            version: "1"
            office:
              repository: ~/stores/$PROFILE_NAME
              password-file: key
              run-after-fail: 'logger "$ERROR: ${ERROR_COMMANDLINE} as {{ .Env.USER }}"'
              backup: { source: [$DATA/office] }
            """)
        #expect(result.text.contains("url: file://${HOME}/stores/office-dunnage/{job}"), "\(result.text)")
        #expect(result.text.contains("$$ERROR: $${ERROR_COMMANDLINE} as ${USER}"))
        #expect(result.text.contains("path: \"${DATA}/office\""))
        #expect(notes(result).contains("password-file: key: it is relative"))
        #expect(!notes(result).contains("variable HOME"))
    }

    @Test(
        "a shell's variable in a Duplicati command is one where a shell takes it for one",
        arguments: [
            (#""$WORDS""#, "words: { env: WORDS }"), ("${WORDS}", "words: { env: WORDS }"),
            ("'$WORDS'", "x_passphrase: { env: X_PASSPHRASE }"), (#""\$WORDS""#, "x_passphrase: { env: X_PASSPHRASE }"),
            (#""a$WORDS""#, "x_passphrase: { env: X_PASSPHRASE }"),
        ])
    func shell(word: String, expected: String) throws {
        let result = try imported(
            .duplicatiCommand, "duplicati-cli backup file:///s \"$HOME/d\" ~/e --backup-name=x --passphrase=\(word)")
        #expect(result.text.contains(expected), "\(result.text)")
        #expect(result.text.contains("path: \"${HOME}/d\"") && result.text.contains("path: \"${HOME}/e\""))
    }

    @Test("a target that is nothing but a variable is left to do, and the job is off")
    func target() throws {
        let result = try imported(.duplicatiCommand, "duplicati-cli backup \"$WHERE\" /d --no-encryption")
        #expect(result.text.contains("enabled: false") && notes(result).contains("target $WHERE"), "\(result.text)")
    }
}
