"""Whole public pages, cached ready to send: a hit asks no database and fills no template.

A page is cached for its address and language, until `content_version` changes, and a minute at the most.
Only what a view marks with `cacheable()` is cached, and of that only what is the same for everybody: no
cookie, no token, no query, nobody logged in.
"""

import gzip
import hashlib
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache

import brotli
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.cache import patch_vary_headers
from django.utils.http import parse_etags
from django.utils.translation import get_language_from_request
from wagtail.models import Site

from clinic import content_version

MOST_PAGES = 500
LARGEST_BYTES = 2 * 1024 * 1024
# Browsers ask each time (and mostly hear "304"); a proxy or CDN may answer for ten seconds by itself.
CACHE_CONTROL = "public, max-age=0, s-maxage=10, stale-while-revalidate=30, stale-if-error=86400"
PERSONAL_COOKIES = {settings.SESSION_COOKIE_NAME, "messages"}
COMPRESSIBLE = ("text/", "application/json", "application/xml", "image/svg+xml")
# In the order of preference.
COMPRESSORS: dict[str, Callable[[bytes], bytes]] = {
    "br": lambda body: brotli.compress(body, quality=6),
    "gzip": lambda body: gzip.compress(body, compresslevel=9, mtime=0),
}

GetResponse = Callable[[HttpRequest], HttpResponse]
Key = tuple[str | None, str, str, str]


def cacheable(response: HttpResponse) -> HttpResponse:
    """Say that this answer is the same for everybody who asks for its address."""
    response.for_everybody = True  # type: ignore[attr-defined]
    return response


@dataclass(frozen=True, slots=True)
class Variant:
    """One encoding of a page, with the headers that go with it."""

    body: bytes
    etag: str
    headers: dict[str, str]


@dataclass(frozen=True, slots=True)
class CachedPage:
    version: object
    made_at: float
    variants: dict[str, Variant]

    def is_fresh(self, version: object) -> bool:
        return self.version == version and content_version.is_fresh(self.made_at)

    def answer(self, request: HttpRequest) -> HttpResponse:
        accepted = accepted_encodings(request.META.get("HTTP_ACCEPT_ENCODING", ""))
        name = next((name for name in accepted if name in self.variants), "identity")
        variant = self.variants[name]
        asked = request.META.get("HTTP_IF_NONE_MATCH")
        if asked and matches(asked, variant.etag):
            response: HttpResponse = HttpResponseNotModified()
            for header in ("Cache-Control", "ETag", "Vary"):
                response[header] = variant.headers[header]
            return response
        return HttpResponse(variant.body, headers=variant.headers)


class PageCache:
    """After what every answer gets (security headers, policy), before anything that asks who it is."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.pages: dict[Key, CachedPage] = {}
        self.version: object = None

    def __call__(self, request: HttpRequest) -> HttpResponse:
        version = content_version.current() if anybody_could_ask(request) else None
        if version is None:
            return self.get_response(request)
        key = (
            request.scheme,
            request.get_host(),
            request.path,
            get_language_from_request(request),
        )
        cached = self.pages.get(key)
        if cached and cached.is_fresh(version):
            return cached.answer(request)
        if version != self.version:
            self.forget(version)
        response = self.get_response(request)
        if may_be_cached(request, response):
            return self.remember(key, response, version).answer(request)
        if cached and cached.version == version and response.status_code >= 500:
            # Nothing has changed since; the database is away, and the page need not be.
            return cached.answer(request)
        return response

    def forget(self, version: object) -> None:
        self.pages.clear()
        # Wagtail keeps the sites' addresses for an hour in each process.
        Site.clear_site_root_paths_cache()
        self.version = version

    def remember(self, key: Key, response: HttpResponse, version: object) -> CachedPage:
        cached = CachedPage(version, time.time(), variants(response))
        while len(self.pages) >= MOST_PAGES:
            self.pages.pop(next(iter(self.pages)), None)
        self.pages[key] = cached
        return cached


def anybody_could_ask(request: HttpRequest) -> bool:
    """Nothing in the request tells one visitor from another."""
    return (
        settings.KEEP_PAGES
        and request.method in ("GET", "HEAD")
        and not request.META.get("QUERY_STRING")
        # A preview wears the address of the published page.
        and not getattr(request, "is_dummy", False)
        and "HTTP_AUTHORIZATION" not in request.META
        and PERSONAL_COOKIES.isdisjoint(request.COOKIES)
    )


def may_be_cached(request: HttpRequest, response: HttpResponse) -> bool:
    return (
        getattr(response, "for_everybody", False)
        and request.method == "GET"
        and response.status_code == 200
        and not response.streaming
        and not response.cookies
        # Whoever set a rule of their own (Wagtail does, for pages that only some may see) keeps it.
        and "Cache-Control" not in response
        # A form's token was asked for, whether or not it stands in the page.
        and "CSRF_COOKIE" not in request.META
        and {"cookie", "*"}.isdisjoint(varies(response))
        and not any(name.startswith("_csp") for name in vars(response))
        and len(response.content) <= LARGEST_BYTES
    )


def varies(response: HttpResponse) -> set[str]:
    return {name.strip().lower() for name in response.get("Vary", "").split(",")}


def variants(response: HttpResponse) -> dict[str, Variant]:
    """The page as it is, and each compression that makes it shorter."""
    patch_vary_headers(response, ["Accept-Encoding"])
    response["Cache-Control"] = CACHE_CONTROL
    plain = response.content
    bodies = {"identity": plain}
    if response["Content-Type"].startswith(COMPRESSIBLE):
        packed = {name: pack(plain) for name, pack in COMPRESSORS.items()}
        bodies |= {name: body for name, body in packed.items() if len(body) < len(plain)}
    digest = hashlib.sha256(plain).hexdigest()[:32]
    return {name: variant(name, body, digest, response) for name, body in bodies.items()}


def variant(name: str, body: bytes, digest: str, response: HttpResponse) -> Variant:
    # A strong tag names these very bytes (RFC 9110, 8.8.1): another one for each encoding.
    etag = f'"{digest}"' if name == "identity" else f'"{digest}-{name}"'
    headers = dict(response.items()) | {"ETag": etag, "Content-Length": str(len(body))}
    if name != "identity":
        headers["Content-Encoding"] = name
    return Variant(body, etag, headers)


@lru_cache(maxsize=256)
def accepted_encodings(header: str) -> tuple[str, ...]:
    """Of ours, those that `Accept-Encoding` names and does not refuse with a weight of nothing."""
    named = {}
    for part in header.lower().split(","):
        name, _, weight = part.partition(";")
        named[name.strip()] = weight.replace(" ", "")
    return tuple(name for name in COMPRESSORS if name in named and not refused(named[name]))


def refused(weight: str) -> bool:
    return weight.startswith("q=0") and not weight.strip("q=0.")


def matches(header: str, etag: str) -> bool:
    """`If-None-Match` compares weakly (RFC 9110, 13.1.2): a proxy may have weakened the tag."""
    asked: Iterable[str] = parse_etags(header)
    return any(tag == "*" or tag.removeprefix("W/") == etag for tag in asked)
