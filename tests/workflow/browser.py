"""Chromium without a window: what a page asks for, says and shows."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from debian import programs
from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.support.ui import WebDriverWait

LOCAL = ("file:", "data:", "blob:", "chrome:", "about:")
WAIT_S = 30


@contextmanager
def open_browser() -> Iterator[Chrome]:
    """A browser that resolves no name, so that a page has only what is in its file."""
    browser, driver = programs(["chromium", "chromedriver"], ["chromium", "chromium-driver"])
    options = ChromeOptions()
    options.binary_location = browser
    for argument in (
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
        "--window-size=1400,1000",
        "--host-resolver-rules=MAP * ~NOTFOUND",
    ):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    found = Chrome(options=options, service=Service(driver))
    try:
        yield found
    finally:
        found.quit()


def visit(browser: Chrome, page: Path) -> None:
    """Open a page from disk and wait until it has loaded; what was logged before is forgotten."""
    browser.get_log("browser")
    browser.get_log("performance")
    browser.get(page.resolve().as_uri())
    waiting(browser).until(lambda b: b.execute_script("return document.readyState") == "complete")


def waiting(browser: Chrome) -> WebDriverWait:
    """Wait for something on the page."""
    return WebDriverWait(browser, WAIT_S)


def requests(browser: Chrome) -> list[str]:
    """Addresses that the page asked for and that are not in its file."""
    events = [json.loads(row["message"])["message"] for row in browser.get_log("performance")]
    addresses = [
        event["params"]["request"]["url"]
        for event in events
        if event["method"] == "Network.requestWillBeSent"
    ]
    return [address for address in addresses if not address.startswith(LOCAL)]


def errors(browser: Chrome) -> list[str]:
    """What the page's console says of errors."""
    return [row["message"] for row in browser.get_log("browser") if row["level"] == "SEVERE"]
