import Testing

@testable import Secrets

@Suite struct TemplateTests {
    @Test("neighbouring texts are one piece")
    func joining() {
        let template = Template([.text("a"), .text(""), .text("b"), .secret(SecretReference("s")), .text("")])
        #expect(template.pieces == [.text("ab"), .secret(SecretReference("s"))])
        #expect(template.text == nil)
        #expect(Template("x").text == "x" && Template("").text == "")
    }

    @Test("a placeholder is replaced in the text, not in the names of secrets")
    func replacing() {
        let template = Template([.text("/{job}/{job}/"), .secret(SecretReference("job"))])
        #expect(template.replacing("{job}", with: "a").description == "/a/a/${secret:job}")
        #expect(template.contains("{job}") && !template.contains("{jobs}"))
    }

    @Test(
        "passwords in URLs are found wherever the relaxed grammar allows them",
        arguments: [
            ("sftp://u:pw@h/p", "sftp://u:••••@h/p"), ("sftp://u@h:22/p", "sftp://u@h:22/p"),
            ("sftp://u:p/w@h/p", "sftp://u:••••@h/p"), ("sftp://u:p@w@h/p", "sftp://u:••••@h/p"),
            ("https://h:80/a@b", "https://h:80/a@b"),
            ("s3://b/p?access-key=x&region=y", "s3://b/p?access-key=••••&region=y"),
            ("s3://b/p?auth-password=a%20b", "s3://b/p?auth-password=••••"), ("not a url: a:b@c", "not a url: a:b@c"),
            ("sftp://u:${secret:x}@h", "sftp://u:${secret:x}@h"), ("/plain/path:a@b", "/plain/path:a@b"),
        ])
    func urls(_ url: String, _ masked: String) {
        #expect(CredentialNames.maskingURL(url) == masked)
    }

    @Test("telling names are recognised, harmless ones are not")
    func names() {
        for name in [
            "password", "auth-password", "PGPASSWORD", "apiKey", "secret_access_key", "sign", "token", "pasword",
        ] {
            #expect(CredentialNames.isCredential(name), "\(name)")
        }
        for name in ["path", "host_key", "access_key_id", "token_url", "password_file", "keep_within", "url", "monkey"]
        {
            #expect(!CredentialNames.isCredential(name), "\(name)")
        }
    }
}
