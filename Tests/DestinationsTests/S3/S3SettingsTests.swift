import AWS
import Support
import TestSupport
import Testing
import Transport

@testable import Destinations

@Suite("The options of S3")
struct S3SettingsTests {
    private func settings(
        _ url: String, _ options: [String: String] = [:], _ variables: [String: String] = [:],
        _ sentences: Sentences = Sentences()
    ) throws -> S3Settings {
        let url = try DestinationURL(parsing: url)
        var environment = sentences.environment
        environment.variables = variables.merging([
            "AWS_CONFIG_FILE": "/nowhere", "AWS_SHARED_CREDENTIALS_FILE": "/nowhere",
        ]) { old, _ in old }
        return try S3Settings(
            url: url, options: DestinationOptions(options, overriddenBy: url), environment: environment)
    }

    private func endpoint(_ url: String, _ options: [String: String] = [:], _ variables: [String: String] = [:]) throws
        -> S3Endpoint
    {
        let settings = try settings(url, options, variables)
        guard case .server(let server) = settings.place else {
            throw DestinationError(.internalFault, .open, at: "-", detail: "e2")
        }
        return try S3Knowledge(settings, server: server).endpoint
    }

    private func refusal(_ url: String, _ options: [String: String] = [:]) throws -> DestinationError {
        try #require(throws: DestinationError.self) { try settings(url, options) }
    }

    @Test("bucket and prefix come from the URL, and slashes around the prefix do not count")
    func bucket() throws {
        let plain = try settings("s3://Bucket")
        #expect(plain.bucket == "Bucket" && plain.prefix.isEmpty)
        #expect(try settings("s3://b//a/b/").prefix == "a/b/")
        #expect(try settings("s3://b/a+b%2Bc").key(of: "x") == "a b+c/x")
        #expect(try refusal("s3:///path").detail.contains("names no bucket"))
    }

    @Test(
        "keys go by every name that Duplicati ever gave them",
        arguments: [
            "s3://b?aws-access-key-id=ID&aws-secret-access-key=K",
            "s3://b?aws_access_key_id=ID&aws_secret_access_key=K",
            "s3://b?auth-username=ID&auth-password=K", "s3://ID:K@b", "s3://ID@b?auth-password=K",
            "s3://X:Y@b?aws-access-key-id=ID&aws-secret-access-key=K", "e2://b/p?access_key_id=ID&access_key_secret=K",
            "S3://b?AWS-ACCESS-KEY-ID=ID&AUTH-PASSWORD=K",
            "aliyunoss://p?oss-bucket-name=b&oss-endpoint=oss-cn-hangzhou.aliyuncs.com&oss-access-key-id=ID&oss-access-key-secret=K",
            "cos://p?cos-bucket=b&cos-app-id=1&cos-region=ap-x&cos-secret-id=ID&cos-secret-key=K",
        ])
    func keys(_ url: String) throws {
        guard case .given(let keys) = try settings(url).keys else {
            Issue.record("there are no keys")
            return
        }
        #expect(keys.accessKeyID == "ID")
        #expect(keys.secretKey.reveal() == "K")
    }

    @Test("half a pair of keys is an error that names the other half")
    func halves() throws {
        #expect(try refusal("s3://b?aws-access-key-id=ID").advice.contains("aws-secret-access-key"))
        #expect(try refusal("s3://b?aws-secret-access-key=K").advice.contains("aws-access-key-id"))
        guard case .chain = try settings("s3://b?auth-password=K").keys else {
            Issue.record("a password without a user is no key")
            return
        }
    }

    @Test("a temporary key brings its token")
    func token() throws {
        guard case .given(let keys) = try settings("s3://ID:K@b?aws-session-token=T").keys else { return }
        #expect(keys.sessionToken?.reveal() == "T")
    }

    @Test("https is spoken unless http is asked for")
    func scheme() throws {
        #expect(try endpoint("s3://bucket").url == "https://bucket.s3.us-east-1.amazonaws.com")
        #expect(try endpoint("s3s://bucket?use-ssl=false").scheme == "https")
        #expect(try endpoint("s3://b?use-ssl=false&s3-server-name=h").scheme == "http")
        #expect(try endpoint("s3://b?use-ssl&s3-server-name=h").scheme == "https")
        #expect(try endpoint("s3://b?s3-server-name=http://h:9000").url == "http://h:9000")
        #expect(try endpoint("s3://b?s3-server-name=http://h:9000&use-ssl=true").url == "https://h:9000")
        #expect(try endpoint("s3://b?s3-server-name=https://h/&use-ssl=no").url == "http://h")
    }

    @Test("a server that Duplicati would speak http to is named once")
    func warning() throws {
        let sentences = Sentences()
        _ = try settings("s3://b?s3-server-name=h", [:], [:], sentences)
        #expect(sentences.all.count == 1 && sentences.all[0].contains("use-ssl=false"))
        let silent = Sentences()
        for url in [
            "s3://b", "s3s://b?s3-server-name=h", "s3://b?s3-server-name=h&use-ssl=false",
            "s3://b?s3-server-name=https://h",
        ] {
            _ = try settings(url, [:], [:], silent)
        }
        #expect(silent.all.isEmpty)
    }

