"""Who may do what, as predicates over a user."""

from __future__ import annotations

from typing import Any

from bookings.models import Appointment


def can_triage(user: Any) -> bool:
    """May answer requests: the front desk and the owner."""
    return bool(user.is_active and user.has_perm("bookings.triage_request"))


def can_book_anyway(user: Any) -> bool:
    """May book a time that is not free, with a reason."""
    return can_triage(user) and bool(user.has_perm("bookings.book_anyway"))


def can_export(user: Any) -> bool:
    return bool(user.is_active and user.has_perm("bookings.export_request"))


def can_erase(user: Any) -> bool:
    return bool(user.is_active and user.has_perm("bookings.erase_request"))


def can_disclose(user: Any) -> bool:
    """May hand a person everything that is kept about them."""
    return bool(user.is_active and user.has_perm("bookings.disclose_request"))


def can_audit(user: Any) -> bool:
    """May see who looked at whose request."""
    return bool(user.is_active and user.has_perm("bookings.view_event"))


def can_see_health(user: Any) -> bool:
    """May see whether worker, mail, disk and backup are well."""
    return bool(user.is_active and user.has_perm("bookings.view_heartbeat"))


def can_read_reports(user: Any) -> bool:
    return bool(user.is_active and user.has_perm("bookings.view_reports"))


def can_read_requests(user: Any) -> bool:
    """May open the list of requests; `queries.visible_to` decides which of them are in it."""
    return can_triage(user) or bool(
        user.is_active and user.has_perm("bookings.view_consultationrequest")
    )


def can_read_messages(user: Any) -> bool:
    return bool(user.is_active and user.has_perm("bookings.view_message"))


def can_word(user: Any) -> bool:
    """May change what messages say: the owner, and the head of the front desk."""
    return bool(user.is_active and user.has_perm("bookings.change_messagetemplate"))


def can_set_hours(user: Any) -> bool:
    names = ("add", "change", "delete")
    return bool(user.is_active and all(user.has_perm(f"bookings.{n}_weeklyhours") for n in names))


def can_set_up(user: Any) -> bool:
    """The owner: sees whether the site runs, and may change what the clinic is called."""
    return can_see_health(user) and bool(user.has_perm("clinic.change_clinicsettings"))


def can_set_calendars(user: Any) -> bool:
    """May say which calendars of other people are read; everybody may for their own."""
    return bool(user.is_active and user.has_perm("bookings.change_resource"))


def can_end_hours(user: Any) -> bool:
    """May close a practitioner's diary for good: sets hours, and finds their patients other times."""
    return can_triage(user) and user.has_perm("bookings.change_weeklyhours")


def can_record_visit(user: Any, appointment: Appointment) -> bool:
    """Arrived, done, did not come: the desk, and the practitioner whose visit it is."""
    if can_triage(user):
        return True
    practitioner = getattr(user, "practitioner", None)
    return bool(
        can_read_requests(user)
        and practitioner
        and practitioner.resource_id == appointment.practitioner_id
    )
