"""HTTP requests to addresses that somebody typed: the server cannot be turned against its own network.

    answer = request("GET", "https://calendar.example.org/mine.ics")

`clinic.typed_address` says which addresses are asked. Beside that: the name is looked up once, and the
connection goes to exactly what was found and checked, while the certificate has to be the name's; redirects
are followed by hand, and each is checked like the first address; body (also unpacked), headers and whole
time are limited. Neither errors nor logs repeat an address. Proxies of the environment are not used.

An operator's own addresses (mail server, sender of texts) come from the settings, and need none of this.
"""

from __future__ import annotations

import socket
import ssl
import threading
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from queue import Empty, SimpleQueue
from time import monotonic
from typing import Any
from urllib.parse import urljoin

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from clinic import __version__, typed_address
from clinic.typed_address import RefusedAddress, Resolve, TypedAddress

__all__ = ["LIMITS", "Answer", "Limits", "RefusedAddress", "Unreachable", "request"]

REDIRECTS = frozenset({301, 302, 303, 307, 308})
PACKED = frozenset({"gzip", "x-gzip", "deflate"})
CHUNK = 16 * 1024
TRIED = 4
"""IP addresses of one name."""
FOR_EVERYBODY = frozenset({"accept", "if-none-match", "if-modified-since"})
"""Headers that another host may see after a redirect; all others may be secret."""


class Unreachable(Exception):
    """No usable answer came. The message may be shown to people; it repeats no part of the address."""

    def __init__(self, message: str | Promise) -> None:
        self.message = message
        super().__init__(str(message))


@dataclass(frozen=True)
class Limits:
    seconds: float = 20
    """For everything: looking up, connecting, redirects, the body."""
    connect_seconds: float = 5
    """For connecting to one IP address."""
    body_bytes: int = 5 * 1024 * 1024
    """Unpacked."""
    header_bytes: int = 32 * 1024
    redirects: int = 3


LIMITS = Limits()


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str] = field(repr=False)
    """Names in small letters."""
    body: bytes = field(repr=False)


def request(
    method: str,
    url: str,
    *,
    body: bytes = b"",
    headers: Mapping[str, str] | None = None,
    limits: Limits = LIMITS,
    resolve: Resolve = typed_address.resolve,
) -> Answer:
    """The answer, of whatever status. Raises `RefusedAddress` or `Unreachable`.

    GET and HEAD follow redirects; of any other method the redirect itself is the answer, because what was
    sent is meant for this address.
    """
    ends = monotonic() + limits.seconds
    address = typed_address.parse(url)
    sent = {name.lower(): value for name, value in (headers or {}).items()}
    for _hop in range(limits.redirects + 1):
        places = typed_address.checked(address, _look_up(address, resolve, ends))
        answer = _ask(_Question(method, address, body, sent), places, limits, ends)
        location = answer.headers.get("location")
        if method not in ("GET", "HEAD") or answer.status not in REDIRECTS or not location:
            return answer
        before, address = address, _next(address, location)
        if address.origin != before.origin:
            sent = {name: value for name, value in sent.items() if name in FOR_EVERYBODY}
    raise Unreachable(_("The address leads from one address to the next without end."))


@dataclass(frozen=True)
class _Question:
    method: str
    address: TypedAddress
    body: bytes
    headers: Mapping[str, str]


def _next(address: TypedAddress, location: str) -> TypedAddress:
    host = f"[{address.host}]" if ":" in address.host else address.host
    try:
        url = urljoin(f"{address.scheme}://{host}:{address.port}{address.target}", location)
    except ValueError:
        raise Unreachable(_("The server's answer cannot be read.")) from None
    return typed_address.parse(url)


def _look_up(address: TypedAddress, resolve: Resolve, ends: float) -> list[str]:
    """In a thread, because nothing else ends a lookup that takes too long."""
    found: SimpleQueue[list[str] | None] = SimpleQueue()

    def look_up() -> None:
        try:
            found.put(resolve(address.host, address.port))
        except (OSError, UnicodeError):
            found.put(None)

    threading.Thread(target=look_up, daemon=True).start()
    try:
        places = found.get(timeout=_left(ends))
    except Empty:
        raise _slow() from None
    if places is None:
        raise Unreachable(_("There is no server of this name. Is the address complete?"))
    return places


