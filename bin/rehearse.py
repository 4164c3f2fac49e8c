"""`make rehearse`: deploy/ as it stands, on this computer, and everything that it promises tried once.

`deployment.py` starts it. Then people book through it with TLS, without JavaScript and in Chromium; staff
log in; headers, limits and caches are looked at; and both web servers are restarted one after the other
while visitors keep coming. Needs nginx, openssl, PostgreSQL and Chromium.

`make rehearse ARGS=machine` is the other rehearsal: rehearse_machine.py.
"""

import base64
import http.client
import re
import shutil
import signal
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from browser import watched_page
from deployment import NAME, Deployment, free_port
from install import in_venv
from rehearse_nginx import (
    another_name_gets_no_answer,
    headers_hold,
    http2_is_spoken,
    nobody_known_is_answered_from_the_cache,
    nobody_there_is_said_in_words,
    one_copy_for_each_packing,
    pages_are_packed_and_revalidated,
    plain_http_leads_to_https,
    rates_are_limited,
    sizes_are_limited,
    static_files_last,
)
from visitor import Visitor, must, must_be_ok

VISITORS = 6
FINDS_AN_HOUR = 10  # LIMITS of clinic/settings.py


def somebody_books(site: Deployment) -> str:
    reference = visitor(site).book()
    return f"reference {reference[:3]}…, without JavaScript, cookies all Secure"


def somebody_books_in_a_browser(site: Deployment) -> str:
    """From the guide to the mail's link, which the worker sent."""
    address = "maria@example.org"
    with watched_page(NAME, site.ports["https"]) as page:
        page.goto("/guides/iliopsoas/")
        page.get_by_role("link", name="Book a consultation about").last.click()
        page.get_by_label("None of these").check()
        for name in ("whom", "reason", "side", "goal"):
            page.locator(f"input[name={name}]").first.check()
        go_on(page)
        page.locator("input[name=times]").first.press("Space")
        go_on(page)
        page.get_by_label("Your full name").fill("Maria Example")
        page.get_by_label("Email", exact=True).check()
        page.get_by_label("Email address").fill(address)
        page.get_by_label("I agree").check()
        go_on(page)
        go_on(page)
        text = site.mail_to(address).get_body(("plain",)).get_content()
        page.goto(re.search(rf"https://{NAME}/\S+/open/\S+", text)[0])
        page.get_by_role("button", name="Confirm my address").click()
        page.get_by_role("heading", name="We have your request").wait_for()
    return "mail arrived, its link confirmed, the console empty"


def staff_log_in(site: Deployment) -> str:
    """With the second step that production asks for."""
    from django_otp.oath import totp

    lines = (site.folder / "first-login").read_text().splitlines()
    user, password = (line.partition(": ")[2] for line in lines[:2])
    with watched_page(NAME, site.ports["https"]) as page:
        page.goto("/admin/")
        page.locator("input[name=username]").fill(user)
        page.locator("input[name=password]").fill(password)
        page.locator("button[type=submit]").first.click()
        page.get_by_role("heading", name="Set up a second step").wait_for()
        key = page.locator("strong bdi").inner_text().replace(" ", "")
        page.get_by_label("Code").fill(f"{totp(base64.b32decode(key)):06}")
        page.get_by_role("button", name="Continue").click()
        page.get_by_role("link", name="I have saved them").click()
        page.wait_for_url("**/admin/")
        answer = page.goto("/guides/iliopsoas/")
        must("s-maxage" not in answer.headers.get("cache-control", ""), "staff got a kept page")
    return "password, code, and no kept page after it"


def visitor(site: Deployment) -> Visitor:
    return Visitor(site.ask, f"https://{NAME}")


def go_on(page: Any) -> None:
    with page.expect_navigation():
        page.locator("main button[type=submit]").first.click()


def an_edit_is_seen_by_both(site: Deployment) -> str:
    """Published through one process: seen in the other at once, and through nginx after its seconds."""
    code = (
        "from education.models import GuidePage;"
        "page = GuidePage.objects.get(url_path='/home/guides/iliopsoas/');"
        "page.introduction = 'Words of the rehearsal'; page.save_revision().publish()"
    )
    headers = {"Host": NAME, "X-Forwarded-Proto": "https"}
    addresses = [
        f"http://127.0.0.1:{site.ports[port]}/guides/iliopsoas/" for port in ("8000", "8001")
    ]
    asked = [urllib.request.Request(address, headers=headers) for address in addresses]
    for request in asked:
        must(b"Words of the rehearsal" not in urllib.request.urlopen(request).read(), "too early")
    site.call([site.python, "manage.py", "shell", "-v0", "-c", code])
    for request in asked:
        must(b"Words of the rehearsal" in urllib.request.urlopen(request).read(), "an old page")
    deadline = time.monotonic() + 15
    while b"Words of the rehearsal" not in site.ask("GET", "/guides/iliopsoas/").body:
        must(time.monotonic() < deadline, "nginx kept an old page for longer than it may")
        time.sleep(0.5)
    return "2 processes at once, nginx within its 10 s"


