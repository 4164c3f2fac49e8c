"""One web process of a site: reads pages and edits them, a JSON line each on stdin and stdout."""

import json
import sys
from datetime import timedelta
from typing import Any

import django
import time_machine

django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.utils import timezone  # noqa: E402

from bookings.worker import jobs  # noqa: E402
from clinic.models import ClinicSettings  # noqa: E402
from education.models import GuidePage  # noqa: E402

settings.KEEP_PAGES = True
if settings.CACHE_SHARED:
    call_command("createcachetable", verbosity=0)
client = Client(headers={"host": "localhost"})


def read(words: str) -> dict[str, Any]:
    with CaptureQueriesContext(connection) as seen:
        text = client.get("/guides/iliopsoas/").content.decode()
    return {"found": words in text, "queries": len(seen)}


def publish(words: str) -> None:
    page = GuidePage.objects.get(slug="iliopsoas")
    page.introduction = words
    page.save_revision().publish()


def rename(words: str) -> None:
    row = ClinicSettings.current()
    row.name = words
    row.save()


def schedule(words: str) -> None:
    """What an editor planned for later comes due, and the worker's round publishes it."""
    page = GuidePage.objects.get(slug="iliopsoas")
    page.introduction = words
    page.go_live_at = timezone.now() + timedelta(hours=1)
    page.save_revision().publish()
    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        jobs.run_due(now=timezone.now())


ACTIONS = {"read": read, "publish": publish, "rename": rename, "schedule": schedule}
sys.stdout.write(json.dumps("ready") + "\n")
sys.stdout.flush()
for line in sys.stdin:
    action, words = json.loads(line)
    sys.stdout.write(json.dumps(ACTIONS[action](words)) + "\n")
    sys.stdout.flush()
