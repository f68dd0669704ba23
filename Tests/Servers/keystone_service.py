"""Keystone v3 on SQLite with Fernet tokens, and what the tests need in it.

The life of a token is five minutes; a first path segment `life-SECONDS` or `life-SECONDS-TAG` of a request
sets another one for the tokens that it asks for. keystone/requests has a line for each request: status,
method and path, with that segment.
"""
import os
import re
import sys
from concurrent.futures import ThreadPoolExecutor
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

import keystone_seed

TOKEN_LIFE = 300
LIFE = re.compile(r"/life-(\d+)(-[A-Za-z0-9]+)?(?=/|$)")


def serve(folder, listener, proxies, ready):
    """Makes the database, fills it, and serves for ever."""
    folder = f"{folder}/keystone"
    os.mkdir(folder)
    with open(f"{folder}/keystone.conf", "w") as file:
        file.write(configuration(folder))
    os.environ["OS_KEYSTONE_CONFIG_DIR"] = folder
    sys.argv = ["keystone"]
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    application = make_application(folder, url)
    facts = keystone_seed.seed(application, url, proxies)
    server = Server(listener, application, f"{folder}/requests")
    ready({"url": url, "token_life": TOKEN_LIFE, "requests": f"{folder}/requests", **facts})
    server.serve_forever()


def configuration(folder):
    # Four rounds of bcrypt take a millisecond, not 300.
    return f"""
[DEFAULT]
use_stderr = true
default_log_levels = keystone=WARNING,alembic=WARNING
[database]
connection = sqlite:///{folder}/keystone.db
[token]
expiration = {TOKEN_LIFE}
[fernet_tokens]
key_repository = {folder}/keys
[fernet_receipts]
key_repository = {folder}/keys
[credential]
key_repository = {folder}/credential-keys
[identity]
password_hash_rounds = 4
[cache]
# Without it each request asks SQLite some hundred times.
backend = oslo_cache.dict
"""


def make_application(folder, url):
    """Keystone with an empty database, as keystone-manage makes it."""
    import sqlite3

    from keystone.cmd import bootstrap as bootstrapping
    from keystone.common import fernet_utils
    from keystone.common.sql import upgrades
    from keystone.server.wsgi import initialize_public_application

    for name, keys in (("fernet_tokens", "keys"), ("credential", "credential-keys")):
        utility = fernet_utils.FernetUtils(f"{folder}/{keys}", 3, name)
        utility.create_key_directory()
        utility.initialize_key_repository()
    # Readers must not make writers fail; the file keeps this mode.
    connection = sqlite3.connect(f"{folder}/keystone.db")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.close()
    application = initialize_public_application()
    upgrades.offline_sync_database_to_version()
    # The application has them loaded already, and that can be done once only.
    bootstrapping.backends.load_backends = lambda: None
    bootstrap = bootstrapping.Bootstrapper()
    bootstrap.admin_username = bootstrap.project_name = bootstrap.admin_role_name = "admin"
    bootstrap.admin_password = keystone_seed.ADMIN_PASSWORD
    bootstrap.region_id = keystone_seed.REGIONS[0]
    bootstrap.service_name = "keystone"
    bootstrap.public_url = bootstrap.internal_url = bootstrap.admin_url = f"{url}/v3"
    bootstrap.bootstrap()
    return application


class Handler(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def address_string(self):
        return self.client_address[0]

    def log_message(self, *_):
        pass


class Server(ThreadingMixIn, WSGIServer):
    """A thread for each connection, and one for Keystone, which SQLite needs."""
    daemon_threads = True

    def __init__(self, listener, application, log):
        super().__init__(listener.getsockname(), Handler, bind_and_activate=False)
        self.socket.close()
        self.socket = listener
        self.server_name, self.server_port = listener.getsockname()
        self.setup_environ()
        self.one = ThreadPoolExecutor(1)
        self.log = open(log, "a", buffering=1)
        self.set_app(lambda environment, respond: self.one.submit(
            self.answer, application, environment, respond).result())

    def answer(self, application, environment, respond):
        from keystone.conf import CONF
        path = environment["PATH_INFO"]
        life = LIFE.match(path)
        if life:
            environment["SCRIPT_NAME"] = life.group(0)
            environment["PATH_INFO"] = path[life.end():]
        CONF.set_override("expiration", int(life.group(1)) if life else TOKEN_LIFE, "token")

        def log_and_respond(status, headers, *error):
            self.log.write(f"{status[:3]} {environment['REQUEST_METHOD']} {path}\n")
            return respond(status, headers, *error)

        parts = application(environment, log_and_respond)
        try:
            return [b"".join(parts)]
        finally:
            getattr(parts, "close", lambda: None)()
