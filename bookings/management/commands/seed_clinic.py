"""A demonstration clinic, the roles, and the first login."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.core.files.images import ImageFile
from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from wagtail.images.models import Image

from bookings.demonstration import LOCATION, PEOPLE, SERVICE
from bookings.enums import ResourceKind
from bookings.models import (
    AcceptedUnsigned,
    Location,
    Practitioner,
    Resource,
    SafetyQuestions,
    Service,
)
from bookings.roles import make_roles

PORTRAITS = Path(__file__).resolve().parents[2] / "portraits"


def portrait(name: str) -> Image:
    """The drawn portrait of somebody whom we invented, among the site's pictures."""
    path = PORTRAITS / f"{slugify(name)}.png"
    with path.open("rb") as file:
        return Image.objects.create(title=name, file=ImageFile(file, name=path.name))


class Command(BaseCommand):
    help = "Makes a demonstration clinic, the roles and the first login, each only where it is missing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--first-login", type=Path, help="make the owner's login and write its password here"
        )
        parser.add_argument("--empty", action="store_true", help="no demonstration clinic")

    def handle(self, *args: Any, **options: Any) -> None:
        with transaction.atomic():
            for role in make_roles():
                self.stdout.write(f"role {role}")
            if not (options["empty"] or Location.objects.exists()):
                self.make_clinic()
        if options["first_login"]:
            self.make_login(options["first_login"])

    def make_clinic(self) -> None:
        location = Location.objects.create(**LOCATION)
        questions = SafetyQuestions.objects.filter(translation_of=None).order_by("pk").first()
        service = Service.objects.create(questions=questions, **SERVICE)
        if questions:
            AcceptedUnsigned.objects.create(
                service=service, questions=questions, who="Demonstration", at=timezone.now()
            )
        for name, title, bio, spanish, hours in PEOPLE:
            resource = Resource.objects.create(
                kind=ResourceKind.PRACTITIONER, location=location, name=name
            )
            Practitioner.objects.create(
                resource=resource,
                title=title,
                bio=bio,
                photo=portrait(name),
                translations={"es": spanish},
            )
            for day, start, end in hours:
                resource.weekly_hours.create(weekday=day, start=start, end=end)
            service.practitioners.add(resource)
        self.stdout.write("demonstration clinic")

    def make_login(self, path: Path) -> None:
        users = get_user_model().objects
        if users.filter(is_superuser=True).exists():
            return
        password = secrets.token_urlsafe(12)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.chmod(0o600)
        path.write_text(f"user: owner\npassword: {password}\n")
        users.create_superuser("owner", email="", password=password)
        self.stdout.write(f"login of the owner, kept in {path}")
