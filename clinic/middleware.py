import logging
import re
import secrets
import time
from collections.abc import Callable
from typing import Any

from csp.constants import HEADER, SELF, UNSAFE_INLINE
from csp.middleware import CSPMiddleware
from csp.utils import build_policy
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import translation
from wagtail.models import Page, Site

from clinic.logs import REQUEST_ID
from clinic.models import ClinicSettings
from clinic.views import bad_request

GetResponse = Callable[[HttpRequest], HttpResponse]
logger = logging.getLogger("clinic.requests")


class RequestLog:
    """One line a request: which address pattern, never the address, which may hold a secret."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        id_ = secrets.token_hex(8)
        token, began = REQUEST_ID.set(id_), time.monotonic()
        try:
            response = self.get_response(request)
            found = request.resolver_match
            values = {
                "method": request.method,
                "route": f"/{found.route}" if found else "",
                "status": response.status_code,
                "ms": round((time.monotonic() - began) * 1000),
            }
            logger.info("request", extra=values)
        finally:
            REQUEST_ID.reset(token)
        if response.status_code >= 400:  # pages that went well may be kept by a proxy, ids and all
            response["X-Request-ID"] = id_
        return response


class BrowserPolicies:
    """What Django has no setting for. Nothing here needs a camera, a place or another site's page."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.setdefault("Permissions-Policy", settings.PERMISSIONS_POLICY)
        response.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return response


# Eighteen digits fit into the database whatever they are; 255 characters into a file's name.
# Only a number by itself: of six hundred links to a new password one has so many digits in its token.
UNREADABLE = re.compile(r"\x00|(?<![\w-])\d{19,}(?!\w)|[^/]{256,}")
GUESSES = re.compile(r"(/[a-z]{2}(-[a-z]+)?)?/request/")
"""Its views answer every guess with one and the same page, whatever it is made of."""


class Readable:
    """An address that no link of ours has, and no database takes: NUL, or a number beyond 64 bits.

    Refused before any view: which views would fail on it differs between the databases.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        path, query = request.path_info, request.META.get("QUERY_STRING", "")
        odd = UNREADABLE.search(path) or "%00" in query or _chooses_nonsense(request)
        if odd and not GUESSES.match(path):
            return bad_request(request)
        return self.get_response(request)


def _chooses_nonsense(request: HttpRequest) -> bool:
    """Whether Wagtail's choosers are asked for what they fail on: an id that is no number, or the root."""
    if not request.path_info.endswith("/chosen-multiple/"):
        return False
    ids = request.GET.getlist("id")
    if not all(re.fullmatch(r"[0-9]{1,18}", id_) for id_ in ids):
        return True
    return "choose-page" in request.path_info and Page.objects.filter(depth=1, pk__in=ids).exists()


class Language:
    """The address alone says the language: no cookie, and nothing guessed from the browser."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        found = translation.get_language_from_path(request.path_info)
        with translation.override(found or settings.LANGUAGE_CODE):
            request.LANGUAGE_CODE = translation.get_language()  # type: ignore[attr-defined]
            response = self.get_response(request)
            response.setdefault("Content-Language", request.LANGUAGE_CODE)  # type: ignore[attr-defined]
        return response


class FriendlyNotAllowed:
    """Django answers a wrong method with an empty page; people get one in the site's look."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if isinstance(response, HttpResponseNotAllowed) and not response.content:
            page = render(request, "405.html", status=405)
            page["Allow"] = response["Allow"]
            return page
        return response


POLICY: Any = settings.CONTENT_SECURITY_POLICY


class ContentPolicy(CSPMiddleware):
    """The site's policy as it was put together at the start; django-csp does so for each answer.

    It still does for a view that changes the policy, or asks for a nonce.
    """

    usual = build_policy()

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        changed = any(name.startswith("_csp") for name in vars(response))
        if changed or hasattr(request, "_csp_nonce") or settings.DEBUG:
            return super().process_response(request, response)
        response.setdefault(HEADER, self.usual)
        return response


ADMIN_POLICY = {
    # Date pickers and choosers call their own initialisers from inline script.
    "script-src": [SELF, UNSAFE_INLINE],
    # The rich-text editor and the focal-point chooser set style attributes.
    "style-src": [SELF, UNSAFE_INLINE],
    # Uploads may lie in a bucket: see the settings.
    "img-src": [*POLICY["DIRECTIVES"]["img-src"], "data:", "blob:"],
    "frame-src": [SELF],
    "frame-ancestors": [SELF],
}

ADMIN = "/admin/"  # as in urls.py
WAY_IN = ("/admin/login/", "/admin/password_reset/")


class Gone:
    """A page that staff have taken down is 410: search engines forget it sooner than one not found.

    Outside of Wagtail's redirects, so that one to another page wins. A page that was never public is
    not found, like any other address.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == 404 and was_taken_down(request):
            return render(request, "410.html", status=410)
        return response


def was_taken_down(request: HttpRequest) -> bool:
    found, site = request.resolver_match, Site.find_for_request(request)
    if found is None or site is None or found.url_name != "wagtail_serve":
        return False
    path = f"{site.root_page.url_path}{found.args[0]}"
    taken_down = Page.objects.filter(live=False, first_published_at__isnull=False)
    return bool(taken_down.filter(url_path=path).exists())


class KnownSite:
    """Tells Wagtail which site a page belongs to: the clinic's settings were read with it."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: object) -> None:
        found = request.resolver_match
        if found and found.url_name == "wagtail_serve":
            request._wagtail_site = ClinicSettings.site_of(request)  # type: ignore[attr-defined]


class AdminPolicy:
    """What Wagtail's admin needs beyond the site's policy: below /admin/ only, for who is logged in.

    The pages of the way in are ours and stay strict for everybody.

    The preview of a page stands in a frame of the admin, from the same address.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        path = request.path_info
        below_admin = path.startswith(ADMIN) and not path.startswith(WAY_IN)
        if below_admin and request.user.is_authenticated:
            if HEADER in response:
                # The preview: Wagtail had the page served as the public gets it, policy included. It
                # stays as strict, but for the frame around it.
                del response[HEADER], response["X-Frame-Options"]
                response._csp_replace = {"frame-ancestors": [SELF]}  # type: ignore[attr-defined]
            elif not hasattr(response, "_csp_replace"):
                response._csp_replace = ADMIN_POLICY  # type: ignore[attr-defined]
            response.setdefault("X-Frame-Options", "SAMEORIGIN")
        return response