def _ask(question: _Question, places: list[str], limits: Limits, ends: float) -> Answer:
    sock = _connect(question.address, places, limits, ends)
    line = _line(question.address, sock)
    try:
        with _cut_off(sock, ends):
            return _exchange(line, question, limits)
    except (OSError, HTTPException, ValueError, zlib.error):
        if monotonic() >= ends:
            raise _slow() from None
        raise Unreachable(_("The server's answer cannot be read.")) from None
    finally:
        line.close()


def _connect(
    address: TypedAddress, places: list[str], limits: Limits, ends: float
) -> socket.socket:
    """A connection to the first of `places` that answers; over TLS, with the certificate of the name."""
    for place in places[:TRIED]:
        wait = min(limits.connect_seconds, _left(ends))
        try:
            sock = socket.create_connection((place, address.port), timeout=wait)
        except OSError:
            continue
        try:
            return _with_tls(sock, address)
        except (OSError, ValueError) as error:
            sock.close()
            if isinstance(error, ssl.SSLCertVerificationError):
                raise Unreachable(_("The server's certificate is not valid.")) from None
    raise Unreachable(_("The server does not answer."))


def _with_tls(sock: socket.socket, address: TypedAddress) -> socket.socket:
    if address.scheme == "http":
        return sock
    return ssl.create_default_context().wrap_socket(sock, server_hostname=address.host)


def _line(address: TypedAddress, sock: socket.socket) -> HTTPConnection:
    kind = HTTPSConnection if address.scheme == "https" else HTTPConnection
    line = kind(address.host, address.port)
    line.sock = sock  # it would connect by itself only without one
    line.auto_open = 0
    return line


@contextmanager
def _cut_off(sock: socket.socket, ends: float) -> Iterator[None]:
    """Ends the connection when the time is over, however slowly the other side goes on talking.

    Raises `Unreachable` then, also where what came by that time looks complete.
    """
    sock.settimeout(_left(ends))
    timer = threading.Timer(_left(ends), _shut, [sock])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
    if monotonic() >= ends:
        raise _slow()


def _shut(sock: socket.socket) -> None:
    with suppress(OSError):  # it may be over already
        # Past TLS, which would take its own object away from under the reading thread.
        socket.socket.shutdown(sock, socket.SHUT_RDWR)


def _exchange(line: HTTPConnection, question: _Question, limits: Limits) -> Answer:
    headers = {
        "user-agent": f"clinic/{__version__}",
        "accept-encoding": "gzip",
        "connection": "close",
        **question.headers,
    }
    line.request(question.method, question.address.target, question.body or None, headers)
    with line.getresponse() as response:
        found = _headers(response)
        if sum(len(name) + len(value) for name, value in found.items()) > limits.header_bytes:
            raise _large()
        return Answer(response.status, found, _body(response, found, limits.body_bytes))


def _headers(response: HTTPResponse) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in response.getheaders():
        name = name.lower()
        found[name] = f"{found[name]}, {value}" if name in found else value
    return found


def _body(response: HTTPResponse, headers: Mapping[str, str], most: int) -> bytes:
    if int(headers.get("content-length", "0")) > most and response.length:
        raise _large()
    unpack = _unpacking(headers.get("content-encoding", "").strip().lower())
    body = bytearray()
    while chunk := response.read(CHUNK):
        # One byte more than there may be is enough to know.
        body += unpack(chunk, most + 1 - len(body))
        if len(body) > most:
            raise _large()
    if response.length:
        raise HTTPException  # it ended before its announced end
    unpack(b"", 0)
    return bytes(body)


def _unpacking(encoding: str) -> Callable[[bytes, int], bytes]:
    """A function of packed bytes and how many to unpack at most; with none it says that this was the end.

    Raises ValueError for a packing that we did not ask for, or that has no end or more than one.
    """
    if encoding in ("", "identity"):
        return lambda chunk, _most: chunk
    if encoding not in PACKED:
        raise ValueError
    packed: Any = zlib.decompressobj(wbits=zlib.MAX_WBITS | 32)

    def unpack(chunk: bytes, most: int) -> bytes:
        if not chunk:
            if not packed.eof:
                raise ValueError
            return b""
        part: bytes = packed.decompress(chunk, most)
        if packed.unused_data:
            raise ValueError
        return part

    return unpack


def _left(ends: float) -> float:
    if (left := ends - monotonic()) <= 0:
        raise _slow()
    return left


def _slow() -> Unreachable:
    return Unreachable(_("The server is too slow."))


def _large() -> Unreachable:
    return Unreachable(_("The server's answer is too large."))
