"""Prints one line for each report, and refuses those that are not signed with the key in the file that it is given."""

import base64
import hashlib
import hmac
import http.server
import json
import sys
import time

KEY = base64.b64decode(open(sys.argv[1]).read().strip().removeprefix("whsec_"))


def is_signed(headers, body):
    sent, moment = headers.get("webhook-signature", ""), headers.get("webhook-timestamp", "")
    if not moment.isdigit() or abs(time.time() - int(moment)) > 300:
        return False
    signed = f"{headers.get('webhook-id', '')}.{moment}.".encode() + body
    expected = "v1," + base64.b64encode(hmac.new(KEY, signed, hashlib.sha256).digest()).decode()
    return any(hmac.compare_digest(expected, one) for one in sent.split())


class Receiver(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.answer(200)

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if not is_signed(self.headers, body):
            print("refused: the signature is wrong")
            return self.answer(403)
        report = json.loads(body)
        stored = sum(one.get("uploaded_bytes", 0) for one in report.get("destinations", []))
        print(f"{report['event']}: {report['title']} ({stored} bytes stored)")
        self.answer(200)

    def answer(self, status):
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


http.server.ThreadingHTTPServer(("", 8080), Receiver).serve_forever()
