"""Signs requests with botocore: one JSON document a line in, one line with the URL and the signature out.

Where botocore changes what it is given, the request is put so that it has nothing to change; SigV4OracleTests says
where and why.
"""
import base64
import datetime
import json
import sys
from types import SimpleNamespace

import botocore.auth
from botocore.awsrequest import AWSRequest
from botocore.compat import HTTPHeaders, quote
from botocore.credentials import Credentials

for line in sys.stdin:
    given = json.loads(line)
    moment = datetime.datetime.strptime(given["time"], "%Y%m%dT%H%M%SZ")
    botocore.auth.get_current_datetime = lambda *_: moment
    headers = HTTPHeaders()
    for name, value in given["headers"]:
        headers[name] = value
    kind = botocore.auth.S3SigV4Auth if given["service"] == "s3" else botocore.auth.SigV4Auth
    path = quote(given["path"].encode(), safe="/~")
    signer = kind(
        Credentials(given["id"], given["secret"], given["token"]), given["service"], given["region"])
    request = AWSRequest(
        method=given["method"], url=given["endpoint"] + path, headers=headers,
        data=base64.b64decode(given["body"]), params=[tuple(pair) for pair in given["query"]])
    request.context["client_config"] = SimpleNamespace(s3={"payload_signing_enabled": given["signsBody"]})
    signer.add_auth(request)
    query = signer.canonical_query_string(request)
    url = given["endpoint"] + path + ("?" + query if query else "")
    print(json.dumps([url, request.headers["Authorization"]]))
