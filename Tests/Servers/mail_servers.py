"""A real mail server, aiosmtpd, in all the ways in which servers differ; `messages` has what each of them took.

Three ports: `plain` without TLS, `starttls` where a log-in needs STARTTLS first, `implicit` with TLS before all else.
The user is `backup`, the password `pass word`. What a message is sent from or to has servers behave otherwise:

    refused@…       as a recipient: 550
    later@…         as a recipient: 451
    dying@…         as the sender: the connection ends in the middle of DATA
    full@…          as the sender: 452 after DATA
    forbidden@…     as the sender: 554 after DATA

Options: authority, the folder of another such server whose certificates are used.
"""
import asyncio
import json
import os
import ssl

from tls_servers import make_certificates


def start(context):
    folder = context.option("authority", "") or context.folder
    if folder == context.folder:
        make_certificates(folder)
    log = f"{context.folder}/messages"
    open(log, "w").close()
    listeners = {kind: context.listen() for kind in ("plain", "starttls", "implicit")}
    context.fork("mail", lambda ready: serve(listeners, f"{folder}/good", log, ready)).facts()
    ports = {kind: listener.getsockname()[1] for kind, listener in listeners.items()}
    return {**ports, "authority": f"{folder}/authority.pem", "messages": log, "user": "backup",
            "password": "pass word"}


def serve(listeners, certificate, log, ready):
    from aiosmtpd.smtp import SMTP, AuthResult

    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(f"{certificate}.pem", f"{certificate}.key")

    def authenticate(server, session, envelope, mechanism, data):
        good = (data.login, data.password) == (b"backup", b"pass word")
        return AuthResult(success=good, handled=True) if good else AuthResult(success=False, handled=False)

    class Handler:
        def __init__(self, kind):
            self.kind = kind

        async def handle_RCPT(self, server, session, envelope, address, options):
            if address.startswith("refused@"):
                return "550 no such user"
            if address.startswith("later@"):
                return "451 greylisted, come back"
            envelope.rcpt_tos.append(address)
            return "250 OK"

        async def handle_DATA(self, server, session, envelope):
            sender = envelope.mail_from.split("@")[0]
            if sender == "dying":
                server.transport.abort()
                await asyncio.sleep(3600)
            if sender == "full":
                return "452 mailbox is full"
            if sender == "forbidden":
                return "554 no thanks"
            with open(log, "a") as file:
                json.dump({
                    "server": self.kind, "from": envelope.mail_from, "to": envelope.rcpt_tos,
                    "tls": session.ssl is not None or self.kind == "implicit",
                    "user": bool(session.authenticated), "content": envelope.content.decode("ascii"),
                }, file)
                file.write("\n")
                file.flush()
                os.fsync(file.fileno())
            return "250 taken"

    async def run():
        loop = asyncio.get_running_loop()

        def factory(kind):
            if kind == "implicit":
                return SMTP(Handler(kind), hostname="localhost", authenticator=authenticate, auth_required=True,
                            auth_require_tls=False)
            if kind == "starttls":
                return SMTP(Handler(kind), hostname="localhost", authenticator=authenticate, tls_context=tls,
                            require_starttls=True, auth_required=True)
            return SMTP(Handler(kind), hostname="localhost")

        for kind, listener in listeners.items():
            await loop.create_server(
                lambda kind=kind: factory(kind), sock=listener, ssl=tls if kind == "implicit" else None)
        ready()
        await asyncio.Event().wait()

    asyncio.run(run())
