"""OpenStack Swift: account, container and object servers and their proxies, one process each.

Swift is imported once and forked, so that seven processes start as fast as one.
"""
import contextlib
import os

import swift_configuration as configuration


def start(context, listeners, identity):
    """Starts the cluster and one proxy for each listener; those named one and two ask Keystone."""
    storage = {name: context.listen() for name in ("account", "container", "object")}
    ports = {name: listener.getsockname()[1] for name, listener in storage.items()}
    folder = f"{context.folder}/swift"
    os.makedirs(f"{folder}/devices/d1")
    write(f"{folder}/swift.conf", configuration.cluster())
    os.mkdir(f"{folder}/small")
    write(f"{folder}/small/swift.conf", configuration.cluster(
        max_file_size=context.option("max_file_size", 5 << 20),
        container_listing_limit=context.option("listing_limit", 100)))

    import swift.common.utils
    swift.common.utils.SWIFT_CONF_FILE = f"{folder}/swift.conf"
    # Everything that the servers will need, before they are forked.
    import swift.account.server  # noqa: F401
    import swift.container.server  # noqa: F401
    import swift.container.updater  # noqa: F401
    import swift.obj.server  # noqa: F401
    import swift.proxy.server  # noqa: F401
    from swift.common.middleware.s3api import s3api  # noqa: F401

    make_rings(folder, ports)
    children = []
    for name, listener in storage.items():
        path = f"{folder}/{name}.conf"
        write(path, configuration.storage(name, ports[name], folder))
        children.append(context.fork(f"swift-{name}", serving(path, f"{name}-server", listener)))
    write(f"{folder}/updater.conf", configuration.storage("container", ports["container"], folder))
    children.append(context.fork("swift-updater", updating(f"{folder}/updater.conf")))
    for name, listener in listeners.items():
        path = f"{folder}/proxy-{name}.conf"
        options = {}
        if name == "small":
            options = {"listing_limit": context.option("listing_limit", 100)}
        if name == "brief":
            options = {"token_life": context.option("token_life", 3)}
        if name in ("one", "two"):
            options = {"identity": identity}
        write(path, configuration.proxy(listener.getsockname()[1], folder, **options))
        limits = f"{folder}/small/swift.conf" if name == "small" else None
        children.append(context.fork(f"swift-{name}", serving(path, "proxy-server", listener, limits)))
    for child in children:
        child.facts()
    return {
        "account": "test",
        "user": "test:tester", "key": "testing",
        "reader": "test:reader", "reader_key": "reading",
        "operator": "admin:admin", "operator_key": "admin",
        "region": configuration.REGION,
        "policies": list(configuration.POLICIES),
    }


def write(path, text):
    with open(path, "w") as file:
        file.write(text)


def make_rings(folder, ports):
    """One device with one replica of everything."""
    from swift.common.ring import RingBuilder
    rings = {"account": "account", "container": "container", "object": "object", "object-1": "object"}
    for ring, server in rings.items():
        builder = RingBuilder(4, 1, 0)
        address = {"ip": "127.0.0.1", "port": ports[server]}
        builder.add_dev({
            "region": 1, "zone": 1, "device": "d1", "weight": 1.0, "meta": "", **address,
            **{f"replication_{name}": value for name, value in address.items()}})
        builder.rebalance(seed="1")
        builder.get_ring().save(f"{folder}/{ring}.ring.gz")


def prepare():
    """What holds for every process: tests need no data that outlives a power cut."""
    os.fsync = os.fdatasync = lambda _: None


def serving(path, section, listener, limits=None):
    """Runs one of Swift's servers as its own program does, but on a socket that exists already."""
    def work(ready):
        import swift.common.constraints
        import swift.common.utils
        import swift.common.wsgi
        prepare()
        if limits:
            swift.common.utils.SWIFT_CONF_FILE = limits
            swift.common.constraints.reload_constraints()

        def take_listener(_):
            from eventlet.greenio import GreenSocket
            listener.setblocking(False)
            return GreenSocket(listener)

        swift.common.wsgi.get_socket = take_listener
        run_server = swift.common.wsgi.run_server

        def run_and_tell(*arguments, ready_callback=None, **options):
            run_server(*arguments, ready_callback=ready, **options)

        swift.common.wsgi.run_server = run_and_tell
        swift.common.wsgi.run_wsgi(path, section)
    return work


def updating(path):
    """Tells accounts of their containers' sizes, as account quotas need it."""
    def work(ready):
        from swift.common.daemon import run_daemon
        from swift.container.updater import ContainerUpdater
        prepare()
        ready()
        with contextlib.suppress(KeyboardInterrupt):
            run_daemon(ContainerUpdater, path, section="container-updater")
    return work
