"""The messages about plans. Imports nothing but what a message is made of: bookings loads it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from bookings.messages.kinds import Kind

PLAN, REMINDERS, PROGRESS = "to/plan/", "to/reminders/", "to/progress/"
"""What stands behind the secret of a link: which page it opens."""

KINDS: dict[str, Kind] = {
    "plan": Kind(
        label=_("A plan to take home"),
        subject=_("There is something new on your page ({reference})"),
        heading=_("Your plan is ready"),
        preheader=(_("Open your page to see it."),),
        body=(
            _("You agreed on a plan for home at your visit. It is on your own page."),
            _(
                "There you can follow it step by step, keep it on your phone, print it, and ask for "
                "reminders. You need no account."
            ),
            _("If anything about it worries you, stop and call us on {phone}."),
        ),
        button=_("Open my plan"),
        page=PLAN,
        apart=True,
    ),
    "plan_reminder": Kind(
        label=_("The reminder of a plan, where the patient asked for it"),
        subject=_("The reminder that you asked for ({reference})"),
        heading=_("Your plan for today"),
        preheader=(_("You asked us to remind you."),),
        body=(_("You asked us to remind you of your plan today."),),
        again=_("Open my plan"),
        again_page=PLAN,
        button=_("Stop these reminders"),
        page=REMINDERS,
        apart=True,
    ),
    "outcome": Kind(
        label=_("How well it goes some weeks after a visit"),
        subject=_("A short question about {reference}"),
        heading=_("How is it going now?"),
        preheader=(_("It takes a minute. You need not answer."),),
        body=(
            _("Some weeks ago you came to see us. We would like to know how it is going now."),
            _(
                "It takes a minute. Whether you answer or not changes nothing about how we treat you."
            ),
        ),
        button=_("Answer"),
        page=PROGRESS,
        apart=True,
    ),
}
