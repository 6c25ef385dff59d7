"""An identity provider for this machine, to try sign-in and roles: whoever asks is let in as whom he chooses.

    make demo-login

`Provider` speaks as much OpenID Connect as a sign-in takes (discovery, code with PKCE, signed token, sign-out) and is good
for nothing but trying: it asks for no password, so it listens on 127.0.0.1 only. `main` serves the sample behind it.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import os
import secrets
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from html import escape
from pathlib import Path
from urllib.parse import urlencode

import uvicorn
from joserfc import jwt
from joserfc.jwk import RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from pipelines.warehouse import Warehouse

ROOT = Path(__file__).resolve().parent.parent
CLIENT = "kaoping"
PEOPLE = {"office": (), "leader": (), "analyst": (), "unit": ("U42",)}
"""Who has a role in the demonstration, and whose result a unit sees; identities are ROLE@demo."""
OTHERS = ("nobody", "yesterday")
"""Who can sign in as well: somebody without a role, and somebody with one whose sign-in is nine hours old."""
DATABASE = ROOT / "data" / "store" / "demo-login.duckdb"


class Provider:
    """The provider as an ASGI app. `people` are those who can be chosen; who is called yesterday… has signed in long ago."""

    def __init__(self, address: str, people: Sequence[str]):
        self.address = address
        self.secret = secrets.token_urlsafe(24)
        self._people = people
        self._key = RSAKey.generate_key(2048, parameters={"kid": "1", "use": "sig", "alg": "RS256"})
        self._codes: dict[str, dict[str, str]] = {}
        routes = [
            Route("/.well-known/openid-configuration", self._discovery),
            Route("/keys", self._keys),
            Route("/authorize", self._choice),
            Route("/chosen", self._chosen),
            Route("/token", self._token, methods=["POST"]),
            Route("/signed-out", self._signed_out),
        ]
        self.app = Starlette(routes=routes)

    async def _discovery(self, _: Request) -> Response:
        places = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys",
                  "end_session_endpoint": "signed-out"}  # fmt: skip
        ways = {
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "code_challenge_methods_supported": ["S256"],
        }
        return JSONResponse({"issuer": self.address, **ways, **{k: f"{self.address}/{v}" for k, v in places.items()}})

    async def _keys(self, _: Request) -> Response:
        return JSONResponse({"keys": [self._key.as_dict(private=False)]})

    async def _choice(self, request: Request) -> Response:
        links = "".join(
            f"<p><a href='/chosen?{escape(urlencode({**request.query_params, 'as': person}), quote=True)}'>{person}</a>"
            for person in self._people
        )
        return HTMLResponse(f"<!doctype html><title>Who are you?</title><h1>Sign in as</h1>{links}")

    async def _chosen(self, request: Request) -> Response:
        asked = dict(request.query_params)
        if asked.get("client_id") != CLIENT or asked.get("as") not in self._people:
            return Response("unknown", 400)
        code = secrets.token_urlsafe(16)
        self._codes[code] = asked
        back = urlencode({"code": code, "state": asked.get("state", "")})
        return RedirectResponse(f"{asked['redirect_uri']}?{back}", 302)

    async def _token(self, request: Request) -> Response:
        form = await request.form()
        asked = self._codes.pop(str(form.get("code")), None)
        basic = base64.b64encode(f"{CLIENT}:{self.secret}".encode()).decode()
        if asked is None or request.headers.get("authorization") != f"Basic {basic}":
            return JSONResponse({"error": "invalid_grant"}, 400)
        proof = hashlib.sha256(str(form.get("code_verifier", "")).encode()).digest()
        if base64.urlsafe_b64encode(proof).decode().rstrip("=") != asked.get("code_challenge"):
            return JSONResponse({"error": "invalid_grant"}, 400)
        person = asked["as"]
        issued = int(time.time()) - (9 * 3600 if person.startswith("yesterday") else 0)
        claims = {"iss": self.address, "aud": CLIENT, "sub": person, "email": person, "iat": issued, "exp": issued + 86_400,
                  "nonce": asked.get("nonce", "")}  # fmt: skip
        token = jwt.encode({"alg": "RS256", "kid": "1"}, claims, self._key)
        return JSONResponse({"access_token": secrets.token_urlsafe(8), "token_type": "Bearer", "id_token": token})

    async def _signed_out(self, request: Request) -> Response:
        return RedirectResponse(request.query_params.get("post_logout_redirect_uri", "/"), 302)


def free_port() -> int:
    """A port of this machine that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def provided(people: Sequence[str], app_port: int, folder: Path) -> Iterator[dict[str, str]]:
    """A running provider; gives the environment for an app on `app_port` that is to sign in with it."""
    port = free_port()
    provider = Provider(f"http://127.0.0.1:{port}", people)
    server = uvicorn.Server(uvicorn.Config(provider.app, host="127.0.0.1", port=port, log_level="warning"))
    thread = threading.Thread(target=server.run)
    thread.start()
    file = folder / "secrets.toml"
    file.touch(mode=0o600)
    file.write_text(
        f'[auth]\nredirect_uri = "http://127.0.0.1:{app_port}/oauth2callback"\n'
        f'cookie_secret = "{secrets.token_hex(32)}"\nclient_id = "{CLIENT}"\nclient_secret = "{provider.secret}"\n'
        f'server_metadata_url = "{provider.address}/.well-known/openid-configuration"\n',
        encoding="utf-8",
    )
    try:
        yield {"KAOPING_AUTH": "oidc", "STREAMLIT_SECRETS_FILES": str(file)}
    finally:
        server.should_exit = True
        thread.join(10)


def main(port: int) -> int:
    """Serve the sample behind the provider until Ctrl+C."""
    DATABASE.parent.mkdir(parents=True, exist_ok=True)
    with Warehouse.open(DATABASE) as warehouse:
        known = {row["identity"] for row in warehouse.ask("people").to_pylist()}
        for role, subjects in PEOPLE.items():
            if f"{role}@demo" not in known:
                warehouse.set_person(f"{role}@demo", role, subjects, "demo", dt.datetime.now().replace(microsecond=0))
        if "yesterday@demo" not in known:
            warehouse.set_person("yesterday@demo", "office", (), "demo", dt.datetime.now().replace(microsecond=0))
    people = [f"{name}@demo" for name in (*PEOPLE, *OTHERS)]
    with provided(people, port, DATABASE.parent) as environment:
        print("Sign in as", ", ".join(people), flush=True)
        command = [sys.executable, "-m", "pipelines", "serve", "--db", str(DATABASE), "--port", str(port)]
        try:
            return subprocess.call(command, cwd=ROOT, env=os.environ | environment)
        except KeyboardInterrupt:
            return 0


if __name__ == "__main__":
    raise SystemExit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 8501))
