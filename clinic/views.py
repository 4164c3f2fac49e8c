"""Pages that belong to no app: health, and errors in the site's look."""

import sys

from django.db import DatabaseError, InterfaceError, OperationalError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from clinic import error_page_context, throttle
from clinic.models import ClinicSettings
from clinic.palettes import coloured


@require_safe
def livez(request: HttpRequest) -> HttpResponse:
    """The process answers. Without the database, whose restart must not look like our death."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """The database answers and every migration is applied; else 503."""
    try:
        executor = MigrationExecutor(connection)
        pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return HttpResponse("no database\n", status=503, content_type="text/plain")
    if pending:
        return HttpResponse("migrations pending\n", status=503, content_type="text/plain")
    return HttpResponse("ready\n", content_type="text/plain")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form waited too long or cookies are off: say what to do, keep the status honest."""
    return render(request, "403_csrf.html", {"form_url": _form_url(request)}, status=403)


def _form_url(request: HttpRequest) -> str:
    """The page of ours that the form was on; else the address that it was sent to."""
    page = request.headers.get("Referer", "")
    ours = url_has_allowed_host_and_scheme(
        page, {request.get_host()}, require_https=request.is_secure()
    )
    return page if ours else ""


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Too large, or made of what no form of ours sends. Django's own page would know no clinic."""
    return render(request, "400.html", status=400)


def too_many(request: HttpRequest, limit: str) -> HttpResponse:
    """Somebody tried too often (`settings.LIMITS`): a page that says so, with the phone number."""
    page = render(request, "429.html", status=429)
    page["Retry-After"] = str(throttle.wait_seconds(limit))
    page["Cache-Control"] = "no-store"
    return page


def server_error(request: HttpRequest) -> HttpResponse:
    """Something broke, perhaps the database: a page that asks nothing of either.

    A database that is away, locked or full is 503, with when to come back: it is no fault of the code.
    """
    away = isinstance(sys.exc_info()[1], (OperationalError, InterfaceError))
    known = error_page_context.context() | {"away": away}
    response = HttpResponse(render_to_string("500.html", known), status=503 if away else 500)
    if away:
        response["Retry-After"] = "60"
    return response


@require_safe
@cache_control(max_age=3600)
def robots(request: HttpRequest) -> HttpResponse:
    """Crawlers may read the guides; pages about one person's request are none of their business."""
    lines = [
        "User-agent: *",
        "Disallow: /admin/",
        "Disallow: /request/",
        "",
        f"Sitemap: {request.build_absolute_uri('/sitemap.xml')}",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain")


def icon(size: int, palette: str) -> dict[str, str]:
    """A picture of the clinic's mark, in its colours."""
    source = static(coloured(f"clinic/icon-{size}.png", palette))
    return {"src": source, "sizes": f"{size}x{size}", "type": "image/png"}


def maskable(palette: str) -> dict[str, str]:
    """The same mark with room around it, for phones that cut icons to a shape of their own."""
    source = static(coloured("clinic/icon-maskable.svg", palette))
    return {"src": source, "sizes": "any", "type": "image/svg+xml", "purpose": "maskable"}


@require_safe
@cache_control(max_age=3600)
def manifest(request: HttpRequest) -> HttpResponse:
    """The web app manifest: what a phone shows when the site is put on its home screen."""
    clinic = ClinicSettings.current(request)
    return JsonResponse(
        {
            "id": "/",
            "name": clinic.name,
            "short_name": clinic.name,
            "description": clinic.tagline,
            "start_url": "/",
            "display": "browser",
            "background_color": "#fbf6ee",
            "theme_color": clinic.colours.brand,
            "icons": [
                *(icon(size, clinic.palette) for size in (192, 512)),
                maskable(clinic.palette),
            ],
        },
        content_type="application/manifest+json",
    )


@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """What the browser shows without a connection. Asks no database: every visitor fetches it once."""
    return HttpResponse(render_to_string("offline.html", error_page_context.context()))


@require_safe
@cache_control(max_age=3600)
def service_worker(request: HttpRequest) -> HttpResponse:
    """The script that keeps the offline page. Served from the root, because that is its scope."""
    script = render_to_string("clinic/sw.js", error_page_context.context())
    return HttpResponse(script, content_type="text/javascript")
