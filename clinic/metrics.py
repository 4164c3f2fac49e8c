"""`/metrics` in the text format of Prometheus: this process's requests, and how the work stands.

Numbers only, about nobody. With METRICS_TOKEN it answers who sends it as a bearer token; without, only who
asks the web server directly on this computer, and not through a proxy. Everybody else gets the 404 of any
other address. Requests are counted for each process: have each web server asked by its own port.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from ipaddress import ip_address

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.module_loading import import_string

from clinic import __version__

PATH = "/metrics"
BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Upper bounds in seconds."""
METHODS = {"GET", "HEAD", "POST"}


class Metrics:
    """Outermost, so that it counts every answer; and asked by a port, it need not know the site's name."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.lock = threading.Lock()
        self.answers: Counter[tuple[str, int]] = Counter()
        self.within: Counter[float] = Counter()
        self.seconds = 0.0

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info == PATH and may_read(request):
            text = "\n".join([*self.counted(), *gauges()]) + "\n"
            response = HttpResponse(text, content_type="text/plain; version=0.0.4; charset=utf-8")
            response["Cache-Control"] = "no-store"
            return response
        began = time.monotonic()
        response = self.get_response(request)
        self.count(request, response, time.monotonic() - began)
        return response

    def count(self, request: HttpRequest, response: HttpResponse, seconds: float) -> None:
        method = request.method if request.method in METHODS else "other"
        with self.lock:
            self.answers[str(method), response.status_code] += 1
            self.within[next((bound for bound in BUCKETS if seconds <= bound), float("inf"))] += 1
            self.seconds += seconds

    def counted(self) -> Iterator[str]:
        with self.lock:
            answers, within, seconds = dict(self.answers), dict(self.within), self.seconds
        yield "# TYPE clinic_info gauge"
        yield f'clinic_info{{version="{__version__}"}} 1'
        yield "# TYPE clinic_requests_total counter"
        for (method, status), count in sorted(answers.items()):
            yield f'clinic_requests_total{{method="{method}",status="{status}"}} {count}'
        yield "# TYPE clinic_request_seconds histogram"
        total = 0
        for bound in BUCKETS:
            total += within.get(bound, 0)
            yield f'clinic_request_seconds_bucket{{le="{bound}"}} {total}'
        total += within.get(float("inf"), 0)
        yield f'clinic_request_seconds_bucket{{le="+Inf"}} {total}'
        yield f"clinic_request_seconds_sum {seconds:.6f}"
        yield f"clinic_request_seconds_count {total}"


def may_read(request: HttpRequest) -> bool:
    if settings.METRICS_TOKEN:
        sent = request.META.get("HTTP_AUTHORIZATION", "").removeprefix("Bearer ")
        return secrets.compare_digest(sent.encode(), settings.METRICS_TOKEN.encode())
    try:
        near = ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False
    return near and "HTTP_X_FORWARDED_FOR" not in request.META


def gauges() -> Iterator[str]:
    """What `settings.GAUGES` find; without the database only that it is away."""
    found: dict[str, float | None] = {}
    try:
        for path in settings.GAUGES:
            found |= import_string(path)(now=timezone.now())
    except DatabaseError:
        found = {"clinic_database_up": 0}
    for name, value in found.items():
        if value is not None:
            yield f"# TYPE {name} gauge"
            yield f"{name} {value:g}"
