/// The language, part by part.
extension Rule {
    /// A whole configuration.
    static let configuration = Rule.keys([
        "version": .integer, "instance": .scalar, "include": texts, "runtime": runtime, "secrets": .named(secret),
        "destinations": .named(destination), "defaults": .keys(common), "jobs": .named(job),
        "filter_sets": .named(.list(filter)), "reports": .named(report),
        "policy": .list(
            .keys(["rule": .scalar, "count": .integer, "for": .scalar, "jobs": texts, "except": texts])),
    ])

    private static let texts = Rule.list(.scalar)

    // MARK: Secrets

    private static let plain = Rule.any([
        .scalar,
        .keys(["secret": .scalar, "env": .scalar, "file": .scalar, "docker": .scalar, "systemd": .scalar]),
    ])

    private static let account: [String: Rule] = [
        "name": .scalar, "key": .scalar, "region": .scalar, "profile": .scalar, "url": .scalar, "access_key_id": plain,
        "secret_access_key": plain,
    ]

    private static let login = Rule.keys([
        "token": plain, "approle": .keys(["role_id": plain, "secret_id": plain, "mount": .scalar]),
        "kubernetes": .keys(["role": .scalar, "token_file": .scalar, "mount": .scalar]),
        "jwt": .keys(["role": .scalar, "token": plain, "mount": .scalar]),
    ])

    private static let providers: [String: Rule] = [
        "env": .scalar, "docker": .scalar, "systemd": .scalar, "libsecret": .named(.scalar),
        "file": .any([
            .scalar, .keys(["path": .scalar, "key": .scalar, "format": .scalar, "passphrase": plain]),
        ]),
        "command": .any([texts, .keys(["run": texts, "environment": .named(plain), "timeout": .scalar])]),
        "pass": .any([.scalar, .keys(["entry": .scalar, "key": .scalar, "store": .scalar])]),
        "sops": .keys(["file": .scalar, "key": .scalar]),
        "vault": .keys([
            "path": .scalar, "key": .scalar, "mount": .scalar, "engine": .scalar, "version": .integer, "url": .scalar,
            "namespace": .scalar, "ca_file": .scalar, "auth": login,
        ]),
        "aws_secrets_manager": .keys(account.merging(["stage": .scalar]) { $1 }), "aws_parameter": .keys(account),
        "google_secret_manager": .keys([
            "project": .scalar, "name": .scalar, "version": .scalar, "key": .scalar, "credentials_file": .scalar,
            "credentials": plain, "access_token": plain, "url": .scalar,
        ]),
        "azure_key_vault": .keys([
            "vault": .scalar, "name": .scalar, "version": .scalar, "key": .scalar,
            "auth": .keys([
                "client": .keys(["tenant": .scalar, "id": .scalar, "secret": plain]),
                "managed_identity": .keys(["client_id": .scalar]),
            ]),
        ]),
        "duplicati": .keys(["url": .scalar, "key": .scalar, "cache": .scalar]),
    ]

    private static let secret = Rule.keys(providers)
    private static let credential = Rule.any([.scalar, .keys(providers.merging(["secret": .scalar]) { $1 })])

    // MARK: The program, and where versions go

    private static let runtime = Rule.keys([
        "state_dir": .scalar, "stateless": .scalar, "shutdown_grace": .scalar, "timezone": .scalar,
        "listen": .any([.scalar, texts]), "api": api,
        "log": .keys(["format": .scalar, "level": .scalar]),
        "reload": .keys(["watch": .scalar, "debounce": .scalar, "approved": texts]),
        "metrics": .keys(["file": .scalar, "push_gateway": .scalar]),
        "limits": .keys([
            "concurrent_jobs": .integer, "upload": .scalar, "download": .scalar,
            "blackout": .list(
                .keys([
                    "days": texts, "from": .scalar, "to": .scalar, "upload": .scalar, "download": .scalar,
                ])),
        ]),
    ])

