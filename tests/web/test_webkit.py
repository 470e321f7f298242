"""The player bar in WebKit: the first press of any Play sounds, and gallery keys pause."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from tests.support.webkit import launch_webkit

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from selenium.webdriver.remote.webdriver import WebDriver
    from selenium.webdriver.remote.webelement import WebElement

    from tests.conftest import Serve

pytestmark = [pytest.mark.browser, pytest.mark.site]

PATIENCE_SECONDS = 60
HEARD_SECONDS = 0.5  # the position of a track that plays is soon further than this
LISTEN = """
  window.wrong = [];
  addEventListener("error", ({ message }) => wrong.push(message));
  addEventListener("unhandledrejection", ({ reason }) => wrong.push(String(reason)));
"""
BAR = """
  const bar = document.querySelector("player-bar");
  const failures = document.querySelectorAll(".to-queue [role=status], [data-mute]:not([hidden])");
  return {
    state: bar?.dataset.state ?? "",
    seconds: bar?.queue.seconds ?? 0,
    reason: bar?.querySelector(".reason").textContent ?? "",
    failures: [...failures].map((it) => it.textContent).join(""),
    wrong: window.wrong,
  };
"""


@pytest.fixture
def webkit(loudspeakers: dict[str, str]) -> Iterator[WebDriver]:
    with launch_webkit(loudspeakers) as browser:
        yield browser


@pytest.fixture
def base(pressed: Path, serve: Serve) -> str:
    return serve(pressed, "/a/b/")


def visit(webkit: WebDriver, address: str) -> None:
    webkit.get(address)
    webkit.execute_script(LISTEN)


def press(webkit: WebDriver, name: str) -> None:
    """Press the first button whose name begins so, once it is there."""
    keys = WebDriverWait(webkit, PATIENCE_SECONDS).until(lambda _: buttons(webkit, name))
    webkit.execute_script("arguments[0].scrollIntoView({ block: 'center' })", keys[0])
    keys[0].click()


def buttons(webkit: WebDriver, name: str) -> list[WebElement]:
    begins = f"starts-with(normalize-space(), {name!r}) or starts-with(@aria-label, {name!r})"
    return webkit.find_elements(By.XPATH, f"//main//button[{begins}]")


def bar(webkit: WebDriver) -> dict[str, Any]:
    """Return what the bar does; nothing may have gone wrong."""
    found: dict[str, Any] = webkit.execute_script(BAR)
    assert found["wrong"] == []
    assert found["failures"] == ""
    assert found["state"] != "failed", found["reason"]
    return found


def wait_until_heard(webkit: WebDriver) -> None:
    def is_heard(_: WebDriver) -> bool:
        found = bar(webkit)
        return bool(found["state"] == "playing" and found["seconds"] > HEARD_SECONDS)

    WebDriverWait(webkit, PATIENCE_SECONDS).until(is_heard)


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("", "Play the collection"),
        ("songs/undertow/", "Play its mixes, rarest first"),
        ("stems/undertow/drums/brushes/", "Play this stem"),
    ],
)
def test_the_first_press_of_play_sounds(
    webkit: WebDriver, base: str, address: str, name: str
) -> None:
    visit(webkit, base + address)
    press(webkit, name)
    wait_until_heard(webkit)


def test_the_keys_of_the_gallery_play_and_pause(webkit: WebDriver, base: str) -> None:
    visit(webkit, f"{base}gallery/")
    press(webkit, "Play ")
    wait_until_heard(webkit)
    press(webkit, "Pause ")
    WebDriverWait(webkit, PATIENCE_SECONDS).until(lambda _: bar(webkit)["state"] == "paused")
