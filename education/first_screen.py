"""What readers said lately, on the first screen of whoever may change guides."""

from datetime import timedelta
from typing import Any

from django.db.models import Sum
from django.http import HttpRequest
from django.utils import timezone
from wagtail import hooks
from wagtail.admin.ui.components import Component

from education.models import GuidePage, HelpfulCount, ReadCount
from education.models.counts import Answer, Kind
from education.reports import ReadersReport

DAYS, SHOWN = 28, 5


class ReadersPanel(Component):
    """Guides of the last four weeks: those first that most readers did not find helpful."""

    name = "readers"
    order = 240
    template_name = "education/admin/readers_panel.html"

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        since = timezone.localdate() - timedelta(days=DAYS)
        said = _sums(HelpfulCount, "answer", since)
        read = _sums(ReadCount, "kind", since)
        guides = GuidePage.objects.filter(pk__in={pk for pk, _what in (*said, *read)})
        rows = [
            {
                "pk": pk,
                "title": title,
                "yes": said.get((pk, Answer.YES), 0),
                "no": said.get((pk, Answer.NO), 0),
                "reads": read.get((pk, Kind.GUIDE), 0),
                "many": f"{read.get((pk, Kind.GUIDE), 0):,}",
            }
            for pk, title in guides.values_list("pk", "title")
        ]
        rows.sort(key=lambda row: (-row["no"], -row["yes"], -row["reads"], row["title"]))
        return {"rows": rows[:SHOWN], "days": DAYS}


def _sums(model: Any, what: str, since: Any) -> dict[tuple[int, str], int]:
    rows = model.objects.filter(day__gt=since).order_by().values_list("page", what)
    return {(page, kind): count for page, kind, count in rows.annotate(sum=Sum("count"))}


@hooks.register("construct_homepage_panels")
def readers_panel(request: HttpRequest, panels: list[Any]) -> None:
    if ReadersReport.permission_policy.user_has_any_permission(request.user, ["change"]):
        panels.append(ReadersPanel())