def a_page_taken_down_is_gone(site: Deployment) -> str:
    """Read through nginx, then unpublished or made private: gone once the kept copy's time is up."""
    took = []
    for slug, change, status in (
        ("about", "page.unpublish()", 410),
        ("accessibility", "PageViewRestriction.objects.create(page=page)", 302),
    ):
        path = f"/{slug}/"
        must(site.ask("GET", path).status == 200, path)
        code = (
            "from wagtail.models import Page, PageViewRestriction;"
            f"page = Page.objects.get(url_path='/home/{slug}/');"
            + change.replace("(page=page)", "(page=page, restriction_type='login')")
        )
        site.call([site.python, "manage.py", "shell", "-v0", "-c", code])
        began = time.monotonic()
        while (answer := site.ask("GET", path)).status == 200:
            must(time.monotonic() < began + 60, f"{path} is still there after a minute")
            time.sleep(0.5)
        must(answer.status == status, f"{path}: {answer.status}")
        took.append(f"{path} {answer.status} after {time.monotonic() - began:.0f} s")
    return ", ".join(took)


def no_address_is_forged_behind_caddy(site: Deployment) -> str:
    """Caddy lets X_Forwarded_For pass, and the web server reads it as X-Forwarded-For."""
    if not shutil.which("caddy"):
        return "not tried: no caddy here"
    header, tries, port, front = "X-Clinic-6fbbb2a1c0d9", 40, free_port(), free_port()
    site.ports["own header"] = port
    settings = site.folder / "environment"
    text = settings.read_text()
    settings.write_text(f"{text}CLIENT_ADDRESS_HEADER={header}\n")
    try:
        site.start_web("own header")
    finally:
        settings.write_text(text)
    (site.folder / "Caddyfile").write_text(
        f"{{\nadmin off\nauto_https off\n}}\nhttp://127.0.0.1:{front} {{\n"
        f"reverse_proxy 127.0.0.1:{port} {{\nheader_up Host {NAME}\n"
        f"header_up X-Forwarded-Proto https\nheader_up {header} {{remote_host}}\n}}\n}}\n"
    )
    site.start("caddy", ["caddy", "run", "--config", f"{site.folder}/Caddyfile"])
    page = until_answers(f"http://127.0.0.1:{front}/request/find/")
    cookie = page.headers["Set-Cookie"].partition(";")[0]
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.read().decode())[1]
    body = urlencode({"csrfmiddlewaretoken": token}).encode()
    refused = 0
    for number in range(tries):
        line = http.client.HTTPConnection("127.0.0.1", front, timeout=30)
        headers = {"Cookie": cookie, "Referer": f"https://{NAME}/request/find/"}
        headers |= {"X_Forwarded_For": f"198.51.100.{number}", "X-Forwarded-For": "192.0.2.1"}
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        line.request("POST", "/request/find/", body, headers)
        refused += line.getresponse().status == 429
    must(refused == tries - FINDS_AN_HOUR, f"{refused} of {tries} refused")
    return f"{tries} forged addresses, {tries - refused} tries"


def until_answers(url: str) -> Any:
    deadline = time.monotonic() + 30
    while True:
        try:
            return urllib.request.urlopen(url)
        except (urllib.error.URLError, ConnectionError):
            must(time.monotonic() < deadline, f"{url} does not answer")
            time.sleep(0.2)


def a_rolling_restart_is_not_noticed(site: Deployment) -> str:
    """Visitors read and book all the while; every answer is a page, and every booking arrives."""
    stop, seen, problems, booked = threading.Event(), [0], [], []

    def read() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            path = ("/guides/iliopsoas/", f"/guides/?n={number}", "/book/", "/livez")[number % 4]
            attempt(lambda path=path: must_be_ok(site.ask("GET", path), path))

    def book() -> None:
        while not stop.is_set():
            attempt(lambda: booked.append(visitor(site).book()))

    def attempt(action: Callable[[], object]) -> None:
        try:
            action()
            seen[0] += 1
        except Exception as error:
            problems.append(f"{type(error).__name__}: {error}")
        time.sleep(0.02)

    threads = [threading.Thread(target=each) for each in [read] * VISITORS + [book] * 2]
    for thread in threads:
        thread.start()
    try:
        time.sleep(1)
        for port in ("8000", "8001"):
            site.restart_web(port)
        time.sleep(1)
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    must(not problems, f"{len(problems)} of {seen[0]}: {problems[:5]}")
    must(site.requests(booked) == len(booked) > 0, "a booking is not there")
    return f"{seen[0]} pages and visits, {len(booked)} of them whole bookings, 0 failed"


REHEARSED = [
    plain_http_leads_to_https,
    http2_is_spoken,
    headers_hold,
    pages_are_packed_and_revalidated,
    one_copy_for_each_packing,
    nobody_known_is_answered_from_the_cache,
    static_files_last,
    sizes_are_limited,
    rates_are_limited,
    nobody_there_is_said_in_words,
    somebody_books,
    somebody_books_in_a_browser,
    staff_log_in,
    an_edit_is_seen_by_both,
    a_page_taken_down_is_gone,
    another_name_gets_no_answer,
    no_address_is_forged_behind_caddy,
    a_rolling_restart_is_not_noticed,
]


def main(arguments: list[str]) -> int:
    in_venv()
    if arguments == ["machine"]:
        import rehearse_machine

        return rehearse_machine.main()
    failed = 0
    with Deployment(sys.executable) as site:
        for part in REHEARSED:
            name = part.__name__.replace("_", " ")
            began = time.monotonic()
            try:
                told = part(site)
                print(f"ok    {name} ({time.monotonic() - began:.0f} s): {told}", flush=True)
            except (Exception, SystemExit) as error:
                failed += 1
                print(f"FAIL  {name}: {type(error).__name__}: {error}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
