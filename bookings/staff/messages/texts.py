"""What text messages say and cost, to look at before they are switched on."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from bookings.messages import sms, sms_cost
from bookings.messages.defaults import KINDS
from bookings.messages.previews import sample_text
from bookings.models import ConsultationRequest
from bookings.staff.messages.wording import check_may_word, crumbs

DAYS = 30


@require_safe
def texts(request: HttpRequest) -> HttpResponse:
    """Each text in each language, with its segments, and for whom it would have been in the last month."""
    check_may_word(request)
    rows = []
    for kind, beside_mail in [(one, False) for one in sms.TEXTS] + [
        (one, True) for one in sms.BESIDE_MAIL
    ]:
        label = str(KINDS[kind].label)
        for code, language in settings.LANGUAGES:
            with translation.override(code):
                text = sample_text(kind, beside_mail=beside_mail)
            count = sms_cost.segments(text)
            rows.append(
                {
                    "kind": f"{label} ({_('beside a mail')})" if beside_mail else label,
                    "language": language,
                    "code": code,
                    "text": text,
                    "letters": len(text),
                    "segments": count,
                    "price": sms_cost.price(count),
                }
            )
    context = {
        "rows": rows,
        "on": bool(settings.SMS_BACKEND),
        "sender": settings.SMS_BACKEND.rpartition(".")[2],
        "price": sms_cost.price(1),
        "people": _people(),
        "days": DAYS,
        "header_title": _("Text messages"),
        "header_icon": "comment",
        "breadcrumbs_items": crumbs({"url": "", "label": _("Text messages")}),
    }
    return render(request, "bookings/staff/texts.html", context)


def _people() -> int:
    """Requests of the last month by people with a mobile number and no email, or who want texts beside."""
    since = timezone.now() - timedelta(days=DAYS)
    wanted = Q(email="") | Q(wants_texts=True)
    rows = ConsultationRequest.objects.filter(wanted, created_at__gte=since).exclude(phone="")
    numbers = rows.order_by().only("phone")[:10_000]
    return sum(sms.is_mobile(row.phone) for row in numbers)
