"""A forward proxy with CONNECT and passwords; `requests` has a line for each request that it let through.

Option: user and password; without a user anybody may use it.
"""
import base64
import socket
import threading
from urllib.parse import urlsplit

from tls_servers import copy


def start(context):
    listener = context.listen()
    log = f"{context.folder}/requests"
    open(log, "w").close()
    user, password = context.option("user", ""), context.option("password", "")
    login = "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode() if user else None
    context.fork("proxy", lambda ready: serve(listener, login, log, ready)).facts()
    return {"port": listener.getsockname()[1], "user": user, "password": password, "requests": log}


def serve(listener, login, log, ready):
    ready()
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=handle, args=(connection, login, log), daemon=True).start()


def handle(connection, login, log):
    """One request for each connection: what follows it goes to the same server as it is."""
    stream = connection.makefile("rb", buffering=0)
    line = read_line(stream)
    words = line.split()
    if len(words) != 3:
        connection.close()
        return
    method, target, version = words
    head = []
    while (field := read_line(stream)) not in ("", "\r\n"):
        head.append(field)
    fields = {name.strip().lower(): value.strip() for name, _, value in (field.partition(":") for field in head)}
    if login and fields.get("proxy-authorization") != login:
        refuse(connection, "407 Proxy Authentication Required", 'Proxy-Authenticate: Basic realm="tests"\r\n')
        return
    url = urlsplit(f"//{target}" if method == "CONNECT" else target)
    try:
        server = socket.create_connection((url.hostname, url.port or 80))
    except OSError:
        refuse(connection, "502 Bad Gateway")
        return
    with open(log, "a") as requests:
        requests.write(f"{method} {url.netloc}\n")
    if method == "CONNECT":
        connection.sendall(b"HTTP/1.1 200 Connected\r\n\r\n")
        back = threading.Thread(target=copy, args=(server, connection), daemon=True)
    else:
        back = threading.Thread(target=answer, args=(server, connection), daemon=True)
        kept = [field for field in head if not field.lower().startswith(("proxy-", "connection:"))]
        path = target[target.index(url.netloc) + len(url.netloc):] or "/"
        server.sendall(f"{method} {path} {version}\r\n{''.join(kept)}Connection: close\r\n\r\n".encode("latin-1"))
    back.start()
    copy(connection, server)
    back.join()
    server.close()
    connection.close()


def answer(server, connection):
    """Passes an answer on, and says that the connection ends with it: the next request names its server again."""
    stream = server.makefile("rb", buffering=0)
    try:
        while True:
            status = read_line(stream)
            head = []
            while (field := read_line(stream)) not in ("", "\r\n"):
                if not field.lower().startswith("connection:"):
                    head.append(field)
            if not status:
                break
            interim = status.split()[1:2] < ["2"]
            close = "" if interim else "Connection: close\r\n"
            connection.sendall(f"{status}{''.join(head)}{close}\r\n".encode("latin-1"))
            if not interim:
                break
    except OSError:
        pass
    copy(server, connection)


def read_line(stream):
    """One line, and not a byte more: the rest belongs to the server."""
    line = b""
    while not line.endswith(b"\n"):
        byte = stream.read(1)
        if not byte:
            break
        line += byte
    return line.decode("latin-1")


def refuse(connection, status, fields=""):
    connection.sendall(f"HTTP/1.1 {status}\r\n{fields}Content-Length: 0\r\nConnection: close\r\n\r\n".encode())
    connection.close()
