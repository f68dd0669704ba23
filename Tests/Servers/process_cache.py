"""Swift's cache in the memory of its process, in the place of a memcached beside it."""
import time


class ProcessCache:
    """The calls of Swift's memcache client that its proxies and Keystone's middleware make."""

    def __init__(self):
        self.entries = {}

    def get(self, key, raise_on_error=False):
        value, end = self.entries.get(key, (None, 0))
        if end and end <= time.time():
            del self.entries[key]
            return None
        return value

    def set(self, key, value, serialize=True, time=0, min_compress_len=0, raise_on_error=False):
        self.entries[key] = (value, moment(time))

    def incr(self, key, delta=1, time=0):
        value = max(0, int(self.get(key) or 0) + int(delta))
        self.set(key, value, time=time)
        return value

    def decr(self, key, delta=1, time=0):
        return self.incr(key, -int(delta), time)

    def delete(self, key, server_key=None):
        self.entries.pop(key, None)

    def set_multi(self, mapping, server_key, serialize=True, time=0, min_compress_len=0):
        for key, value in mapping.items():
            self.set(key, value, time=time)

    def get_multi(self, keys, server_key):
        return [self.get(key) for key in keys]


def moment(life):
    """When an entry ends: 0 for never; large numbers are moments already, as memcached has it."""
    return life if not life or life > 30 * 86400 else time.time() + life


def filter_factory(global_conf, **local_conf):
    cache = ProcessCache()

    def with_cache(app):
        def call(environment, start_response):
            environment["swift.cache"] = cache
            return app(environment, start_response)
        return call
    return with_cache
