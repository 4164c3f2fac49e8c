"""The fixed words of plans. Imports nothing of ours."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class PlanStatus(TextChoices):
    """A draft is the practitioner's alone; the patient sees what was sent, also once it has ended."""

    DRAFT = "draft", _("being written")
    SENT = "sent", _("with the patient")
    ENDED = "ended", _("ended")


class WhichSide(TextChoices):
    """The sides on which an exercise is done. `NONE`: it has no sides."""

    BOTH = "both", _("each side")
    LEFT = "left", _("left side")
    RIGHT = "right", _("right side")
    NONE = "none", _("no side")


class PlanVerb(TextChoices):
    """What happened to a plan."""

    MAKE = "make", _("began a plan")
    CHANGE = "change", _("changed the plan")
    SEND = "send", _("gave the plan to the patient")
    RENEW = "renew", _("agreed to the new text of an exercise")
    END = "end", _("ended the plan")
    SHARE = "share", _("began to share their days")
    SHARE_DAYS = "share_days", _("shared days")
    TAKE_BACK = "take_back", _("stopped sharing; what was shared is deleted")
    REMIND = "remind", _("asked for reminders")
    STOP_REMINDING = "stop_reminding", _("ended the reminders")


class Moment(TextChoices):
    """When somebody is asked how well they can do what they want to do."""

    BASELINE = "baseline", _("before the visit")
    FIRST = "first", _("some weeks after the visit")
    SECOND = "second", _("later")
