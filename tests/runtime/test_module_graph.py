"""Modules that import all that they depend on."""

from __future__ import annotations

import re
from posixpath import dirname, join, normpath

from stempress.core.paths import WEB
from stempress.runtime.module_graph import with_whole_graphs

MODULES = {
    "door.js": 'import { a } from "./room/a.js";\nconst later = () => import("./room/late.js");\n',
    "room/a.js": '/** @import { T } from "./types.js" */\nimport {\n  b,\n} from "../base/b.js";\n',
    "room/late.js": 'import "./a.js";\nconst url = new URL("worker.js", import.meta.url);\n',
    "room/worker.js": 'export { a } from "./a.js";\n',
    "room/types.js": "",
    "base/b.js": 'import "./c.js";\n',
    "base/c.js": "",
}


def test_entries_import_all_that_they_depend_on() -> None:
    added = {
        name: text.removeprefix(MODULES[name]) for name, text in with_whole_graphs(MODULES).items()
    }
    below = 'import "../base/b.js";import "../base/c.js";\n'
    assert added == {
        "door.js": 'import "./base/b.js";import "./base/c.js";\n',
        "room/late.js": below,
        "room/worker.js": below,
    }


def test_the_sites_modules_are_requested_at_once() -> None:
    modules = {
        path.relative_to(WEB).as_posix(): path.read_text("utf-8")
        for path in WEB.rglob("*.js")
        if path.name not in {"site.js", "sw.js"}
    }
    entries = with_whole_graphs(modules)
    workers = {"playback/worker.js", "playback/opus-stream-worker.js"}
    assert {"mixer.js", "bar.js", *workers} <= set(entries)
    for entry, text in entries.items():
        named = _imports(entry, text)
        assert all(_imports(name, modules[name]) <= named for name in named)


def _imports(name: str, text: str) -> set[str]:
    paths = re.findall(r'(?:^|;)(?:import|export)\b[^;"()]*"(\.[^"]+)"', text, re.MULTILINE)
    return {normpath(join(dirname(name), path)) for path in paths}
