"""The configuration files of the Swift cluster."""
import os
import pwd

REGION = "us-east-1"
POLICIES = ("gold", "silver")


def section(title, /, **settings):
    return f"[{title}]\n" + "".join(f"{key} = {value}\n" for key, value in settings.items())


def cluster(**limits):
    """swift.conf."""
    policies = "".join(
        section(f"storage-policy:{index}", name=name, default="no" if index else "yes")
        for index, name in enumerate(POLICIES))
    return section("swift-hash", swift_hash_path_prefix="dunnage", swift_hash_path_suffix="tests") + policies + (
        section("swift-constraints", **limits) if limits else "")


def common(port, folder):
    return section(
        "DEFAULT", bind_ip="127.0.0.1", bind_port=port, workers=0, user=pwd.getpwuid(os.geteuid()).pw_name,
        swift_dir=folder, devices=f"{folder}/devices", mount_check="false", disable_fallocate="true",
        fallocate_reserve=0, log_level="ERROR", log_address=f"{folder}/no-syslog", client_timeout=120,
        node_timeout=60)


def storage(name, port, folder):
    """An account, container or object server."""
    return common(port, folder) + section("pipeline:main", pipeline=f"{name}-server") + section(
        f"app:{name}-server", use=f"egg:swift#{name}", node_timeout=60) + section(
        f"{name}-updater", interval=1, recon_cache_path=folder, report_interval=0)


def proxy(port, folder, identity=None, token_life=86400, listing_limit=None):
    """A proxy with Keystone, given its URL, or else with tempauth and S3."""
    filters = {
        "catch_errors": {}, "gatekeeper": {}, "healthcheck": {}, "listing_formats": {}, "bulk": {}, "tempurl": {},
        "copy": {}, "container_quotas": {}, "account_quotas": {}, "slo": {"rate_limit_after_segment": 1000},
        "dlo": {"rate_limit_after_segment": 1000}, "symlink": {},
        "versioned_writes": {"allow_versioned_writes": "true", "allow_object_versioning": "true"},
    }
    before = ["catch_errors", "gatekeeper", "healthcheck", "cache", "listing_formats", "bulk", "tempurl"]
    after = ["copy", "container_quotas", "account_quotas", "slo", "dlo", "versioned_writes", "symlink"]
    if identity:
        login = ["authtoken", "keystoneauth"]
        filters["keystoneauth"] = {"operator_roles": "admin, object_storage", "project_reader_roles": "reader"}
    else:
        login = ["s3api", "tempauth"]
        filters["s3api"] = {
            "location": REGION, "storage_domain": "s3.localhost", "max_bucket_listing": listing_limit or 1000,
            "allow_multipart_uploads": "yes", "min_segment_size": 5 << 20}
        filters["tempauth"] = {
            "token_life": token_life, "user_test_tester": "testing .admin", "user_test_reader": "reading",
            "user_admin_admin": "admin .admin .reseller_admin"}
    if listing_limit:
        before.insert(before.index("listing_formats"), "listing_limit")
    pipeline = " ".join(before + login + after + ["proxy-server"])
    text = common(port, folder) + section("pipeline:main", pipeline=pipeline)
    # Quotas are judged by sizes that are remembered: for one second instead of sixty.
    text += section(
        "app:proxy-server", use="egg:swift#proxy", account_autocreate="true", allow_account_management="true",
        recheck_container_existence=1, recheck_account_existence=1, node_timeout=60, recoverable_node_timeout=60)
    text += section("filter:cache", **{"paste.filter_factory": "process_cache:filter_factory"})
    text += section(
        "filter:listing_limit", **{"paste.filter_factory": "listing_limit:filter_factory", "limit": listing_limit})
    text += "".join(section(f"filter:{name}", use=f"egg:swift#{name}", **more) for name, more in filters.items())
    return text + section("filter:authtoken", **{
        "paste.filter_factory": "keystonemiddleware.auth_token:filter_factory", "www_authenticate_uri": identity,
        "auth_url": identity, "auth_type": "password", "project_domain_id": "default", "user_domain_id": "default",
        "project_name": "service", "username": "swift", "password": "swift-service", "delay_auth_decision": "True",
        "cache": "swift.cache", "include_service_catalog": "False"})
