"""A Swift cluster with two storage policies, six proxies, and the Keystone of two of them.

Options: keystone=no leaves out Keystone and its proxies. max_file_size (5 MiB), listing_limit (100) and
token_life (3 seconds) are those of the proxies `small` and `brief`.
"""
import keystone_service
import swift_service


def start(context):
    with_keystone = context.option("keystone", "yes") == "yes"
    proxies = ["main", "small", "brief"] + (["one", "two"] if with_keystone else [])
    listeners = {name: context.listen() for name in proxies}
    urls = {name: f"http://127.0.0.1:{listener.getsockname()[1]}" for name, listener in listeners.items()}
    facts = {"proxies": urls}
    identity = None
    if with_keystone:
        # Before Swift is imported, and at the same time as it.
        listener = context.listen()
        identity = f"http://127.0.0.1:{listener.getsockname()[1]}"
        keystone = context.fork(
            "keystone", lambda ready: keystone_service.serve(context.folder, listener, urls, ready))
    facts["swift"] = swift_service.start(context, listeners, identity)
    if with_keystone:
        facts["keystone"] = keystone.facts()
    return facts
