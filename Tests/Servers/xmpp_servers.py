"""A real XMPP server, Prosody, with hosts that differ in what they ask for; `messages` has what each of them took.

Hosts: `localhost` with every mechanism, `sha1.localhost` and `plain.localhost` with that one alone, `clear.localhost` where
nothing is encrypted. On all of them `backup` has the password `pass word` and `anna` an account; `backup` of `localhost`
takes a password of another language too, as `umlaut` (`Grüße Ⅳ`). Two ports: `starttls`, and `direct` with TLS from the
first byte.

Whom a message is for has the server behave otherwise:

    nobody@…        has no account: it comes back
    full@…          it comes back for now (resource-constraint)
    dying@…         the connection ends without a word

Options: authority, the folder of another such server whose certificates are used; certificate, one of its names.
"""
import os
import shutil
import socket
import subprocess
import time

from tls_servers import make_certificates

HOSTS = {
    "localhost": "",
    "sha1.localhost": 'disable_sasl_mechanisms = { "PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-256-PLUS", "SCRAM-SHA-1-PLUS" }',
    "plain.localhost": 'disable_sasl_mechanisms = { "SCRAM-SHA-1", "SCRAM-SHA-256", "SCRAM-SHA-256-PLUS", '
                       '"SCRAM-SHA-1-PLUS" }',
    "clear.localhost": 'c2s_require_encryption = false\nmodules_disabled = { "tls" }\n'
                       'allow_unencrypted_plain_auth = true',
}
ACCOUNTS = {"backup": "pass word", "anna": "anna's", "ops": "ops'", "full": "full's", "dying": "dying's",
            "umlaut": "Grüße IV"}

PLUGIN = """
local json = require "util.json";
local st = require "util.stanza";
local log = module:get_option_string("test_log");

module:hook("authentication-success", function(event)
    event.session.test_mechanism = event.session.sasl_handler.selected;
end);

module:hook("message/bare", function(event)
    local stanza, origin = event.stanza, event.origin;
    local user = stanza.attr.to:match("^([^@]+)@");
    if user == "dying" then
        origin.conn:close();
        return true;
    end
    if user == "full" then
        origin.send(st.error_reply(stanza, "wait", "resource-constraint", "The mailbox is full."));
        return true;
    end
    if user == "nobody" then return; end
    local file = io.open(log, "a");
    file:write(json.encode({
        to = stanza.attr.to, from = stanza.attr.from, type = stanza.attr.type, id = stanza.attr.id,
        language = stanza.attr["xml:lang"], subject = stanza:get_child_text("subject"),
        body = stanza:get_child_text("body"), tls = origin.secure == true, mechanism = origin.test_mechanism,
    }), "\\n");
    file:close();
    return true;
end, 10);
"""


def start(context):
    folder = context.option("authority", "") or context.folder
    if folder == context.folder:
        make_certificates(folder)
    certificate = f"{folder}/{context.option('certificate', 'good')}"
    log = f"{context.folder}/messages"
    open(log, "w").close()
    ports = free_ports(2)
    write_files(context.folder, certificate, log, *ports)
    program = shutil.which("prosody")

    def run(_):
        os.execve(program, [program, "--config", f"{context.folder}/prosody.cfg.lua", "-F"],
                  {"PATH": "/usr/bin:/bin", "HOME": context.folder, "LC_ALL": "C.UTF-8"})

    # The server says nothing when it is ready: who connects is served.
    child = context.fork("prosody", run)
    os.close(child.reports)
    wait_for(ports, child)
    return {"starttls": ports[0], "direct": ports[1], "authority": f"{folder}/authority.pem", "messages": log}


def free_ports(count):
    """Ports that are free now: Prosody takes no sockets, so that somebody else may be quicker."""
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def wait_for(ports, child):
    deadline = time.monotonic() + 30
    for port in ports:
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=5).close()
                break
            except OSError:
                ended, status = os.waitpid(child.pid, os.WNOHANG)
                if ended or time.monotonic() > deadline:
                    raise RuntimeError(f"prosody does not listen at port {port} (status {status})") from None
                time.sleep(0.05)


def write_files(folder, certificate, log, starttls, direct):
    os.makedirs(f"{folder}/plugins", exist_ok=True)
    with open(f"{folder}/plugins/mod_record.lua", "w") as file:
        file.write(PLUGIN)
    tls = f'{{ key = "{certificate}.key", certificate = "{certificate}.pem" }}'
    with open(f"{folder}/prosody.cfg.lua", "w") as file:
        file.write(
            f'run_as_root = true\ndata_path = "{folder}/data"\npidfile = "{folder}/prosody.pid"\n'
            f'plugin_paths = {{ "{folder}/plugins" }}\ntest_log = "{log}"\n'
            'modules_enabled = { "saslauth", "tls", "ping", "roster", "disco", "record" }\n'
            'modules_disabled = { "s2s", "offline" }\n'
            'interfaces = { "127.0.0.1" }\nnetwork_backend = "epoll"\nauthentication = "internal_plain"\n'
            f'c2s_ports = {{ {starttls} }}\nc2s_direct_tls_ports = {{ {direct} }}\ns2s_ports = {{}}\n'
            f'c2s_require_encryption = true\nssl = {tls}\nc2s_direct_tls_ssl = {tls}\n'
            'log = { { levels = { min = "info" }, to = "console" } }\n')
        for host, settings in HOSTS.items():
            file.write(f'VirtualHost "{host}"\nssl = {tls}\n{settings}\n')
    for host in HOSTS:
        accounts = f"{folder}/data/{host.replace('.', '%2e')}/accounts"
        os.makedirs(accounts, exist_ok=True)
        for name, password in ACCOUNTS.items():
            with open(f"{accounts}/{name}.dat", "w") as file:
                file.write(f'return {{ ["password"] = "{password}"; }};\n')
    subprocess.run(["chmod", "-R", "go=", f"{folder}/data"], check=True)
