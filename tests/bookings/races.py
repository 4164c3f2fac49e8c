"""Real processes against one database: how tests start a race, and what must hold after it."""

from __future__ import annotations

import atexit
import json
import os
import subprocess
import sys
from datetime import UTC, datetime, time, timedelta
from functools import cache
from pathlib import Path

from django.db import connection
from django.utils import timezone

from bookings.models import Appointment, ConsultationRequest
from bookings.public import shown
from bookings.public.booking import drafts
from bookings.public.booking.draft_request import chosen_offering, summary
from bookings.schedule import claims
from tests.factories import make_clinic

CONTENDER = Path(__file__).with_name("contender.py")
ROOT = Path(__file__).parents[2]


def database_url() -> str:
    settings = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{settings['NAME']}"
    host = settings.get("HOST") or settings.get("OPTIONS", {}).get("host", "")
    return f"postgresql://{settings['USER']}@/{settings['NAME']}?host={host}"


@cache
def contenders(url: str) -> subprocess.Popen[str]:
    """Where races are held, on this database; ends with the process of the tests."""
    env = os.environ | {
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "DATABASE_POOL_SIZE": "1",
        "PYTHONPATH": str(ROOT),
    }
    pipe = subprocess.PIPE
    started = subprocess.Popen(
        [sys.executable, str(CONTENDER)], env=env, cwd=ROOT, stdin=pipe, stdout=pipe, text=True
    )
    atexit.register(started.communicate)
    return started


def race(*rounds: list[dict[str, object]], stale: bool = False) -> list[list[str]]:
    """Each round's jobs at once, a process each; what each job came to, round by round."""
    connection.close()
    started = contenders(database_url())
    print(json.dumps({"rounds": rounds, "stale": stale}), file=started.stdin, flush=True)
    found: list[list[str]] | None = json.loads(started.stdout.readline())
    assert found is not None, "see what the race wrote"
    return found


def noon_ahead() -> datetime:
    """Noon UTC on a working day that every notice and horizon of these tests allows."""
    day = timezone.now() + timedelta(days=2)
    while day.weekday() > 4:
        day += timedelta(days=1)
    return day.replace(hour=12, minute=0, second=0, microsecond=0, tzinfo=UTC)


def submit_jobs(service, location, starts):
    return [
        {
            "verb": "submit",
            "service": service.pk,
            "location": location.pk,
            "start": start.isoformat(),
            "email": f"p{n}@example.org",
            "key": f"key-{n}",
        }
        for n, start in enumerate(starts)
    ]


def filled_in(service, start, n):
    """A visitor who has answered everything and is about to press "Send my request"."""
    draft, secret = drafts.start()
    draft.expires_at = timezone.now() + timedelta(hours=1)
    draft.answers = {
        "source": {"source_path": "", "source_revision": None, "source_exercise": ""},
        "safety": {"flags": ["none"], "cleared": False},
        "reason": {"reason": "tight", "side": "left", "goal": "sit", "note": ""},
        "time": {"first": start.strftime("%Y-%m-%dT%H:%MZ"), "practitioner": None},
        "other-times": {"second": "", "third": "", "parts": []},
        "contact": {
            "name": "Maria Example",
            "contact_by": "email",
            "email": f"p{n}-{start:%d%H%M}@example.org",
            "phone": "",
            "on_behalf_of": "",
            "consent": True,
        },
    }
    draft.save()
    rows = summary(draft, chosen_offering(draft))
    codes = " ".join(shown.rows(rows))
    return {"verb": "post", "key": draft.key, "secret": secret, "shown": codes}


def no_overlap() -> bool:
    """Looks at the appointments themselves, not at the cells."""
    held = Appointment.objects.holding(timezone.now())
    rows = list(held.values_list("practitioner", "room", "busy_start", "busy_end"))
    spans = sorted((who, a, b) for p, r, a, b in rows for who in (p, r) if who)
    return all(
        one[0] != two[0] or one[2] <= two[1] for one, two in zip(spans, spans[1:], strict=False)
    )


def consistent() -> bool:
    return list(claims.inconsistencies(timezone.now())) == []


def forty_at_once(rounds: int, *, stale: bool = False) -> None:
    """One winner a round, everybody else a clear answer, never a 5xx."""
    service, _location, _people = make_clinic(hours=(time(0), time(23)), horizon_days=60)
    starts = [noon_ahead() + timedelta(days=n) for n in range(2 * rounds + 2)]
    starts = [start for start in starts if start.weekday() < 5][:rounds]
    found = race(*[[filled_in(service, s, n) for n in range(40)] for s in starts], stale=stale)
    for answers in found:
        assert sorted(answers) == ["302 /sent/"] + ["302 /time/"] * 39
    assert Appointment.objects.count() == ConsultationRequest.objects.count() == rounds
    assert no_overlap() and consistent()
