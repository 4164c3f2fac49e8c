"""The edges that `make screenshots` looks at: other browsers' settings, long names, nothing to show."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

Walk = Callable[[Any, Any], object]

LONG_CLINIC = "Harbour Street Centre for Physiotherapy, Hips, Backs and Sports Rehabilitation"
LONG_PERSON = "Alexandria-Konstantina Papadimitriou-Featherstonehaugh"
LONG_PATIENT = "Bartholomew Konstantinos Papadimitriou-Featherstonehaugh von Hohenzollern"
LONG_TITLE = "Specialist Musculoskeletal Physiotherapist and Lymphoedema Practitioner"
LONG_SERVICE = "Stretching consultation with a full movement review and a written home plan"
LONG_GUIDE = "The Sternocleidomastoid, Scalenes and Trapezius: what your neck wants you to know"
LONG_WORD = "Hüftbeugermuskulaturbeweglichkeitsuntersuchung"


@contextmanager
def instead(*changes: tuple[Any, dict[str, Any]]) -> Iterator[None]:
    """Rows with other values while a walk lasts. The page that it opened stays as it was."""
    before = [(row, {name: getattr(row, name) for name in values}) for row, values in changes]
    try:
        for row, values in changes:
            put(row, values)
        yield
    finally:
        for row, values in before:
            put(row, values)


def put(row: Any, values: dict[str, Any]) -> None:
    for name, value in values.items():
        setattr(row, name, value)
    row.save()


def long_names() -> list[tuple[Any, dict[str, Any]]]:
    from bookings.models import ConsultationRequest, Practitioner, Service
    from clinic.models import ClinicSettings
    from education.models import GuidePage

    person = Practitioner.objects.select_related("resource").get(pk=1)
    return [
        (ClinicSettings.objects.get(), {"name": LONG_CLINIC}),
        (person.resource, {"name": LONG_PERSON}),
        (person, {"title": LONG_TITLE}),
        (Service.objects.get(), {"name": LONG_SERVICE}),
        (
            GuidePage.objects.get(slug="iliopsoas"),
            {"title": LONG_GUIDE, "headline": f"{LONG_WORD} und mehr"},
        ),
        *((asked, {"name": LONG_PATIENT}) for asked in ConsultationRequest.objects.all()),
    ]


def no_practitioners() -> list[tuple[Any, dict[str, Any]]]:
    from bookings.models import Practitioner

    people = Practitioner.objects.select_related("resource")
    return [(each.resource, {"active": False}) for each in people]


def no_service() -> list[tuple[Any, dict[str, Any]]]:
    from bookings.models import Service

    return [(service, {"active": False}) for service in Service.objects.all()]


def no_guides() -> list[tuple[Any, dict[str, Any]]]:
    from education.models import GuidePage

    return [(guide, {"live": False}) for guide in GuidePage.objects.live()]


def no_free_time() -> list[tuple[Any, dict[str, Any]]]:
    """So much notice that nothing within the horizon is left."""
    from bookings.models import Service

    service = Service.objects.get()
    return [(service, {"minimum_notice_hours": service.horizon_days * 24})]


def while_(changes: Callable[[], list[tuple[Any, dict[str, Any]]]], walk: Walk) -> Walk:
    def walked(page: Any, site: Any) -> None:
        with instead(*changes()):
            walk(page, site)

    return walked


def right_to_left(walk: Walk) -> Walk:
    def walked(page: Any, site: Any) -> None:
        walk(page, site)
        page.evaluate("document.documentElement.dir = 'rtl'")

    return walked


def in_palette(name: str) -> Callable[[Walk], Walk]:
    def make(walk: Walk) -> Walk:
        def walked(page: Any, site: Any) -> None:
            walk(page, site)
            page.evaluate("name => document.documentElement.dataset.palette = name", name)

        return walked

    return make
