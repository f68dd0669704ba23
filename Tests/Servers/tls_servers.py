"""A certificate authority of our own, certificates for the good and the bad cases, and TLS before a port.

Options: target, the port behind; certificate, one of good, expired, elsewhere and untrusted. Without a target
only the certificates are made; with authority=FOLDER those of another such server are used.
"""
import socket
import ssl
import subprocess
import threading

# Some take a star before a single label for no name at all.
NAMES = "DNS:localhost,DNS:*.localhost,DNS:*.s3.localhost,DNS:sha1.localhost,DNS:plain.localhost,IP:127.0.0.1"
CERTIFICATES = ("good", "expired", "elsewhere", "untrusted")


def start(context):
    folder = context.option("authority", "")
    if not folder:
        folder = context.folder
        make_certificates(folder)
    facts = {"authority": f"{folder}/authority.pem", "other_authority": f"{folder}/stranger.pem"}
    target = context.option("target", 0)
    if target:
        listener = context.listen()
        name = context.option("certificate", "good")
        context.fork("front", lambda ready: serve(listener, target, f"{folder}/{name}", ready)).facts()
        facts["port"] = listener.getsockname()[1]
    return facts


def make_certificates(folder):
    def openssl(*arguments):
        done = subprocess.run(["openssl", *arguments], cwd=folder, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(done.stderr)

    key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
    for authority in ("authority", "stranger"):
        openssl("req", "-x509", *key, "-days", "3650", "-subj", f"/CN=tests {authority}",
                "-keyout", f"{authority}.key", "-out", f"{authority}.pem")
    # Only `openssl ca` of the older versions can date a certificate back.
    with open(f"{folder}/ca.conf", "w") as file:
        file.write("[ca]\ndefault_ca=all\n[all]\ndatabase=index\nserial=serial\nnew_certs_dir=.\n"
                   "default_md=sha256\npolicy=names\nunique_subject=no\n[names]\ncommonName=supplied\n")
    open(f"{folder}/index", "w").close()
    with open(f"{folder}/serial", "w") as file:
        file.write("1000\n")
    for name in CERTIFICATES:
        with open(f"{folder}/{name}.extensions", "w") as file:
            names = "DNS:elsewhere.example" if name == "elsewhere" else NAMES
            file.write(f"basicConstraints=CA:FALSE\nextendedKeyUsage=serverAuth\nsubjectAltName={names}\n")
        openssl("req", *key, "-subj", f"/CN={name}", "-keyout", f"{name}.key", "-out", f"{name}.request")
        authority = "stranger" if name == "untrusted" else "authority"
        dates = ("20200101000000Z", "20210101000000Z") if name == "expired" else (
            "20200101000000Z", "20491231000000Z")
        openssl("ca", "-batch", "-notext", "-config", "ca.conf", "-in", f"{name}.request", "-out", f"{name}.pem",
                "-cert", f"{authority}.pem", "-keyfile", f"{authority}.key", "-extfile", f"{name}.extensions",
                "-startdate", dates[0], "-enddate", dates[1])


def serve(listener, target, certificate, ready):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(f"{certificate}.pem", f"{certificate}.key")
    ready()
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=forward, args=(context, connection, target), daemon=True).start()


def forward(context, connection, target):
    """Two plain copies on one TLS connection, one in each direction."""
    try:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        secure = context.wrap_socket(connection, server_side=True)
        server = socket.create_connection(("127.0.0.1", target))
        server.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    except OSError:
        connection.close()
        return
    back = threading.Thread(target=copy, args=(server, secure), daemon=True)
    back.start()
    copy(secure, server)
    back.join()
    secure.close()
    server.close()


def copy(source, target):
    """Copies until either end has had enough, and tells the other."""
    try:
        while data := source.recv(256 << 10):
            target.sendall(data)
    except OSError:
        pass
    for end in (source, target):
        try:
            end.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
