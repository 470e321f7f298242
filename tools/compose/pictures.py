"""Draw the picture layers of Undertow: `python tools/compose/pictures.py`."""

from __future__ import annotations

import math
import random

from catalogue import ROOT

SIZE = 1000
INK, PAPER, LAMP = "#0d2230", "#f4ead8", "#f2b35e"


def swell(y: float, height: float, waves: float, phase: float = 0.0) -> str:
    """The outline of a sea whose surface is at `y`, filled to the bottom."""
    points = [
        f"{x} {y + height * math.sin((x / SIZE * waves + phase) * 2 * math.pi):.1f}"
        for x in range(0, SIZE + 1, 20)
    ]
    return f"M0 {SIZE}L" + "L".join(points) + f"L{SIZE} {SIZE}Z"


def stripe(y: float, height: float, waves: float, phase: float) -> str:
    """A line along a swell."""
    return "M" + "L".join(
        f"{x} {y + height * math.sin((x / SIZE * waves + phase) * 2 * math.pi):.1f}"
        for x in range(0, SIZE + 1, 20)
    )


def sky(top: str, middle: str, low: str) -> str:
    """Three flat bands from edge to edge."""
    return (
        f'<rect width="1000" height="1000" fill="{top}"/>'
        f'<rect y="330" width="1000" height="670" fill="{middle}"/>'
        f'<rect y="520" width="1000" height="480" fill="{low}"/>'
    )


def dusty() -> str:
    haze = "".join(
        f'<circle cx="{x}" cy="{y}" r="{r}"/>'
        for x, y, r in ((90, 120, 3), (260, 70, 4), (410, 190, 3), (905, 90, 4), (640, 140, 3))
    )
    return sky("#7d3b46", "#b4574a", "#d98852") + f'<g fill="{PAPER}" opacity=".5">{haze}</g>'


def brushes() -> str:
    rng = random.Random(4)
    strokes = "".join(
        f"M{x} {y}l-{length * 0.25:.0f} {length}"
        for x, y, length in (
            (rng.randint(20, 990), rng.randint(0, 460), rng.randint(50, 130)) for _ in range(70)
        )
    )
    rain = f'<path d="{strokes}" stroke="#dfe7e6" stroke-width="3" opacity=".35"/>'
    return sky("#3f5666", "#5c7683", "#86a0a6") + rain


def lock_gate() -> str:
    rng = random.Random(9)
    stars = "".join(
        f'<circle cx="{x}" cy="{y}" r="{r}"/>'
        for x, y, r in (
            (rng.randint(10, 990), rng.randint(10, 420), rng.choice((2, 3))) for _ in range(60)
        )
    )
    return sky("#0f2740", "#17385a", "#245172") + f'<g fill="{PAPER}" opacity=".75">{stars}</g>'


def sub() -> str:
    return (
        f'<path d="{swell(640, 26, 1, 0.1)}" fill="#134a5c"/>'
        f'<path d="{swell(760, 34, 1, 0.45)}" fill="#0f3848"/>'
        f'<path d="{swell(890, 30, 1, 0.8)}" fill="{INK}"/>'
    )


def upright() -> str:
    posts = "".join(
        f'<path d="M{x} {top}h34V1000h-34z"/><path d="M{x - 5} {top}h44v16h-44z"/>'
        for x, top in ((70, 560), (170, 610), (800, 590), (905, 545))
    )
    return (
        f'<path d="{swell(650, 10, 3, 0.2)}" fill="#1f5a62"/>'
        f'<path d="{swell(790, 12, 3, 0.6)}" fill="#174650"/>'
        f'<g fill="#3a2620">{posts}</g>'
        f'<path d="{swell(900, 12, 3, 0.1)}" fill="#10323b"/>'
    )


def fretless() -> str:
    lines = "".join(
        f'<path d="{stripe(690 + i * 38, 24 - i * 2, 1.5, 0.15 + i * 0.06)}"/>' for i in range(8)
    )
    return (
        f'<path d="{swell(645, 24, 1.5, 0.1)}" fill="#2a4a6b"/>'
        f'<g fill="none" stroke="#8fb3c4" stroke-width="4" opacity=".55">{lines}</g>'
    )


def rhodes() -> str:
    rings = "".join(
        f'<circle cx="690" cy="290" r="{r}" opacity="{o}"/>'
        for r, o in ((150, 0.5), (186, 0.3), (222, 0.16))
    )
    return (
        f'<circle cx="690" cy="290" r="116" fill="{PAPER}"/>'
        f'<g fill="none" stroke="{PAPER}" stroke-width="5">{rings}</g>'
    )


