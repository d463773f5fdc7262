"""The report and the interactive pages as a browser shows them, opened from disk."""

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By

from .browser import errors, open_browser, requests, visit, waiting
from .conftest import Run

pytestmark = [pytest.mark.slow, pytest.mark.browser]

TINY = ("--configfile", "tests/config/tiny.yaml")


@pytest.fixture(scope="module")
def browser() -> Iterator[Chrome]:
    """One browser for all tests."""
    with open_browser() as found:
        yield found


@pytest.fixture(scope="module")
def report(tiny_run: Run) -> Path:
    """The report of the tiny run, one file."""
    found = tiny_run.checkout.snakemake(*TINY, "--report", "results/report.html")
    assert found.returncode == 0, found.stdout
    return tiny_run.checkout.folder / "results/report.html"


def entries(browser: Chrome) -> dict[str, dict]:
    """What the report holds, by path."""
    return json.loads(browser.execute_script("return JSON.stringify(results)"))


def follow(browser: Chrome, path: str) -> None:
    """Press what an XPath leads to, once it is there."""
    found = waiting(browser).until(lambda b: b.find_element(By.XPATH, path))
    browser.execute_script("arguments[0].click()", found)


def test_the_report_opens_without_a_network_and_without_an_error(
    browser: Chrome, report: Path
) -> None:
    visit(browser, report)
    text = waiting(browser).until(lambda b: b.find_element(By.TAG_NAME, "body").text)
    assert "abagen" in text
    assert requests(browser) == []
    assert errors(browser) == []


def test_the_report_holds_every_figure_with_caption_category_and_labels(
    browser: Chrome, report: Path, tiny_run: Run
) -> None:
    visit(browser, report)
    found = entries(browser)
    results = tiny_run.checkout.folder / "results"
    drawn = [
        path.relative_to(results.parent).as_posix()
        for pattern in ("*/*/figures/*.svg", "*/*/figures/*.png", "*/*/views/*.html")
        for path in results.glob(pattern)
    ]
    assert len(drawn) > 25
    assert set(found) == set(drawn)
    for path, entry in found.items():
        assert len(entry["caption"]) > 100, path
        assert "{{" not in entry["caption"], path
        assert {"figure", "dataset"} <= set(entry["labels"]), path
    categories = json.loads(browser.execute_script("return JSON.stringify(categories)"))
    for module, groups in categories.items():
        paths = [path for group in groups.values() for path in group]
        assert paths
        assert all(path.startswith(f"results/{module}/") for path in paths)


@pytest.mark.parametrize("module", ["expression", "hic"])
def test_every_figure_of_the_report_shows(browser: Chrome, report: Path, module: str) -> None:
    visit(browser, report)
    chosen = {p: e for p, e in entries(browser).items() if p.startswith(f"results/{module}/")}
    follow(browser, f"//*[normalize-space(text())='{module}']")
    eyes = "//tr//a[@iconname='eye']"
    waiting(browser).until(lambda b: len(b.find_elements(By.XPATH, eyes)) == len(chosen))
    shown = set()
    for number in range(1, len(chosen) + 1):
        follow(browser, f"({eyes})[{number}]")
        shown.add(waiting(browser).until(shown_file(shown)))
    assert shown == {entry["filename"] for entry in chosen.values()}
    assert requests(browser) == []
    assert errors(browser) == []


def shown_file(before: set[str]):
    """Condition: the name of a picture or page that is drawn and was not before."""

    def of(browser: Chrome) -> str | None:
        for element in browser.find_elements(By.XPATH, "//img | //iframe"):
            head = (element.get_attribute("src") or "")[:200]
            name = head.partition("filename=")[2].partition(";")[0]
            is_drawn = element.tag_name == "iframe" or element.get_property("naturalWidth") > 0
            if is_drawn and name not in before | {"", "logo.svg"}:
                return name
        return None

    return of


def test_the_zip_holds_the_same_report(
    browser: Chrome, report: Path, tiny_run: Run, tmp_path: Path
) -> None:
    process = tiny_run.checkout.snakemake(*TINY, "--report", "results/report.zip")
    assert process.returncode == 0, process.stdout
    with zipfile.ZipFile(report.with_suffix(".zip")) as archive:
        archive.extractall(tmp_path)
    (page,) = tmp_path.rglob("report.html")
    visit(browser, report)
    whole = set(entries(browser))
    visit(browser, page)
    assert set(entries(browser)) == whole
    assert errors(browser) == []


def test_a_brain_can_be_cut_where_one_clicks(browser: Chrome, tiny_run: Run) -> None:
    visit(browser, tiny_run.folder / "views/APOE.html")
    canvas = waiting(browser).until(lambda b: b.find_element(By.TAG_NAME, "canvas"))
    waiting(browser).until(lambda b: b.execute_script("return arguments[0].width > 300", canvas))
    before = canvas.screenshot_as_base64
    ActionChains(browser).move_to_element_with_offset(canvas, -250, -40).click().perform()
    waiting(browser).until(lambda b: canvas.screenshot_as_base64 != before)
    assert requests(browser) == []
    assert errors(browser) == []


def test_contact_maps_are_zoomed_together_and_tell_their_values(
    browser: Chrome, tiny_run: Run
) -> None:
    visit(browser, tiny_run.checkout.folder / "results/hic/tiny/views/maps.html")
    maps = browser.find_elements(By.CSS_SELECTOR, "#panels canvas")
    assert len(maps) == 4  # input, truth and two variants
    before = [found.screenshot_as_base64 for found in maps]
    browser.find_element(By.ID, "in").click()
    after = [found.screenshot_as_base64 for found in maps]
    assert all(one != other for one, other in zip(before, after, strict=True))
    ActionChains(browser).move_to_element(maps[1]).perform()
    told = browser.find_element(By.ID, "place").text
    for name in ("input", "truth", "gaussian", "net_noise_aware"):
        assert f"{name} " in told
    assert "Mb" in told
    browser.find_element(By.ID, "all").click()
    ActionChains(browser).move_to_element(browser.find_element(By.ID, "title")).perform()
    assert [found.screenshot_as_base64 for found in maps] == before
    assert requests(browser) == []
    assert errors(browser) == []
