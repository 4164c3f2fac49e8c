"""Logs say what happened and where, by ids and patterns; whose it was stands in no line."""

import io
import json
import logging
import re
import subprocess
import sys

import pytest
from django.conf import settings
from django.db import IntegrityError
from django.test import RequestFactory

from clinic import __version__, logs, middleware, reporting

CANARY = "canary-maria@example.org"


@pytest.fixture
def lines():
    """What the site would have written as JSON."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.Json())
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.removeHandler(handler)
    root.setLevel(level)


def test_ours_are_written_as_they_are(lines):
    logging.getLogger("bookings.messages.send").warning("mail %s kept", 7)
    (line,) = lines()
    assert line["what"] == "mail 7 kept" and line["level"] == "warning"
    assert line["from"] == "bookings.messages.send" and line["at"].endswith("+00:00")


def test_json_lines_name_the_version(lines):
    logging.getLogger("clinic").warning("slow")
    assert lines()[0]["version"] == __version__


def test_the_changelog_has_the_version():
    changes = (settings.BASE_DIR / "CHANGELOG.md").read_text()
    newest = re.search(r"^## (\d\S*) ", changes, re.MULTILINE)
    assert newest and newest[1] == __version__


@pytest.mark.thorough
def test_the_web_server_says_which_version_starts():
    code = "import clinic.wsgi"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert f"web server started, version {__version__}" in done.stderr


def test_of_others_the_values_are_left_out(lines):
    logging.getLogger("django.request").warning("%s: %s", "Not Found", f"/request/open/{CANARY}/")
    assert lines()[0]["what"] == "%s: %s"
    assert CANARY not in str(lines())


def test_an_error_is_its_kind_and_its_places(lines):
    def insert():
        secret = CANARY
        raise IntegrityError(f"Key (email)=({secret}) already exists.")

    try:
        insert()
    except IntegrityError:
        logging.getLogger("bookings").exception("could not save")
    (line,) = lines()
    assert line["error"] == "IntegrityError" and line["where"][-1].endswith(" insert")
    assert CANARY not in json.dumps(line)


def test_the_readable_format_says_the_same(lines):
    try:
        raise ValueError(CANARY)
    except ValueError:
        record = logging.getLogger("clinic").makeRecord(
            "clinic", logging.ERROR, "f.py", 1, "broken", (), sys.exc_info()
        )
    text = logs.Line().format(record)
    assert "ERROR clinic broken error=ValueError" in text and "test_logs.py" in text
    assert CANARY not in text


@pytest.mark.django_db
def test_a_request_is_one_line_with_its_pattern(client, lines, caplog):
    caplog.set_level(logging.INFO, logger="clinic.requests")
    response = client.get(f"/request/open/{CANARY}/?q={CANARY}")
    line = next(line for line in lines() if line["from"] == "clinic.requests")
    assert line["route"] == "/request/open/<str:token>/" and line["status"] == 404
    assert line["method"] == "GET" and line["ms"] >= 0
    assert line["request"] == response["X-Request-ID"]
    assert CANARY not in str(lines())


def test_lines_of_one_request_share_its_number(lines):
    def view(request):
        logging.getLogger("bookings").warning("in it")
        from django.http import HttpResponse

        return HttpResponse(status=500)

    response = middleware.RequestLog(view)(RequestFactory().get("/"))
    assert lines()[0]["request"] == response["X-Request-ID"]
    assert not logs.REQUEST_ID.get()


@pytest.mark.django_db
def test_an_errors_log_holds_no_request_data(client, lines, monkeypatch):
    from education import views

    def broken(_query):
        raise ValueError(CANARY)

    monkeypatch.setattr(views, "find", broken)
    client.raise_request_exception = False
    assert client.get("/search/", {"q": CANARY}).status_code == 500
    line = next(line for line in lines() if line.get("error") == "ValueError")
    assert line["status"] == 500 and CANARY not in str(lines())


def test_nobody_gets_mail_with_a_whole_request():
    django = logging.getLogger("django")
    assert not any(type(handler).__name__ == "AdminEmailHandler" for handler in django.handlers)


@pytest.mark.thorough
def test_no_reporting_is_loaded_unless_asked_for():
    code = (
        "import clinic.wsgi, sys; "
        "print([m for m in sys.modules if m.split('.')[0] in ('sentry_sdk', 'opentelemetry')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stderr


def test_what_is_reported_is_bare():
    event = {
        "event_id": "1",
        "level": "error",
        "request": {"url": CANARY, "data": CANARY, "cookies": CANARY},
        "user": {"email": CANARY},
        "logentry": {"message": CANARY},
        "breadcrumbs": [CANARY],
        "something_new": CANARY,
        "exception": {
            "values": [
                {
                    "type": "IntegrityError",
                    "value": CANARY,
                    "stacktrace": {
                        "frames": [
                            {"function": "insert", "lineno": 7, "vars": {"x": CANARY}},
                        ]
                    },
                }
            ]
        },
    }
    sent = reporting.bare(event, {})
    assert CANARY not in str(sent)
    (error,) = sent["exception"]["values"]
    assert error["type"] == "IntegrityError"
    assert error["stacktrace"]["frames"] == [{"function": "insert", "lineno": 7}]
