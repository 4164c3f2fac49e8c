"""What can go wrong in a booking. Each error has a sentence that its user may be shown."""

from collections.abc import Callable, Sequence
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class BookingError(Exception):
    """A rule refused the change. Nothing was written."""

    message: str | Promise = _("That did not work. Please try again.")

    def __init__(self, message: str | Promise | None = None) -> None:
        self.message = message or self.message
        super().__init__(str(self.message))


class TimeTaken(BookingError):
    """Somebody else holds part of this time, or it is not offered."""

    message = _("That time has just been taken. Please choose another.")

    def __init__(
        self,
        message: str | Promise | None = None,
        find: Callable[[], Sequence[Any]] = tuple,
        why: Callable[[], Sequence[str]] = tuple,
    ) -> None:
        super().__init__(message)
        self._find, self._why = find, why

    @property
    def alternatives(self) -> list[Any]:
        """The nearest free slots. Looked up late: during the failed transaction locks are held."""
        return list(self._find())

    @property
    def reasons(self) -> list[str]:
        """Why the time is not free, one sentence each, for staff; empty if it is free again."""
        return list(self._why())


class InvalidTransition(BookingError):
    message = _("That is no longer possible: the request has changed since.")


class VisitBegun(InvalidTransition):
    """The visit has begun, so the patient cannot change it here: only people know what happened."""

    message = _(
        "The time of your appointment has come, so this can no longer be done here. Please call us."
    )


class StaleVersion(BookingError):
    """Somebody else changed the row after it was read."""

    message = _("Someone else has just changed this request. Please look again.")


class TooManyHolds(BookingError):
    """One network has enough open requests. It says nothing about the address that was typed."""

    message = _(
        "We have several open requests from your internet connection. Please call us instead."
    )


class ServiceClosed(BookingError):
    """Nobody can ask for this service: it is switched off, or has no questions that may be asked."""

    message = _("This can no longer be booked here. Please call us.")


class NeedsCare(BookingError):
    """An answer to the safety questions calls for other help, today."""

    message = _("This needs help today, not a consultation.")


class PhoneFirst(InvalidTransition):
    """An answer to the safety questions says that staff phone before they book."""

    message = _(
        "An answer to the safety questions is “ask first”: speak with the patient, press “I have "
        "phoned them”, then book."
    )


class NotRecorded(BookingError):
    message = _("The erasure could not be recorded: is the disk full? Nothing was erased.")
