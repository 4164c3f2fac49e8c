"""What patients do always reaches the clinic, however often the worker is killed."""

from __future__ import annotations

import signal
import time

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.utils import timezone
from post_office.models import Email

from bookings.models import PeriodicJob, StaffNotice
from bookings.roles import make_roles
from tests.factories import make_clinic, make_request
from tests.faults.mail import PATIENCE, Server, end_leases, wait_until_all_sent, worker

pytestmark = pytest.mark.django_db(transaction=True)
KILLS, DESK, REQUESTS = 20, 60, 5


def desk_of(count):
    make_roles()
    group = Group.objects.get(name="Front desk")
    for number in range(count):
        user = get_user_model().objects.create_user(
            f"desk{number}", email=f"desk{number}@clinic.example"
        )
        user.groups.add(group)


def told() -> int:
    return StaffNotice.objects.exclude(told_at=None).count()


def end_job() -> None:
    """Ten minutes pass: the job of a killed worker is anybody's again."""
    PeriodicJob.objects.filter(name="tell-staff").update(due_at=timezone.now())
    end_leases()


def test_staff_mail_survives_twenty_kills(figure):
    desk_of(DESK)
    service, location, _people = make_clinic()
    for number in range(REQUESTS):
        make_request(service, location, now=timezone.now(), email=f"p{number}@example.org")
    total = DESK * REQUESTS
    assert StaffNotice.objects.count() == total
    Email.objects.all().delete()  # those to patients: other tests send them
    StaffNotice.objects.update(due_at=timezone.now())
    with Server() as server:
        for number in range(KILLS):
            before = told()
            process = worker(server)
            until = time.monotonic() + PATIENCE
            while told() == before and before < total and time.monotonic() < until:
                time.sleep(0.005)
            time.sleep(0.01 * (number % 5))  # somewhere else each time
            process.kill()
            assert process.wait(PATIENCE) == -signal.SIGKILL
            end_job()
        process = worker(server)
        until = time.monotonic() + PATIENCE
        while told() < total:
            assert time.monotonic() < until, f"{total - told()} notices are not told"
            end_job()
            time.sleep(0.3)
        wait_until_all_sent()
        process.terminate()
        assert process.wait(PATIENCE) == 0
    mails = Email.objects.filter(to__contains="@clinic.example")
    assert mails.count() == DESK and set(server.given) == set(
        mails.values_list("message_id", flat=True)
    )
    assert not StaffNotice.objects.filter(email=None).exists()
    figure(
        f"The worker is killed (kill -9) {KILLS} times while it tells {DESK} people at the desk "
        f"of {REQUESTS} requests",
        f"{total} of {total} notices told, in one mail for each person; {server.twice} mails came "
        "twice, under the same Message-ID",
    )
