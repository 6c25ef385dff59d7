"""The door of the server: what reaches Streamlit at all, as ASGI middleware around the whole app.

Streamlit serves downloads and takes uploads without asking who it is. Here every request needs what the installation's
mode asks for: a name of this machine (`local`), the proxy's secret (`proxy`), or a signed cookie (`oidc`, for everything
that is not needed to sign in). `/health` is for everybody; `/metrics`, where the installation is not `local`, for who shows
its token. And every answer says that it is not to be kept, framed or guessed at.
"""

from __future__ import annotations

import hmac
import logging
import re
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from http.cookies import SimpleCookie
from typing import Any

from streamlit.web.server.starlette.starlette_websocket import _get_signed_cookie_with_chunks

from pipelines.access import LOOPBACK, Settings

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]

PROXY_SECRET = "x-kaoping-proxy"
SIGNED_IN_ONLY = ("/media/", "/_stcore/upload_file", "/_stcore/metrics", "/_stcore/agent")
"""What needs the cookie of a sign-in. The websocket does not: its page is the sign-in until there is a user."""
HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    # What a file brings may look like a picture or a link: nothing is fetched from, or told to, another machine.
    (
        b"content-security-policy",
        b"img-src 'self' data: blob:; media-src 'self' data: blob:; connect-src 'self' ws: wss: data: blob:; "
        b"object-src 'none'; base-uri 'self'; frame-ancestors 'none'",
    ),
]
log = logging.getLogger("kaoping")


class Gate:
    """ASGI middleware. Refuses with 403 who may not come in, with 401 who has not signed in."""

    def __init__(self, app: Callable[[Scope, Receive, Send], Awaitable[None]]):
        self._app = app
        self._settings = Settings.read()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        status = self.status(scope) if scope["type"] in ("http", "websocket") else 0
        if status:
            log.warning("Refused with %s: %s", status, scope["path"], extra={"status": status})
            await _refuse(scope, send, status)
            return
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def answer(message: Mapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                kept = [] if not scope["path"].startswith("/media/") else [(b"cache-control", b"no-store")]
                message = {**message, "headers": [*message.get("headers", []), *HEADERS, *kept]}
            await send(message)

        await self._app(scope, receive, answer)

    def status(self, scope: Scope) -> int:
        """The status to refuse with; 0 lets through."""
        headers: dict[str, list[str]] = {}
        for name, value in scope["headers"]:
            headers.setdefault(name.decode("latin-1").lower(), []).append(value.decode("latin-1"))
        if scope["path"] == "/health":
            return 0
        if scope["path"] == "/metrics" and self._settings.mode != "local":
            shown = headers.get("authorization", [""])[0].encode()
            token = self._settings.metrics_token.encode()
            return 0 if token and hmac.compare_digest(shown, b"Bearer " + token) else 403
        if self._settings.mode == "proxy":
            shown = headers.get(PROXY_SECRET, [])
            is_known = len(shown) == 1 and hmac.compare_digest(shown[0].encode(), self._settings.secret.encode())
            return 0 if is_known and len(headers.get(self._settings.header.lower(), [])) == 1 else 403
        if self._settings.mode == "local":
            host = re.sub(r":\d+$", "", headers.get("host", [""])[0]).strip("[]")
            peer = (scope.get("client") or ("",))[0]
            return 0 if host in LOOPBACK and peer in (*LOOPBACK, "testclient", "") else 403
        if scope["path"].startswith(SIGNED_IN_ONLY):
            jar = SimpleCookie("; ".join(headers.get("cookie", [])))
            cookies = {name: morsel.value for name, morsel in jar.items()}
            return 0 if _get_signed_cookie_with_chunks(cookies, "_streamlit_user") else 401
        return 0


async def _refuse(scope: Scope, send: Send, status: int) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008})
        return
    await send(
        {"type": "http.response.start", "status": status, "headers": [(b"content-type", b"text/plain"), *HEADERS]}
    )
    await send({"type": "http.response.body", "body": b"refused"})