    private static let api = Rule.keys([
        "tokens": .list(.keys(["name": .scalar, "token": credential, "scope": .scalar])),
        "tls": .any([.scalar, .keys(["certificate": .scalar, "key": .scalar])]), "hosts": texts, "restore_roots": texts,
    ])

    private static let transferLimits = Rule.keys([
        "upload": .scalar, "download": .scalar, "parallel_uploads": .integer,
    ])

    private static let limits = Rule.keys([
        "upload": .scalar, "download": .scalar, "parallel_uploads": .integer, "cpu": .scalar, "io": .scalar,
        "memory": .scalar,
    ])

    private static let retry = Rule.keys([
        "attempts": .integer, "backoff": .scalar, "initial": .scalar, "max": .scalar,
    ])

    private static let destination = Rule.keys([
        "url": credential, "options": .named(credential), "auth": .named(credential),
        "immutability": .keys(["mode": .scalar, "for": .scalar]),
        "storage_class": .any([.scalar, .keys(["data": .scalar, "metadata": .scalar])]), "volume_size": .scalar,
        "quota": .scalar, "off_site": .scalar, "concurrent_jobs": .integer, "limits": transferLimits,
        "retry": retry,
    ])

    // MARK: Jobs

    private static let filter = Rule.keys(["include": .scalar, "exclude": .scalar])

    private static let retention = Rule.keys([
        "tiers": .any([.scalar, .list(.keys(["for": .scalar, "every": .scalar]))]), "policy": .scalar,
        "keep_versions": .integer, "keep_within": .scalar, "min_versions": .integer, "max_delete": .integer,
    ])

    private static let timing: [String: Rule] = [
        "cron": .any([.scalar, texts]), "every": .scalar, "at": .scalar, "days": texts, "timezone": .scalar,
        "jitter": .scalar,
    ]

    private static let after = Rule.keys(["job": .scalar, "result": .scalar, "optional": .scalar])

    private static let schedule = Rule.any([
        .scalar,
        .keys(
            timing.merging([
                "catch_up": .scalar, "on_overlap": .scalar, "timeout": .scalar,
                "window": .keys(["from": .scalar, "to": .scalar, "days": texts, "on_exceed": .scalar]),
                "after": .any([after, .list(after)]),
            ]) { $1 }),
    ])

    private static let occasion = Rule.any([.scalar, .keys(timing)])

    private static let common: [String: Rule] = [
        "description": .scalar, "labels": .named(.scalar), "enabled": .scalar, "schedule": schedule,
        "filters": .list(.any([filter, .keys(["use": .scalar])])),
        "selection": .keys([
            "one_file_system": .scalar, "exclude_if_present": texts, "exclude_caches": .scalar,
            "exclude_larger_than": .scalar, "exclude_empty_folders": .scalar, "exclude_attributes": texts,
            "hardlinks": .scalar, "symlinks": .scalar,
        ]),
        "encryption": .any([.scalar, .keys(["passphrase": credential])]),
        "destinations": .list(
            .any([
                .scalar,
                .keys([
                    "ref": .scalar, "retention": retention, "optional": .scalar, "limits": transferLimits,
                    "retry": retry,
                ]),
            ])),
        "retention": retention,
        "compact": .any([
            .scalar,
            .keys([
                "threshold": .integer, "small_file_size": .scalar, "small_file_max_count": .integer,
                "interval": .scalar,
            ]),
        ]),
        "expect": .list(
            .keys([
                "source": .scalar, "min_files": .integer, "min_size": .scalar, "must_exist": texts,
                "max_removed": .scalar, "max_changed": .scalar, "violation": .scalar,
            ])),
        "hooks": .keys([
            "before": .list(hook), "after": .list(hook), "on_failure": .list(hook), "finally": .list(hook),
        ]),
        "retry": retry, "limits": limits,
        "slo": .keys(["rpo": .scalar, "rto": .scalar, "verified_within": .scalar]), "verify": verify, "reports": texts,
        "options": .keys(["block_size": .scalar, "volume_size": .scalar, "compression": .scalar]),
    ]

