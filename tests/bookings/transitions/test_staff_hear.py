"""Anything in any order: staff hear of all that patients do, once each, and never of their own doing."""

from collections import Counter
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from hypothesis import settings as examples
from hypothesis.stateful import invariant, rule, run_state_machine_as_test
from post_office.models import Email

from bookings import transitions
from bookings.enums import StaffKind
from bookings.messages import staff_mail
from bookings.models import Appointment, Event, Practitioner, StaffNotice
from bookings.roles import make_roles
from tests.bookings.transitions.test_stateful import EXAMPLES, STARTS, Clinic


class StaffHear(Clinic):
    """Ruth does what staff do; Dan is at the desk too; Amara has the first practitioner's visits."""

    def hire(self):
        make_roles()
        self.since = Event.objects.order_by("pk").last().pk
        self.ruth, self.dan, self.amara = (
            get_user_model().objects.create_user(name, email=f"{name}@clinic.example")
            for name in ("ruth", "dan", "amara")
        )
        for user, role in ((self.ruth, "Front desk"), (self.dan, "Front desk")):
            user.groups.add(Group.objects.get(name=role))
        self.amara.groups.add(Group.objects.get(name="Practitioner"))
        Practitioner.objects.filter(resource=self.people[0]).update(user=self.amara)
        self.actor = transitions.staff(self.ruth)
        first = self.requests()[0]
        about = {"actor": self.actor, "version": first.version, "now": self.now}
        transitions.confirm(first, start=STARTS[0], practitioner=self.people[0], **about)

    def teardown(self):
        try:
            self.everybody_reads_everything()
        finally:
            super().teardown()

    def everybody_reads_everything(self):
        """Within a week, whatever has happened."""
        if not hasattr(self, "ruth"):
            return
        self.now += timedelta(days=7)
        for _mail in range(3):
            self.staff_mail()
            self.now += timedelta(minutes=5)
        assert not StaffNotice.objects.filter(told_at=None, due_at__lte=self.now).exists()
        mails = Email.objects.filter(to__contains="@clinic.example")
        # An erasure takes what staff were told of the person with it: everything, perhaps.
        assert mails.exists() or not StaffNotice.objects.exclude(due_at=None).exists()
        self.what_is_told_is_in_one_mail()

    @rule()
    def staff_mail(self):
        if hasattr(self, "ruth"):
            staff_mail.write_due(now=self.now)

    @invariant()
    def every_event_of_a_patient_is_told_once(self):
        if not hasattr(self, "now"):
            return
        if not hasattr(self, "ruth"):
            self.hire()
        events = Event.objects.filter(pk__gt=self.since, request__erased_at=None)
        of_patients = events.filter(actor_kind="patient").exclude(to_status="unverified")
        told = Counter(
            StaffNotice.objects.filter(dedupe_key__startswith="event:").values_list(
                "dedupe_key", flat=True
            )
        )
        for event in of_patients.select_related("request"):
            for user in (self.ruth, self.dan):
                assert told[f"event:{event.pk}:{user.pk}"] == 1, (event.verb, event.to_status)
        by_staff = events.filter(actor_kind="staff").values_list("pk", flat=True)
        assert not any(key.startswith(f"event:{pk}:") for pk in by_staff for key in told)

    @invariant()
    def practitioners_hear_of_every_booking_of_theirs(self):
        if not hasattr(self, "ruth"):
            return
        booked = Appointment.objects.filter(
            practitioner=self.people[0], status="booked", request__erased_at=None, end__gt=self.now
        )
        for visit in booked.filter(request__events__pk__gt=self.since).distinct():
            told = StaffNotice.objects.filter(user=self.amara, appointment=visit, verb="confirm")
            assert told.count() == 1

    @invariant()
    def what_is_told_is_in_one_mail(self):
        if not hasattr(self, "ruth"):
            return
        told = StaffNotice.objects.exclude(told_at=None)
        assert not told.filter(email=None).exists()
        written = Email.objects.filter(to__contains="@clinic.example")
        assert written.count() == told.order_by().values("email").distinct().count() + self.emptied(
            written
        )
        assert not StaffNotice.objects.filter(kind=StaffKind.OWN_VISIT, user=self.ruth).exists()

    def emptied(self, written):
        """Mails of which every notice was erased since."""
        return written.filter(staff_notices=None).count()


@pytest.mark.django_db
def test_staff_hear_of_everything_once(settings, tmp_path):
    settings.VAR, settings.BACKUP_DIR = tmp_path, tmp_path
    run_state_machine_as_test(
        StaffHear, settings=examples(max_examples=EXAMPLES, stateful_step_count=20, deadline=None)
    )
