"""The clinic's own words: what each message to a patient says until staff write it anew.

A paragraph is one string. Placeholders stand in braces, the same in every language; a paragraph with
a placeholder that has nothing to say (no time is held, say) is left out. See `composing`.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from bookings.messages.placeholders import ALWAYS, TO_CONFIRM, UNPROVEN, VISIT

Text = str | Promise


@dataclass(frozen=True)
class Kind:
    """One message: when it is sent, what it says, and which placeholders it knows.

    `needs`: of each of these sets a body must have at least one. `again`: the text of a first button,
    which leads to where one asks for a consultation; `button` is then a link below it.
    """

    label: Text
    subject: Text
    heading: Text
    body: tuple[Text, ...]
    known: frozenset[str] = ALWAYS
    needs: tuple[frozenset[str], ...] = ()
    button: Text = _("See my request")
    again: Text = ""
    undo: bool = False

    @property
    def default(self) -> dict[str, str]:
        """Subject, heading and body in the language that is active."""
        body = "\n\n".join(str(paragraph) for paragraph in self.body)
        return {"subject": str(self.subject), "heading": str(self.heading), "body": body}


THE_VISIT = (frozenset({"visit", "when"}),)
ANSWER_BY = _("Your request is still with us. We will answer you by {answer_by}.")
CANNOT_COME = _(
    "If you cannot come, please tell us at least {notice} hours before, so that someone else can "
    "have the time."
)
PREPARE = _("How to prepare:\n{preparation}")
CALENDAR = _("The calendar file with this message puts your appointment in your calendar.")
SEE_BUTTON = _("See, move or cancel")
AGAIN_BUTTON = _("Book a new time")
STILL_WAITS = _(
    "You are still on our waiting list, until {waits_until}. You can leave it at any time on your page."
)

KINDS: dict[str, Kind] = {
    "verify": Kind(
        label=_("Please confirm your email address"),
        subject=_("Please confirm your email address for {reference}"),
        heading=_("Please confirm your email address"),
        body=(
            _("Thank you for asking for a consultation at {clinic}."),
            _("We are holding {held} for you until {held_until}."),
            _("Please confirm your email address now, so that we can answer you."),
            _("If you did not ask for this, do nothing. Nobody will write to you again about it."),
        ),
        known=TO_CONFIRM,
        button=_("Confirm my address"),
    ),
    "received": Kind(
        label=_("The request has arrived"),
        subject=_("We have your request {reference}"),
        heading=_("We have your request"),
        body=(
            _("Thank you. Your reference is {reference}."),
            _("We are keeping {held} for you while we look at your request."),
            _("We will answer you by {answer_by}."),
            _("On your page you can see how your request stands, change it or cancel it."),
        ),
        known=ALWAYS | {"held", "answer_by"},
    ),
    "confirmed": Kind(
        label=_("The visit is booked"),
        subject=_("Your appointment {reference} is booked"),
        heading=_("Your appointment is booked"),
        body=("{visit}", PREPARE, CALENDAR, CANNOT_COME),
        known=VISIT,
        needs=THE_VISIT,
        button=SEE_BUTTON,
        undo=True,
    ),
    "moved": Kind(
        label=_("The visit has a new time"),
        subject=_("Your appointment {reference} has a new time"),
        heading=_("Your appointment has a new time"),
        body=(
            "{visit}",
            PREPARE,
            _("The calendar file with this message replaces the earlier time in your calendar."),
            CANNOT_COME,
        ),
        known=VISIT,
        needs=THE_VISIT,
        button=SEE_BUTTON,
        undo=True,
    ),
    "offered": Kind(
        label=_("Other times are offered"),
        subject=_("Another time for your request {reference}"),
        heading=_("We can offer you another time"),
        body=(
            _("Until {until}, we are holding for you:"),
            "{times}",
            "{message}",
            _("Please answer on your page: accept a time, or tell us that none suits you."),
        ),
        known=ALWAYS | {"times", "until", "message"},
        needs=(frozenset({"times"}),),
        button=_("Answer"),
        undo=True,
    ),
    "declined": Kind(
        label=_("The request is declined"),
        subject=_("Our answer to your request {reference}"),
        heading=_("We cannot offer you a consultation"),
        body=(
            _("We are sorry that we cannot help you this time."),
            "{reason}.",
            "{message}",
            _("If you would like to talk about it, call us on {phone}."),
        ),
        known=ALWAYS | {"reason", "message"},
        needs=(frozenset({"reason", "message"}),),
        undo=True,
    ),
    "question": Kind(
        label=_("A question to the patient"),
        subject=_("A question about your request {reference}"),
        heading=_("We have a question for you"),
        body=(
            _("Before we can answer your request, please tell us:"),
            "{message}",
            _("You can answer on your page."),
        ),
        known=ALWAYS | {"message"},
        needs=(frozenset({"message"}),),
        button=_("Answer"),
        undo=True,
    ),
    "waitlisted": Kind(
        label=_("On the waiting list"),
        subject=_("You are on our waiting list ({reference})"),
        heading=_("You are on our waiting list"),
        body=(
            _(
                "There is no free time that suits you at the moment. We will write to you when "
                "one comes free."
            ),
            _(
                "You are on the list until {waits_until}. You can leave it at any time on your page."
            ),
        ),
        known=ALWAYS | {"waits_until"},
        undo=True,
    ),
    "waiting_over": Kind(
        label=_("The wait is over"),
        subject=_("Your time on our waiting list is over ({reference})"),
        heading=_("Your time on our waiting list is over"),
        body=(
            _("No time came free in the weeks that you wanted to wait. We are sorry."),
            _("You can ask for a new time, or call us on {phone}."),
        ),
        again=AGAIN_BUTTON,
    ),
    "reopened": Kind(
        label=_("Taken back into review"),
        subject=_("We are looking at your request {reference} again"),
        heading=_("We are looking at your request again"),
        body=(
            _("Our earlier answer no longer counts. We will send you a new one by {answer_by}."),
        ),
        known=ALWAYS | {"answer_by"},
        undo=True,
    ),
    "lapsed": Kind(
        label=_("Nobody answered the offer"),
        subject=_("The time that we held for {reference} is free again"),
        heading=_("The offered time is no longer held"),
        body=(
            _(
                "We did not hear from you in time, so other people can now book the time that "
                "we offered."
            ),
            ANSWER_BY,
            STILL_WAITS,
        ),
        known=ALWAYS | {"answer_by", "waits_until"},
    ),
    "hold_lapsed": Kind(
        label=_("The first choice is no longer held"),
        subject=_("The time that we kept for {reference} is free again"),
        heading=_("We are later than we promised"),
        body=(
            _(
                "We are sorry: we have not answered you in time, and we are no longer keeping "
                "{when} for you."
            ),
            _("Your request is still with us. We will answer it as soon as we can."),
        ),
        known=ALWAYS | {"when"},
    ),
    "unanswered": Kind(
        label=_("Our question is not answered, and the first choice no longer held"),
        subject=_("The time that we kept for {reference} is free again"),
        heading=_("We still need your answer"),
        body=(
            _("We have no answer to our question yet, so we are no longer keeping {when} for you."),
            _(
                "Your request is still with us. Please answer on your page, and we will find a time."
            ),
        ),
        known=ALWAYS | {"when"},
        button=_("Answer"),
    ),
    "refused": Kind(
        label=_("None of the offered times suits"),
        subject=_("We are looking for another time for {reference}"),
        heading=_("We are looking for another time"),
        body=(_("Thank you for telling us that the offered time does not suit you."), ANSWER_BY),
        known=ALWAYS | {"answer_by"},
    ),
    "answered": Kind(
        label=_("The patient answered"),
        subject=_("We have your answer about {reference}"),
        heading=_("We have your answer"),
        body=(_("Thank you for your answer."), ANSWER_BY),
        known=ALWAYS | {"answer_by"},
    ),
    "move_asked": Kind(
        label=_("The patient asks for another time"),
        subject=_("You asked for another time for {reference}"),
        heading=_("We are looking for another time"),
        body=(
            _("Your appointment on {when} stays booked until we agree on another time."),
            _("We will answer you by {answer_by}."),
        ),
        known=VISIT | {"answer_by"},
        button=SEE_BUTTON,
    ),
    "kept": Kind(
        label=_("The patient keeps the visit"),
        subject=_("Your appointment {reference} stays as it is"),
        heading=_("Your appointment stays as it is"),
        body=("{visit}", CANNOT_COME),
        known=VISIT,
        needs=THE_VISIT,
        button=SEE_BUTTON,
    ),
    "withdrawn": Kind(
        label=_("The patient cancelled"),
        subject=_("You cancelled {reference}"),
        heading=_("You cancelled"),
        body=(
            _("Your appointment on {when} is cancelled."),
            _("Your request is closed. You do not need to do anything else."),
            _("Was this a mistake? Call us on {phone}, or ask for a new time."),
        ),
        known=ALWAYS | {"when", "who"},
        again=AGAIN_BUTTON,
    ),
    "cancelled": Kind(
        label=_("The clinic cancelled"),
        subject=_("Your appointment {reference} is cancelled"),
        heading=_("We had to cancel your appointment"),
        body=(
            _("We are very sorry. Your appointment on {when} cannot take place."),
            "{message}",
            _("We will offer you another time as soon as we can."),
        ),
        known=ALWAYS | {"when", "who", "message"},
        needs=(frozenset({"when"}),),
        undo=True,
    ),
    "missed": Kind(
        label=_("The patient did not come"),
        subject=_("Your appointment {reference}"),
        heading=_("We did not see you"),
        body=(
            _("We expected you on {when}. We hope that you are well."),
            _("If you would still like to come, call us on {phone} or ask for a new time."),
        ),
        known=ALWAYS | {"when", "who"},
        again=AGAIN_BUTTON,
        undo=True,
    ),
    "reminder": Kind(
        label=_("A reminder"),
        subject=_("Your appointment {reference} is coming up"),
        heading=_("Your appointment is coming up"),
        body=(
            "{visit}",
            PREPARE,
            _("If you cannot come, please tell us now, so that someone else can have the time."),
        ),
        known=VISIT,
        needs=THE_VISIT,
        button=SEE_BUTTON,
    ),
    "link": Kind(
        label=_("A new link"),
        subject=_("Your link for {reference}"),
        heading=_("Here is your link"),
        body=(
            # Asked for on the site, or sent by the desk.
            _("This is a link to your request {reference}. Your earlier links still work."),
            _("If you did not ask for this, you can ignore this message."),
        ),
        known=UNPROVEN,
    ),
    "links": Kind(
        label=_("New links to several requests"),
        subject=_("Your links"),
        heading=_("Here are your links"),
        body=(
            _("These are your open requests with us. Each link opens one of them:"),
            "{links}",
            _("Your earlier links still work. If you did not ask for this, ignore this message."),
        ),
        known=UNPROVEN | {"links"},
        needs=(frozenset({"links"}),),
        button=_("See my newest request"),
    ),
}
