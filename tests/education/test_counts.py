"""What was read and what helped: counted a day, with no cookie, no address and nobody's name."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse
from django.utils import timezone
from wagtail.models import PageViewRestriction

from clinic.models import Bucket
from education.models import GuidePage, HelpfulCount, ReadCount
from education.models.counts import MOST_A_DAY, Kind
from tests.factories import make_clinic, make_request

OURS = {"sec-fetch-site": "same-origin"}
THEIRS = [
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site"},
    {"origin": "https://other.example"},
    {"origin": "null"},
    {"x-nothing": "1"},
]


@pytest.fixture(autouse=True)
def one_day(time_machine):
    """The clock stands: a count is of a day, and midnight could come meanwhile."""
    time_machine.move_to(timezone.now(), tick=False)


def answer(client, guide, value="yes", **headers):
    return client.post(
        reverse("helpful", args=[guide.pk]), {"answer": value}, headers=headers or OURS
    )


def answers():
    return {row.answer: row.count for row in HelpfulCount.objects.all()}


def read(client, guide, kind="guide", **headers):
    return client.post(reverse("read", args=[guide.pk, kind]), headers=headers or OURS)


def reads():
    return {row.kind: row.count for row in ReadCount.objects.all()}


def test_an_answer_is_counted_without_a_cookie(client, guide):
    response = answer(client, guide)
    answer(client, guide)
    answer(client, guide, "no")

    assert response.status_code == 302
    assert response["Location"] == f"{guide.url}?thanks=1#helpful"
    assert not response.cookies
    assert answers() == {"yes": 2, "no": 1}
    assert "Thank you" in client.get(f"{guide.url}?thanks=1").content.decode()


@pytest.mark.parametrize("headers", THEIRS)
def test_another_site_can_neither_answer_nor_read(client, guide, headers):
    assert answer(client, guide, **headers).status_code == 403
    assert read(client, guide, **headers).status_code == 403
    assert not HelpfulCount.objects.exists() and not ReadCount.objects.exists()


@pytest.mark.postgresql
def test_an_old_browser_counts(client, guide):
    assert answer(client, guide, origin="http://testserver").status_code == 302
    assert read(client, guide, origin="http://testserver").status_code == 204
    assert (answers(), reads()) == ({"yes": 1}, {"guide": 1})


@pytest.mark.postgresql
def test_nonsense_is_no_answer(client, guide):
    assert client.get(reverse("helpful", args=[guide.pk])).status_code == 405
    answer(client, guide, "maybe")
    assert client.post(reverse("helpful", args=[2**40]), {"answer": "yes"}).status_code == 404
    assert not HelpfulCount.objects.exists()


def test_reads_are_one_row_per_page_day_kind(client, guide):
    responses = [read(client, guide), read(client, guide), read(client, guide, "print")]

    assert [response.status_code for response in responses] == [204] * 3
    assert not any(response.cookies or response.content for response in responses)
    assert reads() == {"guide": 2, "print": 1}
    assert {row.day for row in ReadCount.objects.all()} == {timezone.localdate()}


def test_a_count_has_no_room_for_anybody():
    for model, what in ((HelpfulCount, "answer"), (ReadCount, "kind")):
        fields = {field.name for field in model._meta.get_fields()}
        assert fields == {"id", "page", "day", "count", what}


def test_opening_never_counts(client, guide):
    for path in (guide.url, f"{guide.url}routine/", f"{guide.url}print/"):
        assert client.get(path).status_code == 200
    assert client.get(reverse("read", args=[guide.pk, "guide"])).status_code == 405
    assert client.head(reverse("read", args=[guide.pk, "guide"])).status_code == 405
    assert not ReadCount.objects.exists()


@pytest.mark.postgresql
def test_what_nobody_can_read_is_not_counted(client, guide):
    draft = GuidePage.objects.filter(live=False).first()
    shut = GuidePage.objects.get(pk=guide.pk)
    statuses = [
        client.post(f"/guides/read/{pk}/{kind}/", headers=OURS).status_code
        for pk, kind in ((draft.pk, "guide"), (2**40, "guide"), (guide.pk, "pdf"))
    ]
    PageViewRestriction.objects.create(page=shut, restriction_type="login")
    statuses.append(read(client, shut).status_code)

    assert statuses == [404] * 4
    assert not ReadCount.objects.exists()


@pytest.mark.postgresql
def test_a_flood_stops_counting(client, guide):
    answer(client, guide)
    read(client, guide)
    HelpfulCount.objects.update(count=MOST_A_DAY)
    ReadCount.objects.update(count=MOST_A_DAY)

    answer(client, guide)
    read(client, guide)

    assert (answers(), reads()) == ({"yes": MOST_A_DAY}, {"guide": MOST_A_DAY})


@pytest.mark.postgresql
def test_one_network_is_limited_and_leaves_no_address(client, guide, settings):
    settings.LIMITS = settings.LIMITS | {"count": "2/60"}

    kept = [read(client, guide).status_code for _ in range(3)]
    answer(client, guide)
    read(client, guide, **OURS)

    assert kept == [204] * 3
    assert (answers(), reads()) == ({}, {"guide": 2})
    assert "127.0.0.1" not in str(list(Bucket.objects.values()))


@pytest.mark.parametrize("kind", Kind.values)
def test_the_page_says_where_its_reading_is_counted(client, guide, kind):
    path = guide.url + {"guide": "", "routine": "routine/", "print": "print/"}[kind]

    html = client.get(path).content.decode()

    assert html.count(f'data-read="/guides/read/{guide.pk}/{kind}/"') == 1


def test_staff_previews_and_thanks_are_not_readers(client, guide, admin_user):
    preview = guide.make_preview_request()
    thanks = client.get(f"{guide.url}?thanks=1")
    client.force_login(admin_user)
    of_staff = client.get(guide.url)

    for page in (preview, thanks, of_staff):
        assert page.status_code == 200
        assert "data-read" not in page.content.decode()


@pytest.mark.postgresql
def test_the_report_counts_and_names_nobody(client, guide, admin_user):
    for value in ("yes", "yes", "no"):
        answer(client, guide, value)
    for kind in ("guide", "guide", "guide", "routine", "print"):
        read(client, guide, kind)
    service, location, _people = make_clinic()
    spanish = f"/es{guide.url}"  # not translated, and read there all the same
    for number, path in enumerate((guide.url, guide.url, spanish, "", "/guides/elsewhere/")):
        make_request(service, location, source_path=path, email=f"{number}@example.org")
    client.force_login(admin_user)

    response = client.get(reverse("guide_readers"))
    export = client.get(reverse("guide_readers"), {"export": "xlsx"})

    columns = ("guide_reads", "routine_reads", "print_reads", "yes", "no", "requests")
    counted = {
        page.title: tuple(getattr(page, name) for name in columns)
        for page in response.context["object_list"]
    }
    assert counted["The Iliopsoas"] == (3, 1, 1, 2, 1, 3)
    assert counted["The Hamstrings"] == (0, 0, 0, 0, 0, 0)
    assert next(iter(counted)) == "The Iliopsoas"
    assert "spreadsheet" in export["Content-Type"]


@pytest.mark.postgresql
def test_the_report_of_a_site_without_guides(client, admin_user):
    GuidePage.objects.all().delete()
    client.force_login(admin_user)
    assert client.get(reverse("guide_readers")).status_code == 200


@pytest.mark.postgresql
def test_editors_first_see_what_readers_said(client, guide, admin_user):
    other = GuidePage.objects.exclude(pk=guide.pk).first()
    today = timezone.localdate()
    for page, day, answer in (
        (guide, today, "yes"),
        (other, today, "no"),
        (other, today - timedelta(days=40), "no"),
    ):
        HelpfulCount.add(page.pk, day=day, answer=answer)
    ReadCount.add(guide.pk, day=today, kind="guide")
    client.force_login(admin_user)

    panel = BeautifulSoup(client.get("/admin/").content, "html.parser").select_one(
        "#readers-section"
    )
    lines = [" ".join(line.get_text().split()) for line in panel.select("li")]
    assert lines == [
        f"{other.title}: read 0 times, helpful: 0 yes, 1 no",
        f"{guide.title}: read 1 time, helpful: 1 yes, 0 no",
    ]
