"""The domains, projects, users and endpoints that the tests find in Keystone."""
import json

ADMIN_PASSWORD = "admin-password"
REGIONS = ("RegionOne", "RegionTwo")
DOMAIN = "corp"
PROJECT = "backup"
USER = "backup@example.org"
# Every kind of character that a URL must write in another way.
PASSWORD = "p@ss w\u00f6rd/%&+?#:="


class Client:
    """Asks Keystone's application without a network."""

    def __init__(self, application):
        self.application = application
        self.token = None

    def call(self, method, path, body=None):
        from webob import Request
        request = Request.blank(f"/v3{path}", method=method)
        request.content_type = "application/json"
        if body is not None:
            request.body = json.dumps(body).encode()
        if self.token:
            request.headers["X-Auth-Token"] = self.token
        response = request.get_response(self.application)
        if not response.status.startswith("2"):
            raise RuntimeError(f"{method} {path}: {response.status} {response.text}")
        return response.json if response.body else None, response.headers

    def log_in(self, user, domain, password, project):
        domain = {"name": domain}
        self.token = None
        _, headers = self.call("POST", "/auth/tokens", {"auth": {
            "identity": {"methods": ["password"], "password": {
                "user": {"name": user, "domain": domain, "password": password}}},
            "scope": {"project": {"name": project, "domain": domain}}}})
        self.token = headers["X-Subject-Token"]

    def make(self, kind, **fields):
        answer, _ = self.call("POST", f"/{kind}s", {kind: fields})
        return answer[kind]["id"]

    def grant(self, project, user, *roles):
        for role in roles:
            self.call("PUT", f"/projects/{project}/users/{user}/roles/{role}")


def seed(application, url, proxies):
    client = Client(application)
    client.log_in("admin", "Default", ADMIN_PASSWORD, "admin")
    roles = {role["name"]: role["id"] for role in client.call("GET", "/roles")[0]["roles"]}
    storage = client.make("role", name="object_storage")

    service = client.make("project", name="service", domain_id="default")
    swift = client.make("user", name="swift", domain_id="default", password="swift-service")
    client.grant(service, swift, roles["service"], roles["admin"])

    domain = client.make("domain", name=DOMAIN)
    project = client.make("project", name=PROJECT, domain_id=domain)
    user = client.make("user", name=USER, domain_id=domain, password=PASSWORD)
    client.grant(project, user, storage, roles["member"])
    reader = client.make("user", name="reader", domain_id=domain, password="reading")
    client.grant(project, reader, roles["reader"])
    stranger = client.make("user", name="stranger", domain_id=domain, password="roleless")

    default_project = client.make("project", name="demo", domain_id="default")
    default_user = client.make("user", name="demo", domain_id="default", password="demo-password")
    client.grant(default_project, default_user, storage)

    add_object_store(client, proxies)

    client.log_in(USER, DOMAIN, PASSWORD, PROJECT)
    credential = client.call("POST", f"/users/{user}/application_credentials", {"application_credential": {
        "name": "nightly", "roles": [{"id": storage}]}})[0]["application_credential"]
    return {
        "regions": list(REGIONS),
        "domain": DOMAIN, "domain_id": domain, "project": PROJECT, "project_id": project,
        "user": USER, "user_id": user, "password": PASSWORD,
        "reader": "reader", "reader_id": reader, "reader_password": "reading",
        "stranger": "stranger", "stranger_id": stranger, "stranger_password": "roleless",
        "default_user": "demo", "default_user_id": default_user, "default_password": "demo-password",
        "default_project": "demo", "default_project_id": default_project,
        "credential_id": credential["id"], "credential_name": "nightly", "credential_secret": credential["secret"],
    }


def add_object_store(client, proxies):
    """The object store in both regions; the endpoint of the administrators comes first, as it does in the wild."""
    client.make("region", id=REGIONS[1])
    service = client.make("service", type="object-store", name="swift")
    for region, proxy in zip(REGIONS, ("one", "two")):
        for interface in ("admin", "internal", "public"):
            account = "" if interface == "admin" else "/AUTH_%(tenant_id)s"
            client.make(
                "endpoint", service_id=service, interface=interface, region_id=region,
                url=f"{proxies[proxy]}/v1{account}")
