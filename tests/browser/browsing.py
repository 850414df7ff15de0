"""Open the report as a reader does: a real browser, its file, no network."""

import os
import shutil

import pytest
from playwright.sync_api import expect, sync_playwright

from base.paths import ROOT
from pages import site


@pytest.fixture(name="address", scope="module")
def address_fixture(tmp_path_factory):
    """Write the report of the published results; return its address."""
    figures = tmp_path_factory.mktemp("report") / "figures"
    shutil.copytree(ROOT / "figures", figures)
    return site.write(figures).as_uri()


@pytest.fixture(name="browser", scope="module")
def browser_fixture():
    with sync_playwright() as playwright:
        path = os.environ.get("CHROMIUM", "/usr/bin/chromium")
        browser = playwright.chromium.launch(executable_path=path)
        yield browser
        browser.close()


@pytest.fixture(name="opened")
def opened_fixture(browser, address):
    """Return a function that opens a page; in the end nothing has failed or left the machine."""
    contexts, problems = [], []

    def open_page(name, **options):
        context = browser.new_context(offline=True, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: problems.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: problems.append(f"error: {error}"))
        page.on("requestfailed", lambda request: problems.append(f"failed: {request.url}"))
        page.on("request", lambda request: _note_if_outside(request.url, problems))
        page.goto(f"{address}#{name}")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert problems == []


def _note_if_outside(url, problems):
    if not url.startswith(("file:", "data:", "blob:")):
        problems.append(f"request: {url}")


def viewer(page, number="05"):
    """Return the viewer of an experiment once its chart is drawn, with all curves."""
    found = page.locator(f'.viewer[data-experiment="{number}"]')
    guess = page.locator(".page.shown .guess button")
    found.locator(".chart").wait_for(state="attached")
    if guess.count():
        guess.click()
    found.locator("details").first.evaluate("details => { details.open = true; }")
    found.get_by_label("training", exact=True).check()
    expect(found.locator("svg.marks")).to_be_visible()
    expect(found.locator("table.values")).to_contain_text("training")
    return found
