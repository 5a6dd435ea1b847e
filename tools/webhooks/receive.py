# A receiver that verifies with the PyPI package standardwebhooks. tell.mjs says what it is told and answers.
import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from standardwebhooks.webhooks import Webhook

webhook = None
saying = threading.Lock()


def say(**line):
    with saying:
        print(json.dumps(line), flush=True)


def verifies(body, headers):
    try:
        return {"message": webhook.verify(body, headers)}
    except Exception as error:  # Whatever it is, the message is not accepted.
        return {"error": repr(error)}


class Hooks(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"])).decode()
        headers = {name.lower(): value for name, value in self.headers.items()}
        told = verifies(body, headers)
        forged = verifies(body.replace('"timestamp"', '"timestamp" '), headers)
        say(id=headers["webhook-id"], forgedPasses="error" not in forged, **told)
        self.send_response(400 if "error" in told else 204)
        self.end_headers()

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Hooks)
threading.Thread(target=server.serve_forever, daemon=True).start()
say(url=f"http://127.0.0.1:{server.server_port}/hooks?from=python")
for line in sys.stdin:
    webhook = Webhook(line.strip())
    say(knows=True)
