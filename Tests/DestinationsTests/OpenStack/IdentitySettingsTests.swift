import Support
import Testing

@testable import Destinations

@Suite("The settings of a login to OpenStack") struct IdentitySettingsTests {
    private let password = [
        "openstack-authuri": "https://id.example:5000/v3", "auth-username": "bk", "auth-password": "secret-1",
        "openstack-tenant-name": "backup", "openstack-domain-name": "corp",
    ]

    @Test("a URL of Duplicati has user, domain and project by their names")
    func names() throws {
        let settings = try IdentityKit.settings(password)
        #expect(settings.user == .name("bk"))
        #expect(settings.userDomain == .name("corp") && settings.projectDomain == .name("corp"))
        #expect(settings.project == .name("backup"))
        #expect(settings.address?.url == "https://id.example:5000/v3")
        #expect(settings.sent(.v3) == "user 'bk' in the domain 'corp', project 'backup' in the domain 'corp'")
    }

    @Test("a URL as Duplicati's pages write it, and as it exports it, is read as it is meant")
    func pasted() throws {
        for url in [
            "openstack://Backups/server 1/täglich?auth-username=backup%40example.org&auth-password=p%2Bw%26d%25"
                + "&openstack-authuri=https%3A%2F%2Fapi.nz-por-1.catalystcloud.io%3A5000%2Fv3&openstack-version=v3"
                + "&openstack-domain-name=default&openstack-tenant-name=example%20org&openstack-region=nz-por-1",
            "openstack://Backups/server+1/t%C3%A4glich?auth-username=backup%40example.org&auth-password=p%2Bw%26d%25"
                + "&openstack-authuri=https%3a%2f%2fapi.nz-por-1.catalystcloud.io%3a5000%2fv3&openstack-version=v3"
                + "&openstack-domain-name=default&openstack-tenant-name=example+org&openstack-region=nz-por-1",
        ] {
            let parsed = try DestinationURL(parsing: url)
            let options = DestinationOptions([:], overriddenBy: parsed)
            let place = try OpenStackOptions(parsed, options, at: "x")
            #expect(place.container == "Backups" && place.prefix == "server 1/täglich/")
            let settings = try IdentitySettings(parsed, options, environment: [:])
            #expect(settings.user == .name("backup@example.org") && settings.project == .name("example org"))
            guard case .password(let secret)? = settings.credential else { throw IdentityKit.NoRefusal() }
            #expect(secret == Secret("p+w&d%"))
            #expect(settings.address?.url == "https://api.nz-por-1.catalystcloud.io:5000/v3")
            #expect(settings.version == .v3 && settings.endpoint.region == "nz-por-1")
        }
    }

    @Test("user and password before the host win over their options, and these over the environment")
    func precedence() throws {
        let environment = ["OS_USERNAME": "env", "OS_PASSWORD": "env", "OS_PROJECT_ID": "id-of-env"]
        let settings = try IdentityKit.settings(
            password, url: "openstack://me:mine%40@box/prefix", environment: environment)
        #expect(settings.user == .name("me"))
        guard case .password(let secret)? = settings.credential else { throw IdentityKit.NoRefusal() }
        #expect(secret == Secret("mine@"))
        // The id of the environment is about another project than the name of the URL.
        #expect(settings.project == .name("backup"))
    }

    @Test("ids win over names where one place has both, and user and project may have domains of their own")
    func ids() throws {
        let settings = try IdentityKit.settings(
            password.merging([
                "openstack-tenant-id": "pid", "openstack-user-domain-id": "ud", "openstack-project-domain-name": "pd",
            ]) { $1 })
        #expect(settings.project == .id("pid"))
        #expect(settings.userDomain == .id("ud") && settings.projectDomain == .name("pd"))
    }

    @Test("clouds.yaml stands between the URL and the environment")
    func middle() throws {
        var cloud = IdentityLayer()
        cloud[.region] = Secret("cloud")
        cloud[.projectName] = Secret("cloud-project")
        let settings = try IdentityKit.settings(
            ["openstack-region": ""], cloud: cloud,
            environment: [
                "OS_REGION_NAME": "env", "OS_AUTH_URL": "https://env/v3", "OS_USERNAME": "u", "OS_PASSWORD": "p",
                "OS_PROJECT_NAME": "env",
            ])
        #expect(settings.endpoint.region == "cloud")
        #expect(settings.project == .name("cloud-project"))
        #expect(settings.address?.origin == "https://env")
    }

