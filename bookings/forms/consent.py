"""What a patient agrees to, on the form or on the telephone."""

from django.utils.translation import gettext_lazy as _

CONSENT_VERSION = "2026-11"
CONSENT_TEXT = _(
    "I agree that the clinic keeps what I wrote here, to answer my request and to prepare my visit."
)
