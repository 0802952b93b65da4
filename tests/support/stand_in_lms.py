"""A stand-in for an LMS: the platform's side of LTI 1.3, for a hub on loopback.

It publishes a key set, answers the hub's authentication request, and signs who is signed in. It
runs as a program of the hub's environment, which has pyjwt: `python stand_in_lms.py CLIENT_ID`
prints its address. Which launch it signs stands, as JSON, in the login hint: `claims` replace its
own, a claim of null is left out, and `key` names the key that signs.
"""

from __future__ import annotations

import html
import json
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

LTI = "https://purl.imsglobal.org/spec/lti/claim/"
CLIENT = sys.argv[1]
KEYS = {name: rsa.generate_private_key(65537, 2048) for name in ("lms", "stranger")}
ASKED = {"response_type": "id_token", "response_mode": "form_post", "scope": "openid",
         "prompt": "none", "client_id": CLIENT}  # fmt: skip
FORM = """<form method="post" action="{action}">
<input name="id_token" value="{token}"><input name="state" value="{state}"></form>
<script>document.forms[0].submit()</script>"""


def own_claims(issuer: str, nonce: str) -> dict:
    """What every launch says: LTI 1.3 core, section 5.3."""
    now = int(time.time())
    return {
        "iss": issuer, "aud": CLIENT, "sub": "7f3a", "iat": now, "exp": now + 300, "nonce": nonce,
        LTI + "version": "1.3.0", LTI + "message_type": "LtiResourceLinkRequest",
        LTI + "deployment_id": "1", LTI + "target_link_uri": "", LTI + "roles": [],
        LTI + "resource_link": {"id": "week"},
    }  # fmt: skip


def signed(issuer: str, asked: dict[str, str]) -> str:
    """The identity token for an authentication request."""
    wanted = json.loads(asked["login_hint"])
    claims = own_claims(issuer, asked["nonce"]) | wanted.get("claims", {})
    claims = {name: value for name, value in claims.items() if value is not None}
    for name, seconds in wanted.get("shift", {}).items():
        claims[name] += seconds
    return jwt.encode(
        claims, KEYS[wanted.get("key", "lms")], algorithm="RS256", headers={"kid": "1"}
    )


class Platform(BaseHTTPRequestHandler):
    """/jwks and /authorize, as an LMS has them."""

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if parts.path == "/jwks":
            key = json.loads(RSAAlgorithm.to_jwk(KEYS["lms"].public_key()))
            return self._answer(200, json.dumps({"keys": [{**key, "kid": "1", "use": "sig"}]}))
        wrong = {name for name, value in ASKED.items() if asked.get(name) != value}
        if wrong:
            return self._answer(400, f"The tool asked in another way: {sorted(wrong)}")
        fields = {"action": asked["redirect_uri"], "state": asked["state"],
                  "token": signed(f"http://{self.headers['Host']}", asked)}  # fmt: skip
        quoted = {name: html.escape(value) for name, value in fields.items()}
        return self._answer(200, FORM.format(**quoted))

    def _answer(self, status: int, text: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_) -> None:
        """Quiet: its output is its address."""


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), Platform)
    print(f"http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()
