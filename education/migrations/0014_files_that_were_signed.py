"""The files of today count as those that were signed, so that claims stay."""

import hashlib
import json
import re

from django.db import migrations

IMAGE, DOCUMENT = "wagtailimages.image", "wagtaildocs.document"
IN_TEXT = re.compile(r"<(?:a|embed)\b[^>]*>")


def files_of(value, name=""):
    """Every picture and document that a revision's content names."""
    if isinstance(value, str):
        if value[:1] in ("[", "{"):
            try:
                yield from files_of(json.loads(value))
                return
            except ValueError:
                pass
        for tag in IN_TEXT.findall(value):
            kind = DOCUMENT if 'linktype="document"' in tag else IMAGE
            number = re.search(r'\bid="(\d+)"', tag)
            if number and ("document" in tag or 'embedtype="image"' in tag):
                yield f"{kind}:{number[1]}"
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from files_of(inner, key)
    elif isinstance(value, list):
        for inner in value:
            yield from files_of(inner, name)
    elif isinstance(value, int) and (name == "image" or name.endswith("_image")):
        yield f"{IMAGE}:{value}"


def hash_of(row):
    if row.file_hash:
        return row.file_hash
    try:
        with row.file.open("rb") as file:
            return hashlib.sha1(file.read(), usedforsecurity=False).hexdigest()
    except OSError:
        return ""


def look_at_files(apps, schema_editor):
    SignOff = apps.get_model("clinic", "SignOff")
    models_of = {
        IMAGE: apps.get_model("wagtailimages", "Image"),
        DOCUMENT: apps.get_model("wagtaildocs", "Document"),
    }
    contents = newest_contents(apps)
    for sign_off in SignOff.objects.filter(files__isnull=True).select_related("revision").iterator():
        content = sign_off.revision.content if sign_off.revision else {}
        sign_off.files = hashes(models_of, files_of(content))
        for label, part in sign_off.parts.items():
            part["files"] = hashes(models_of, files_of(contents(label)))
        sign_off.save(update_fields=["files", "parts"])


def newest_contents(apps):
    """A part's live content by its label."""
    Revision = apps.get_model("wagtailcore", "Revision")
    ContentType = apps.get_model("contenttypes", "ContentType")

    def content(label):
        kind, pk = label.split(":")
        app, model = kind.split(".")
        types = ContentType.objects.filter(app_label=app, model=model).values("pk")
        found = Revision.objects.filter(content_type__in=types, object_id=pk).order_by("-pk")
        return found.values_list("content", flat=True).first() or {}

    return content


def hashes(models_of, names):
    found = {}
    for name in set(names):
        label, pk = name.split(":")
        row = models_of[label].objects.filter(pk=pk).first()
        if row:
            found[name] = hash_of(row)
    return found


class Migration(migrations.Migration):
    dependencies = [
        ("clinic", "0009_files_that_were_signed"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("education", "0013_longer_short_texts"),
        ("wagtailcore", "0097_baselogentry_uuid_action_timestamp_indexes"),
        ("wagtaildocs", "0014_alter_document_file_size"),
        ("wagtailimages", "0027_image_description"),
    ]
    operations = [migrations.RunPython(look_at_files, migrations.RunPython.noop, elidable=True)]
