"""Whole public pages, kept ready to send: a hit asks no database and fills no template.

A page is kept for its address and language, until the mark of `generation.py` changes, and a minute at
the most. That minute bounds everything the mark cannot know: a process that died between its commit
and the mark, rows changed by hand, a date that has come. Kept is only what a view names with `keep()`,
and of that only what is the same for everybody: no cookie, no token, no query, nobody logged in.
"""

import gzip
import hashlib
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import brotli
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.cache import patch_vary_headers
from django.utils.http import parse_etags
from django.utils.translation import get_language_from_request
from wagtail.models import Page, Site
from wagtail.views import serve

from clinic import generation, known

LIFE_SECONDS = 60
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


def keep(response: HttpResponse) -> HttpResponse:
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
class Kept:
    generation: object
    made_at: float
    variants: dict[str, Variant]

    def fresh(self, mark: object) -> bool:
        return self.generation == mark and 0 <= time.time() - self.made_at < LIFE_SECONDS

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


class KeptPages:
    """After what every answer gets (security headers, policy), before anything that asks who it is."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.pages: dict[Key, Kept] = {}
        self.mark: object = None

    def __call__(self, request: HttpRequest) -> HttpResponse:
        mark = generation.current() if anybody_could_ask(request) else None
        if mark is None:
            return self.get_response(request)
        key = (
            request.scheme,
            request.get_host(),
            request.path,
            get_language_from_request(request),
        )
        kept = self.pages.get(key)
        if kept and kept.fresh(mark):
            return kept.answer(request)
        if mark != self.mark:
            self.forget(mark)
        response = self.get_response(request)
        if may_be_kept(request, response):
            made = self.remember(key, response, mark)
            return made.answer(request)
        if kept and kept.generation == mark and response.status_code >= 500:
            # Nothing has changed since; the database is away, and the page need not be.
            return kept.answer(request)
        return response

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: dict[str, Any]
    ) -> None:
        """The way from an address to its page, remembered: half of what Wagtail does for a page.

        For answers that cannot be kept whole. Who may see the page is still asked each time.
        """
        if view is not serve or not settings.KEEP_PAGES or getattr(request, "is_dummy", False):
            return
        path = (args or tuple(kwargs.values()))[0]  # without its language
        name = f"way {request.get_host()} {request.path}"
        with suppress(Http404):
            site, way = known.unless_changed(name, lambda: find_way(request, path))
            request._wagtail_site = site  # type: ignore[attr-defined]
            request._wagtail_route_for_request = way  # type: ignore[attr-defined]

    def forget(self, mark: object) -> None:
        self.pages.clear()
        # Wagtail keeps the sites' addresses for an hour in each process.
        Site.clear_site_root_paths_cache()
        self.mark = mark

    def remember(self, key: Key, response: HttpResponse, mark: object) -> Kept:
        kept = Kept(mark, time.time(), variants(response))
        while len(self.pages) >= MOST_PAGES:
            self.pages.pop(next(iter(self.pages)), None)
        self.pages[key] = kept
        return kept


def find_way(request: HttpRequest, path: str) -> tuple[Site, Any]:
    """The site, and Wagtail's route to the page. Raises `Http404`, so that nothing is remembered."""
    way = Page.route_for_request(request, path)
    if way is None:
        raise Http404
    return Site.find_for_request(request), way


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


def may_be_kept(request: HttpRequest, response: HttpResponse) -> bool:
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