    @Test(
        "the server and the region go by every spelling of Duplicati's documentation",
        arguments: ["s3-server-name", "s3-servername", "server-name"])
    func servers(_ name: String) throws {
        #expect(try endpoint("s3://b?\(name)=minio:9000&use-ssl=false").url == "http://minio:9000")
        #expect(try refusal("s3://b?\(name)=h/path").detail.contains("has a path"))
        for spelling in ["s3-location-constraint", "s3-location-contraint"] {
            #expect(try endpoint("s3://bkt?\(spelling)=eu-central-1").host == "bkt.s3.eu-central-1.amazonaws.com")
        }
        #expect(try endpoint("s3://bkt?s3-location-constraint=EU").region == "eu-west-1")
        #expect(try endpoint("s3://bkt?s3-european-buckets=true").region == "eu-west-1")
        for spelling in ["s3-authentication-region", "s3-ext-authenticationregion"] {
            let found = try settings("s3://b?\(spelling)=x-1&s3-location-constraint=y-1&s3-server-name=h")
            #expect(try S3Knowledge(found, server: "h").region == "x-1")
        }
    }

    @Test("every provider's host has its region, its style and its name")
    func presets() throws {
        let rows: [(server: String, region: String, name: String, isVirtual: Bool)] = [
            ("s3.eu-central-003.backblazeb2.com", "eu-central-003", "Backblaze B2", false),
            ("s3.eu-central-1.wasabisys.com", "eu-central-1", "Wasabi", false),
            ("s3.wasabisys.com", "us-east-1", "Wasabi", false),
            ("0123.r2.cloudflarestorage.com", "auto", "Cloudflare R2", false),
            ("storage.googleapis.com", "us-east-1", "Google Cloud Storage", false),
            ("s3.fr-par.scw.cloud", "fr-par", "Scaleway", false),
            ("s3.gra.io.cloud.ovh.net", "gra", "OVHcloud", false),
            ("fra1.digitaloceanspaces.com", "fra1", "DigitalOcean Spaces", false),
            ("fsn1.your-objectstorage.com", "fsn1", "Hetzner", false),
            ("oss-cn-hangzhou.aliyuncs.com", "cn-hangzhou", "Alibaba Cloud OSS", true),
            ("cos.ap-guangzhou.myqcloud.com", "ap-guangzhou", "Tencent Cloud COS", true),
            ("127.0.0.1:9000", "us-east-1", "an S3 server", false),
        ]
        for row in rows {
            let known = try S3Knowledge(settings("s3://bucket?s3-server-name=\(row.server)"), server: row.server)
            #expect(known.region == row.region && known.preset.name == row.name, "\(row.server)")
            #expect((known.endpoint.style == .virtual) == row.isVirtual, "\(row.server)")
        }
        #expect(try S3Knowledge(settings("s3://bucket"), server: nil).preset.name == "Amazon S3")
    }

    @Test("Alibaba's and Tencent's own URLs are mapped onto their S3")
    func chinese() throws {
        let alibaba = try settings(
            "aliyunoss://folder/sub?oss-bucket=b-1&oss-endpoint=https://oss-cn-beijing.aliyuncs.com&auth-username=I&auth-password=K"
        )
        #expect(alibaba.bucket == "b-1" && alibaba.prefix == "folder/sub/")
        #expect(alibaba.place == .server("https://oss-cn-beijing.aliyuncs.com"))
        let tencent = try settings(
            "cos://folder?cos-bucket=b&cos-app-id=12&cos-region=ap-beijing&cos-secret-id=I&cos-secret-key=K&cos-storage-class=ARCHIVE"
        )
        #expect(tencent.bucket == "b-12" && tencent.prefix == "folder/" && tencent.dataClass == "ARCHIVE")
        #expect(tencent.place == .server("cos.ap-beijing.myqcloud.com"))
        #expect(try refusal("cos://folder?cos-bucket=b").detail.contains("cos-region"))
        #expect(try refusal("aliyunoss://folder?oss-bucket=b").detail.contains("s3-server-name"))
    }

    @Test("styles and variants of addresses can be asked for")
    func styles() throws {
        #expect(try endpoint("s3://bkt?s3-addressing=path").url == "https://s3.us-east-1.amazonaws.com")
        #expect(try endpoint("s3://bkt?s3-ext-forcepathstyle=true").style == .path)
        #expect(try endpoint("s3://bkt?s3-client=minio&s3-server-name=h").style == .path)
        #expect(try endpoint("s3://b.k.t").style == .path)
        #expect(try endpoint("s3://bkt?s3-dualstack=true").host == "bkt.s3.dualstack.us-east-1.amazonaws.com")
        #expect(try endpoint("s3://bkt?s3-ext-usefipsendpoint=true").host == "bkt.s3-fips.us-east-1.amazonaws.com")
        #expect(try endpoint("s3://bkt?s3-ext-useaccelerateendpoint=1").host == "bkt.s3-accelerate.amazonaws.com")
    }

