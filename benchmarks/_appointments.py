"""django-appointment, the peer of our booking: its site, and a visitor of it."""

import json
import os
import subprocess
import sys
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import _web
import psycopg
from _visitors import Browser, one_of
from _web import ROOT, free_port, granian, process

REQUIREMENTS = ["django-appointment==3.12.0", "granian==2.8.7", "psycopg[binary]==3.3.9"]
FOLDER = Path(os.environ["VAR_DIR"])


class Peer:
    """django-appointment in an environment of its own, thrown away with the folder."""

    def __init__(self, *, people: int) -> None:
        folder = FOLDER / "peer"
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        self.python = str(folder / "bin" / "python")
        pip = [self.python, "-m", "pip", "install", "--quiet", *REQUIREMENTS]
        subprocess.run(pip, check=True, stdout=sys.stderr)
        with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
            connection.execute("CREATE DATABASE peer")
        self.url = os.environ["DATABASE_URL"].replace("/tests?", "/peer?")
        self.env = {
            "DJANGO_SETTINGS_MODULE": "appointments.settings",
            "PEER_DATABASE_URL": self.url,
            "PYTHONPATH": str(ROOT / "benchmarks" / "_peer"),
        }
        make = [self.python, "-m", "appointments.make", str(people)]
        done = subprocess.run(
            make, env=os.environ | self.env, check=True, stdout=subprocess.PIPE, text=True
        )
        self.made = json.loads(done.stdout.splitlines()[-1])
        self.booking_page = f"/appointment/request/{self.made['service']}/"

    def site(self):
        port = free_port()
        address = f"http://127.0.0.1:{port}"
        command = granian("appointments.wsgi:application", port, python=self.python)
        return _web.Addressed(
            process(command, self.env, ready=address + self.booking_page), address
        )

    def slots(self, day: str) -> str:
        person, service = self.made["people"][0], self.made["service"]
        return (
            f"/appointment/ajax/available_slots/?selected_date={self.made[day]}"
            f"&staff_member={person}&service_id={service}"
        )

    @staticmethod
    def ask(browser: Browser, name: str, **query: object) -> Any:
        ajax = {"X-Requested-With": "XMLHttpRequest"}
        return json.loads(browser.get(f"/appointment/ajax/{name}/?{urlencode(query)}", **ajax))

    def book(self, address: str, database: psycopg.Connection) -> bool:
        browser = Browser(address)
        browser.get(self.booking_page)
        page = browser.page
        person, service = one_of(self.made["people"]), self.made["service"]
        day = date.today() + timedelta(days=40 + browser.number % 300)
        while day.weekday() > 4:
            day += timedelta(days=1)
        # What its page's own script asks for when a person, and then a day, is chosen.
        self.ask(browser, "request_staff_info", staff_member=person)
        for shown in (date.today(), day):
            self.ask(browser, "request_staff_info", staff_member=person)
            found = self.ask(
                browser,
                "available_slots",
                selected_date=shown,
                staff_member=person,
                service_id=service,
            )
        browser.page = page
        start = datetime.fromisoformat(one_of(found["available_slots"])[0])
        browser.post(
            "/appointment/request-submit/",
            date=day,
            start_time=start.time(),
            end_time=(start + timedelta(minutes=60)).time(),
            service=service,
            staff_member=person,
        )
        mail = f"visitor{browser.number}@example.org"
        browser.post(
            browser.path,
            name="Maria Example",
            email=mail,
            phone_0="GB",
            phone_1="02079460123",
            address="12 Harbour Street",
            additional_info="",
            want_reminder="",
            payment_type="full",
        )
        code = database.execute(
            "SELECT code FROM appointment_emailverificationcode JOIN auth_user ON auth_user.id = user_id"
            " WHERE email = %s",
            [mail],
        ).fetchone()
        browser.post(browser.path, code=code[0])
        return "/thank-you/" in browser.path
