"""What was approved before this version becomes a sign-off of its revision, and so of its text."""

import json

from django.db import migrations

from clinic.dates import months_after
from clinic.review.text import fingerprint

LIBRARY = ("exercise", "reference", "glossaryterm")


def copy_reviews(apps, schema_editor):
    SignOff = apps.get_model("clinic", "SignOff")
    tasks = apps.get_model("education", "ClinicalReviewTask").objects.values("pk")
    states = apps.get_model("wagtailcore", "TaskState").objects.filter(
        task__in=tasks, status="approved", finished_at__isnull=False
    )
    for state in states.select_related("revision", "finished_by").order_by("pk").iterator():
        revision, reviewer, day = state.revision, state.finished_by, state.finished_at.date()
        name = f"{reviewer.first_name} {reviewer.last_name}".strip() if reviewer else ""
        SignOff.objects.create(
            content_type_id=revision.base_content_type_id,
            object_id=revision.object_id,
            revision=revision,
            fingerprint=fingerprint(revision.content),
            parts=exercises_then(apps, revision.content, state.finished_at),
            comment=state.comment,
            reviewer=reviewer,
            reviewer_name=name,
            signed_on=day,
            next_review=months_after(day, 12),
        )


def exercises_then(apps, content, moment):
    """A guide's exercises; those that were published again since have a text that fits none."""
    rows = apps.get_model("education", "Exercise").objects.select_related("live_revision")
    parts = {}
    for exercise in rows.filter(pk__in=exercise_ids(content)):
        published, live = exercise.last_published_at, exercise.live_revision
        same = live and published and published <= moment
        parts[f"education.exercise:{exercise.pk}"] = {
            "name": exercise.name,
            "text": fingerprint(live.content) if same else "",
        }
    return parts


def exercise_ids(content):
    ids = set()
    for section in json.loads(content.get("body") or "[]"):
        for block in section["value"]["content"]:
            values = [block["value"]] if block["type"] == "exercise" else []
            if block["type"] == "routine":
                values = [item.get("value", item) for item in block["value"]["exercises"]]
            ids.update(value["exercise"] for value in values)
    return ids


def library_has_joined(apps, schema_editor):
    """These three went through review from the start: what a clinic changed in their roles stays."""
    SeedRecord = apps.get_model("education", "SeedRecord")
    if SeedRecord.objects.filter(key="role:reviewer").exists():
        for name in LIBRARY:
            SeedRecord.objects.get_or_create(key=f"review:education.{name}")


class Migration(migrations.Migration):
    dependencies = [
        ("clinic", "0008_sign_offs"),
        ("education", "0009_plain_labels"),
        ("wagtailcore", "0097_baselogentry_uuid_action_timestamp_indexes"),
    ]
    operations = [
        migrations.RunPython(copy_reviews, migrations.RunPython.noop),
        migrations.RunPython(library_has_joined, migrations.RunPython.noop),
    ]