    @Test("variables of an application credential make user and project ignored")
    func applicationCredential() throws {
        let settings = try IdentityKit.settings(
            [:],
            environment: [
                "OS_AUTH_URL": "https://env/v3", "OS_USERNAME": "u", "OS_PASSWORD": "p", "OS_PROJECT_NAME": "x",
                "OS_PROJECT_ID": "y", "OS_APPLICATION_CREDENTIAL_ID": "ac", "OS_APPLICATION_CREDENTIAL_SECRET": "s",
            ])
        guard case .applicationCredential(.id("ac"), let secret)? = settings.credential else {
            throw IdentityKit.NoRefusal()
        }
        #expect(secret == Secret("s"))
        #expect(settings.project == nil && settings.user == nil)
    }

    @Test("OS_AUTH_TYPE decides where the environment has both")
    func authType() throws {
        let both = [
            "OS_AUTH_URL": "https://env/v3", "OS_USERNAME": "u", "OS_PASSWORD": "p", "OS_TOKEN": "t",
            "OS_APPLICATION_CREDENTIAL_ID": "ac", "OS_APPLICATION_CREDENTIAL_SECRET": "s",
        ]
        func kind(_ type: String) throws -> String {
            let settings = try IdentityKit.settings([:], environment: both.merging(["OS_AUTH_TYPE": type]) { $1 })
            return switch settings.credential {
            case .password: "password"
            case .token: "token"
            case .applicationCredential: "application credential"
            case .apiKey, nil: "-"
            }
        }
        #expect(try kind("v3password") == "password")
        #expect(try kind("v3token") == "token")
        #expect(try kind("v3applicationcredential") == "application credential")
    }

    @Test("Swift's own variables mean a login of version 1")
    func swiftVariables() throws {
        let settings = try IdentityKit.settings(
            [:], environment: ["ST_AUTH": "http://h:8080/auth", "ST_USER": "test:tester", "ST_KEY": "testing"])
        #expect(settings.version == .v1)
        #expect(settings.user == .name("test:tester"))
    }

    @Test("CloudFiles logs in with an API key, in the US or in the UK")
    func cloudFiles() throws {
        let options = ["cloudfiles-username": "u", "cloudfiles-accesskey": "k"]
        let american = try IdentityKit.settings(options, url: "cloudfiles://box/prefix")
        #expect(american.address?.url == "https://identity.api.rackspacecloud.com/v2.0")
        let british = try IdentityKit.settings(options, url: "cloudfiles://box?cloudfiles-uk-account=true")
        #expect(british.address?.url == "https://lon.identity.api.rackspacecloud.com/v2.0")
        guard case .apiKey? = british.credential else { throw IdentityKit.NoRefusal() }
    }

    @Test("what is missing is named with its option and its variable")
    func missing() throws {
        let rows: [([String: String], String, String)] = [
            (["auth-password": "p", "auth-username": "u"], "openstack-authuri", "OS_AUTH_URL"),
            (["openstack-authuri": "https://h/v3", "auth-password": "p"], "auth-username", "OS_USERNAME"),
            (["openstack-authuri": "https://h/v3", "auth-username": "u"], "auth-password", "OS_PASSWORD"),
            (
                ["openstack-authuri": "https://h/v3", "openstack-application-credential-secret": "s"],
                "openstack-application-credential-id", "OS_APPLICATION_CREDENTIAL_ID"
            ),
            (
                ["openstack-authuri": "https://h/v3", "openstack-application-credential-id": "s"],
                "openstack-application-credential-secret", "OS_APPLICATION_CREDENTIAL_SECRET"
            ),
        ]
        for (options, option, variable) in rows {
            let refusal = try IdentityKit.refusal { _ = try IdentityKit.settings(options) }
            #expect(refusal.kind == .configuration)
            #expect(refusal.detail.contains(option), "\(refusal)")
            #expect(refusal.advice?.contains(variable) == true, "\(refusal)")
        }
    }

    @Test("a storage URL with a token needs no identity service")
    func ready() throws {
        let settings = try IdentityKit.settings([
            "openstack-storage-url": "https://s.example/v1/AUTH_x/", "openstack-auth-token": "t",
        ])
        #expect(settings.storageURL == "https://s.example/v1/AUTH_x")
        #expect(settings.readyToken == Secret("t") && settings.credential == nil && settings.address == nil)
    }

    @Test("an identity URL with a password in it, and an unknown interface, are refused")
    func refused() throws {
        let inURL = try IdentityKit.refusal {
            _ = try IdentityKit.settings(password.merging(["openstack-authuri": "https://u:pw@h/v3"]) { $1 })
        }
        #expect(inURL.kind == .configuration && !inURL.detail.contains("pw"))
        let interface = try IdentityKit.refusal {
            _ = try IdentityKit.settings(password.merging(["openstack-interface": "outside"]) { $1 })
        }
        #expect(interface.detail.contains("public, internal and admin"))
        #expect(
            try IdentityKit.settings(password.merging(["openstack-interface": "internalURL"]) { $1 }).endpoint.interface
                == .internal)
    }
}