def cimbalom() -> str:
    rays = ""
    for degrees in range(100, 171, 5):
        angle = math.radians(degrees)
        reach = min(900, 345 / math.sin(angle))
        x, y = 690 + reach * math.cos(angle), 290 + reach * math.sin(angle)
        rays += f"M690 290L{x:.0f} {y:.0f}"
    return (
        f'<path d="{rays}" stroke="{LAMP}" stroke-width="3" opacity=".6"/>'
        f'<circle cx="690" cy="290" r="62" fill="{LAMP}"/>'
    )


def drawbar() -> str:
    bars = "".join(
        f'<rect x="{540 + i * 38}" y="{top}" width="24" height="{400 - top}" rx="12"/>'
        for i, top in enumerate((150, 210, 120, 250, 180, 280, 230, 310))
    )
    return f'<g fill="{PAPER}" opacity=".85">{bars}</g>'


def section() -> str:
    bows = "".join(
        f'<path d="M-20 {470 - i * 34}C240 {390 - i * 52} 520 {560 - i * 30} 1020 {430 - i * 44}"/>'
        for i in range(6)
    )
    return f'<g fill="none" stroke="{PAPER}" stroke-width="4" opacity=".4">{bows}</g>'


def pizzicato() -> str:
    birds = "".join(
        f'<path d="M{x} {y}q{s} -{s} {2 * s} 0q{s} -{s} {2 * s} 0"/>'
        for x, y, s in (
            (130, 260, 20), (220, 200, 26), (330, 240, 18), (300, 330, 14), (430, 170, 20),
            (480, 290, 13), (180, 380, 13),
        )
    )  # fmt: skip
    return f'<g fill="none" stroke="{PAPER}" stroke-width="7" stroke-linecap="round">{birds}</g>'


def hum() -> str:
    upper = "".join(
        f'<rect x="{330 + i * 44}" y="546" width="22" height="20" rx="4"/>' for i in range(7)
    )
    lower = "".join(f'<circle cx="{300 + i * 46}" cy="634" r="9"/>' for i in range(10))
    glow = "".join(
        f'<rect x="{300 + i * 46 - 6}" y="{705 + i % 3 * 14}" width="12" height="60" rx="6"/>'
        for i in range(10)
    )
    return (
        f'<g fill="{LAMP}" opacity=".28">{glow}</g>'
        f'<path d="M200 600H800L750 690H262Z" fill="{INK}"/>'
        f'<path d="M300 528H660V604H300Z" fill="{PAPER}"/>'
        f'<path d="M350 478H560V530H350Z" fill="{PAPER}"/>'
        f'<path d="M585 440H640V530H585Z" fill="#c4503f"/>'
        f'<path d="M585 458H640V474H585Z" fill="{PAPER}"/>'
        f'<g fill="{LAMP}">{upper}{lower}</g>'
    )


def theremin() -> str:
    arcs = "".join(
        f'<path d="M{520 - r} 470a{r} {r} 0 0 1 {2 * r} 0"/>' for r in (46, 86, 126, 166)
    )
    return (
        f'<g fill="none" stroke="{LAMP}" stroke-width="5" opacity=".8">{arcs}</g>'
        f'<path d="M516 470h8V640h-8z" fill="{INK}"/>'
        f'<circle cx="520" cy="468" r="12" fill="{LAMP}"/>'
        f'<path d="M524 500L610 616H524Z" fill="{PAPER}"/>'
        f'<path d="M410 640H640Q616 700 570 700H470Q430 700 410 640Z" fill="{INK}"/>'
    )


PICTURES = {
    "drums": {"dusty": dusty, "brushes": brushes, "lock-gate": lock_gate},
    "bass": {"sub": sub, "upright": upright, "fretless": fretless},
    "keys": {"rhodes": rhodes, "cimbalom": cimbalom, "drawbar": drawbar},
    "strings": {"section": section, "pizzicato": pizzicato},
    "voice": {"hum": hum, "theremin": theremin},
}


def main() -> None:
    """Write one SVG beside every stem."""
    for layer, stems in PICTURES.items():
        for stem, draw in stems.items():
            path = ROOT / "stems" / "undertow" / layer / f"{stem}.svg"
            path.parent.mkdir(parents=True, exist_ok=True)
            head = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1000 1000">'
            path.write_text(f"{head}{draw()}</svg>\n", encoding="utf-8")


if __name__ == "__main__":
    main()
