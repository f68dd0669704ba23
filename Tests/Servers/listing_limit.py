"""The limit of one proxy's listings; Swift's own is that of the container servers, which all proxies share."""
from urllib.parse import parse_qsl, urlencode


def filter_factory(global_conf, limit, **local_conf):
    limit = int(limit)

    def with_limit(app):
        def call(environment, start_response):
            parts = environment["PATH_INFO"].strip("/").split("/")
            if environment["REQUEST_METHOD"] != "GET" or len(parts) not in (2, 3):
                return app(environment, start_response)
            query = dict(parse_qsl(environment.get("QUERY_STRING", ""), keep_blank_values=True))
            asked = query.get("limit", "")
            if asked.isdecimal() and int(asked) > limit:
                start_response("412 Precondition Failed", [("Content-Type", "text/html")])
                return [f"Maximum limit is {limit}".encode()]
            environment["QUERY_STRING"] = urlencode({"limit": limit, **query})
            return app(environment, start_response)
        return call
    return with_limit