    private static let job = Rule.keys(
        common.merging([
            "extends": .scalar,
            "sources": .list(
                .keys([
                    "path": .scalar, "if_missing": .scalar, "command": texts, "environment": .named(credential),
                    "timeout": .scalar, "require_mountpoint": .scalar,
                    "docker_exec": .keys([
                        "container": .scalar, "command": texts, "user": .scalar, "timeout": .scalar,
                    ]),
                    "postgresql": .keys(server.merging(["format": .scalar]) { $1 }), "mariadb": .keys(server),
                    "mongodb": .keys(server.merging(["authentication_database": .scalar]) { $1 }),
                    "redis": .keys(server.filter { $0.key != "database" }), "sqlite": .keys(["database": .scalar]),
                ])),
        ]) { $1 })

    private static let server: [String: Rule] = [
        "database": .scalar, "host": .scalar, "port": .integer, "username": .scalar, "password": credential,
        "options": texts, "tool": .scalar, "container": .scalar, "timeout": .scalar,
    ]

    private static let action: [String: Rule] = [
        "command": texts, "environment": .named(credential), "timeout": .scalar,
        "docker_exec": .keys(["container": .scalar, "command": texts, "user": .scalar]),
        "http": .keys([
            "url": credential, "method": .scalar, "headers": .named(credential), "body": .scalar, "expect": .integer,
        ]),
    ]

    private static let hook = Rule.keys(
        action.merging([
            "name": .scalar, "on_failure": .scalar, "undo": .keys(action), "skip_status": .integer,
            "protocol": .scalar,
            "docker_stop": .keys(["containers": texts, "label": .scalar, "mode": .scalar, "grace": .scalar]),
        ]) { $1 })

    private static let verify = Rule.keys([
        "after_backup": .any([.scalar, .keys(["samples": .scalar, "when": .scalar])]),
        "remote": .keys(["schedule": occasion, "sample": .scalar, "full_cycle": .scalar]),
        "restore_drill": .keys([
            "schedule": occasion, "compare": .scalar, "target": .scalar, "max_duration": .scalar,
            "select": .keys([
                "sources": texts, "paths": texts, "random_files": .integer, "random_size": .scalar,
            ]),
            "checks": .list(
                .keys([
                    "command": texts, "sqlite_integrity": .keys(["path": .scalar]),
                    "postgres_restore": .keys(["path": .scalar, "list_only": .scalar, "tool": .scalar]),
                ])),
        ]),
    ])

    // MARK: Reports

    private static let address = Rule.keys(["url": credential])

    private static let report = Rule.keys([
        "webhook": .keys([
            "url": credential, "sign": credential, "format": .scalar, "template": .scalar, "method": .scalar,
            "headers": .named(credential), "timeout": .scalar, "retry": retry,
            "tls": .keys(["ca_file": .scalar, "pin_sha256": .scalar]),
        ]),
        "email": .keys([
            "smtp": credential, "password": credential, "from": .scalar, "to": texts, "subject": .scalar,
            "body": .scalar, "starttls": .scalar, "format": .scalar,
            "tls": .keys(["ca_file": .scalar, "pin_sha256": .scalar]),
        ]),
        "healthchecks": .keys(["url": credential, "create": .scalar, "warnings": .scalar]), "uptime_kuma": address,
        "cronitor": address, "ntfy": .keys(["url": credential, "token": credential, "priority": .integer]),
        "gotify": .keys(["url": credential, "token": credential]), "slack": address, "discord": address,
        "teams": address, "telegram": .keys(["token": credential, "chat": .scalar, "url": credential]),
        "xmpp": .keys([
            "from": .scalar, "password": credential, "to": texts, "server": .scalar, "resource": .scalar,
            "format": .scalar, "message": .scalar, "starttls": .scalar,
            "tls": .keys(["ca_file": .scalar, "pin_sha256": .scalar]),
        ]),
        "pagerduty": .keys(["routing_key": credential, "url": credential]), "alertmanager": address,
        "apprise": .keys(["url": credential, "tag": .scalar]), "events": texts, "include_log": .scalar,
        "digest": .keys(["schedule": occasion, "include": texts]),
    ])
}
