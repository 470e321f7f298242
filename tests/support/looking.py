"""Checks of how a page looks: accessibility, overflow, missing names, idle controls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Page

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def violations(page: Page, axe: str) -> list[str]:
    """Return what axe-core reports, a line for each element."""
    page.evaluate(axe)
    found: list[dict[str, Any]] = page.evaluate(
        """async (runOnly) => {
          const rules = { "target-size": { enabled: true } }; // is off by itself
          const found = await axe.run(document, { runOnly, rules, resultTypes: ["violations"] });
          return found.violations;
        }""",
        RULES,
    )
    return [
        f"{violation['id']}: {node['target']}: {node['failureSummary']}"
        for violation in found
        for node in violation["nodes"]
    ]


def unfold(page: Page) -> None:
    """Open all details, and wait until the mixer has set up its controls."""
    if page.locator("stem-mixer:not([data-off])").count():
        expect(page.locator("stem-mixer .key.play")).to_be_enabled()
    page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")


def excess(page: Page) -> list[str]:
    """Return elements wider than the screen, if the page scrolls sideways."""
    found: list[str] = page.evaluate(
        """() => {
          const { scrollWidth, clientWidth } = document.documentElement;
          if (scrollWidth <= clientWidth) return [];
          const wide = (each) => {
            const { left, right } = each.getBoundingClientRect();
            return left < -0.5 || right > clientWidth + 0.5;
          };
          const wider = [...document.body.querySelectorAll("*")].filter(wide);
          return wider.map((each) => each.outerHTML.slice(0, 120));
        }"""
    )
    return found


def cut(page: Page) -> list[str]:
    """Return texts that extend beyond the screen where nothing scrolls to the rest of them."""
    found: list[str] = page.evaluate(
        """() => {
          const aside = ".skip, [aria-hidden=true], select, script, style, noscript";
          const scrolls = (each) => each &&
            (/auto|scroll/.test(getComputedStyle(each).overflowX) || scrolls(each.parentElement));
          const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
          const found = [];
          while (walker.nextNode()) {
            const text = walker.currentNode, within = text.parentElement;
            const spoken = within.clientWidth === 1; // for screen readers alone
            if (!text.data.trim() || spoken || within.closest(aside) || scrolls(within)) continue;
            const range = document.createRange();
            range.selectNodeContents(text);
            const beyond = ({ left, right, width }) =>
              width && (left < -1 || right > innerWidth + 1);
            if ([...range.getClientRects()].some(beyond)) found.push(text.data.slice(0, 80));
          }
          return found;
        }"""
    )
    return found


def nameless(page: Page) -> list[str]:
    """Return links without text or a picture with a description."""
    found: list[str] = page.evaluate(
        """() => [...document.querySelectorAll("a[href]:not([aria-hidden])")]
          .filter((link) => !link.textContent.trim() && !link.ariaLabel &&
            ![...link.querySelectorAll("img")].some((img) => img.alt.trim()))
          .map((link) => link.outerHTML.slice(0, 160))"""
    )
    return found


def waiting(page: Page) -> list[str]:
    """Return what needs a script: controls that do nothing, and invisible content."""
    found: list[str] = page.evaluate(
        """() => {
          const strictly = { opacityProperty: true, visibilityProperty: true };
          const seen = (each) =>
            each.checkVisibility(strictly) || getComputedStyle(each).display === "contents";
          const controls = "select, .mixer, p:has(> button)";
          const apart = `[hidden], details, noscript, script, style, svg, ${controls}`;
          const idle = [...document.querySelectorAll("button, input, select, textarea")]
            .filter((each) => seen(each) && !each.disabled);
          const unseen = [...document.querySelectorAll("main *")]
            .filter((each) => each.textContent.trim() && !each.closest(apart) && !seen(each));
          return [...idle, ...unseen].map((each) => each.outerHTML.slice(0, 120));
        }"""
    )
    return found
