"""Erase now what has been kept long enough, instead of waiting for the worker, however much it is."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from bookings.worker import retention
from clinic.graceful_exit import graceful_exit


class Command(BaseCommand):
    help = "Erases what has been kept long enough. Can be stopped, and run again."

    def handle(self, *args: Any, **options: Any) -> None:
        with graceful_exit():
            while True:
                done = retention.run(now=timezone.now(), say=self.stdout.write, by_hand=True)
                if done["people"] < retention.BATCH:
                    return