    @Test("the environment says region and address where the URL has no keys of its own")
    func environment() throws {
        let variables = ["AWS_REGION": "eu-north-1", "AWS_ENDPOINT_URL_S3": "http://localhost:4566"]
        #expect(try endpoint("s3://bkt", [:], variables).url == "http://localhost:4566")
        #expect(try endpoint("s3://I:K@bkt", [:], variables).host == "bkt.s3.eu-north-1.amazonaws.com")
        #expect(try endpoint("s3://bkt?s3-server-name=h", [:], variables).host == "h")
        #expect(try endpoint("s3://bkt?s3-location-constraint=x-1", [:], variables).region == "x-1")
    }

    @Test("classes, listings, sizes and locks are read")
    func storage() throws {
        let found = try settings(
            "s3://b?s3-storage-class=GLACIER&s3-archive-classes=GLACIER_IR,COLD&list-api-version=v1&s3-upload-cutoff=64mb"
                + "&s3-part-size=8mb&s3-object-lock-mode=Compliance&remote-file-lock-duration=30D&s3-checksum=none")
        #expect(found.storageClass(of: .data) == "GLACIER" && found.storageClass(of: .metadata) == nil)
        #expect(found.archiveClasses == ["GLACIER_IR", "COLD"] && found.listVersion == 1)
        #expect(found.uploadCutoff == 64 << 20 && found.partSize == 8 << 20)
        #expect(found.lockMode == .compliance && found.lockPeriod == .seconds(30 * 86_400) && found.deletesVersions)
        #expect(found.sendsChecksum == false)
        let usual = try settings("s3://b")
        #expect(usual.uploadCutoff == 200 << 20 && usual.listVersion == nil && usual.lockPeriod == nil)
        #expect(!usual.deletesVersions && usual.sendsChecksum == nil)
        #expect(try settings("s3://b?s3-use-rrs=true").dataClass == "REDUCED_REDUNDANCY")
        #expect(
            try settings("s3://b?s3-storage-class-metadata=STANDARD_IA").storageClass(of: .metadata) == "STANDARD_IA")
        for bad in [
            "s3-upload-cutoff=1mb", "s3-part-size=6gb", "s3-checksum=md5", "s3-lock-mode=soft",
            "s3-list-api-version=v3",
        ] {
            #expect(try refusal("s3://b?\(bad)").kind == .configuration)
        }
    }

    @Test("encryption by the server, a key service, or a key of one's own")
    func encryption() throws {
        #expect(try settings("s3://b").encryption.creation == [:])
        let server = try settings("s3://b?s3-encryption=AES256").encryption
        #expect(server.creation["x-amz-server-side-encryption"] == "AES256" && server.keepsETags)
        let service = try settings("s3://b?s3-kms-key-id=alias/x&s3-bucket-key=true").encryption
        #expect(service.creation["x-amz-server-side-encryption"] == "aws:kms" && !service.keepsETags)
        #expect(service.creation["x-amz-server-side-encryption-aws-kms-key-id"] == "alias/x")
        #expect(service.creation["x-amz-server-side-encryption-bucket-key-enabled"] == "true")
        #expect(service.access == [:])
        let key = Base64.encode([UInt8](repeating: 7, count: 32))
        let own = try settings("s3://b?s3-customer-key=\(PercentEncoding.encode(key))").encryption
        #expect(own.creation == own.access && own.access.fields.count == 3)
        #expect(own.access["x-amz-server-side-encryption-customer-key"] == key)
        #expect(try refusal("s3://b?s3-customer-key=short").detail.contains("32 bytes"))
        #expect(
            try refusal("s3://b?use-ssl=false&s3-customer-key=\(PercentEncoding.encode(key))").detail.contains("TLS"))
        #expect(
            try refusal("s3://b?s3-encryption=AES256&s3-customer-key=\(PercentEncoding.encode(key))").detail.contains(
                "exclude"))
    }

    @Test("every option is known, and Duplicati's harmless ones are taken silently")
    func known() throws {
        let sentences = Sentences()
        _ = try DestinationRegistry.open(
            url: "s3s://I:K@b/p?s3-client=aws&s3-disable-chunk-encoding=true&s3-recursive-list=true&s3-ext-useshttp=1",
            options: ["no-connection-reuse": "true", "S3-Lock-Mode": "governance"], environment: sentences.environment)
        #expect(
            sentences.all
                == ["s3://b/p: unknown option 's3-ext-useshttp' is ignored"].map {
                    $0.replacing("s3://", with: "s3s://••••@")
                })
    }
}
