"""What a kind of message to patients is made of, and the phrases that several kinds share."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from bookings.messages.placeholders import ALWAYS

Text = str | Promise


@dataclass(frozen=True)
class Kind:
    """One message: when it is sent, what it says, and which placeholders it may use.

    `preheader`: the sentences that an inbox shows beside the subject: when, and what to do; nothing about
    health. `needs`: a body must use at least one of each set. `again`: the words of a first button, which
    leads to a new booking, or with `calls` phones the clinic, or with `again_page` to that page below the
    link; `button` is then a link below it. `page`: what the button's link has behind its secret. `undo`: it
    waits a little before it is sent. `apart`: no later change of the request makes it superfluous.
    """

    label: Text
    subject: Text
    heading: Text
    preheader: tuple[Text, ...]
    body: tuple[Text, ...]
    known: frozenset[str] = ALWAYS
    needs: tuple[frozenset[str], ...] = ()
    button: Text = _("See my request")
    again: Text = ""
    again_page: str = ""
    page: str = ""
    calls: bool = False
    undo: bool = False
    apart: bool = False

    @property
    def default(self) -> dict[str, str]:
        """Subject, heading and body in the active language."""
        body = "\n\n".join(str(paragraph) for paragraph in self.body)
        return {"subject": str(self.subject), "heading": str(self.heading), "body": body}


THE_VISIT = (frozenset({"visit", "when"}),)
ANSWER_BY = _("We still have your request. We will answer you by {answer_by}.")
REPLY_BY = _("We will answer you by {answer_by}.")
CANNOT_COME = _(
    "If you cannot come, please tell us at least {notice} hours beforehand, so that we can offer the "
    "time to someone else."
)
PREPARE = _("How to prepare:\n{preparation}")
DIRECTIONS = _("How to get there:\n{directions}")
CALENDAR = _("Open the attached file to add this to your calendar.")
NOT_BY_CALENDAR = _(
    "If you decline the entry in your calendar, we do not see it: use the link below, or call us on "
    "{phone}."
)
SEE_BUTTON = _("See, move or cancel")
AGAIN_BUTTON = _("Book a new time")
CALL_BUTTON = _("Call us")
OPEN = _("Open this request")
GREETING = _("Hello %(name)s,")
NOTHING_TO_DO = _("You do not need to do anything.")
STILL_WAITS = _(
    "You are still on our waiting list until {waits_until}. You can leave it at any time with the link "
    "below."
)
