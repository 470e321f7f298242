"""What the help of each command says below its options: what it reads and writes, and examples."""

from __future__ import annotations

from typing import NamedTuple

from stempress.core.program import program

EXIT_CODES = {
    0: "done",
    1: "errors, which are listed; nothing was written",
    2: "an option or a command that there is not",
    70: "a fault of Stempress itself; the message names the log",
    130: "stopped with Ctrl-C",
}


HELP_COLUMNS = 80
"""Help is no wider, however wide the terminal."""


class HelpText(NamedTuple):
    """What a command reads and writes, and arguments of example calls with a remark on each."""

    reads: str
    writes: str
    examples: dict[str, str]


SITE = "site.toml, content/, stems/, templates/"
LEDGER = "content/tokens.json"
HELP_TEXTS = {
    "build": HelpText(
        SITE,
        "dist/, all or nothing; the cache",
        {
            "build": "build the site in this folder",
            "build --report": "and say what takes up its bytes",
            "build --json": "the result as JSON, for a program",
        },
    ),
    "serve": HelpText(
        f"{SITE}, whenever they change",
        "dist/; what the audition decides",
        {
            "serve --open": "build, and open the site in the browser",
            "serve --host": "show it to a phone in the same network, too",
        },
    ),
    "mix": HelpText(
        "site.toml, content/, the stems of a song",
        "a WAV file",
        {
            "mix undertow 3-1-4 -o mix.wav": "the samples that the mixer plays",
            "mix my.take -o take.wav": "a recorded performance",
        },
    ),
    "clashes": HelpText(
        "site.toml, content/, stems/",
        "standard output; the cache",
        {
            "clashes undertow": "what does not fit in a song, the worst first",
            "clashes --json": "all songs and every pair, for a program",
        },
    ),
    "video": HelpText(
        "site.toml, content/, the stems and pictures of a song",
        "an MP4 or WebM file",
        {"video undertow 3-1-4 -o mix.mp4 --bars 1-8": "eight bars, to post"},
    ),
    "publish": HelpText(
        "dist/",
        "published/: CAR files and a manifest; with --check nothing",
        {
            "publish --check": "what would break on a host",
            "publish": "CAR files for IPFS; the CIDs are reported",
            "publish --json": "the CIDs as JSON",
        },
    ),
    "verify": HelpText(
        "dist/, and a CAR file or a host",
        "nothing",
        {
            "verify published/site.car": "every block of a CAR file",
            "verify https://somebody.github.io/site/": "every file of a host",
        },
    ),
    "new": HelpText(
        "a folder of sound files, which stay where they are",
        "a new folder: site.toml, content/, stems/, README.md, .github/",
        {
            "new my-stems --dry-run": "show how the folder is understood",
            'new my-stems --artist "Ada"': "write it to my-stems-site",
        },
    ),
    "mint": HelpText(
        f"site.toml, content/, {LEDGER}, secret.json",
        f"{LEDGER}, secret.json",
        {
            "mint --size 1000": "a thousand tokens, unrevealed",
            "mint --size 50 --append": "fifty more",
        },
    ),
    "seal": HelpText(
        f"{LEDGER}, content/hidden/, secret.json",
        "secret.json, content/provenance.json, content/hidden/",
        {"seal": "before the mint opens"},
    ),
    "reveal": HelpText(
        f"{LEDGER}, secret.json",
        f"{LEDGER}, content/provenance.json, secret.json",
        {"reveal --tokens 1-500": "the first five hundred"},
    ),
    "forge": HelpText(
        f"site.toml, content/, {LEDGER}",
        f"{LEDGER}; with --dry-run nothing",
        {
            "forge undertow --burn 1,17,40": "stem tokens for a song",
            "forge --album tides --burn 9001,9002": "song tokens for an album",
        },
    ),
    "sync": HelpText(
        "site.toml, the contract's chain",
        f"{LEDGER}; the cache",
        {"sync": "from where the last sync ended"},
    ),
    "holders": HelpText(
        f"site.toml, {LEDGER}, the cache of sync",
        "standard output; with --merkle a file",
        {
            "holders --tier stem > holders.csv": "who holds stem tokens",
            "holders --json": "with the copies of each token",
        },
    ),
    "import": HelpText(
        "a folder with a JSON file for each token, a table of traits",
        f"the table of traits, then {LEDGER}",
        {
            "import old-drop": "write a table of its traits",
            "import old-drop --traits traits.csv": "import, once it is complete",
        },
    ),
    "published": HelpText(
        "dist/",
        "published/",
        {"published": "from now on builds list the files to upload"},
    ),
    "doctor": HelpText(
        "this computer; if no runtime is cached, the package index or the CDN",
        "nothing",
        {"doctor": "what is there, and what would be slow", "doctor --json": "as JSON"},
    ),
    "cache": HelpText(
        "the cache",
        "with clear: removes it; the next build makes it anew",
        {"cache size": "how large each part is", "cache clear": "free the disk"},
    ),
    "completion": HelpText(
        "nothing",
        "standard output",
        {
            "completion bash > ~/.local/share/bash-completion/completions/stempress": "",
            "completion zsh > ~/.zfunc/_stempress": "",
            "completion fish > ~/.config/fish/completions/stempress.fish": "",
        },
    ),
}


def command_help(name: str) -> str:
    """Return what the help of a command ends with."""
    text = HELP_TEXTS[name]
    return f"reads:  {text.reads}\nwrites: {text.writes}\n\nexamples:\n{_examples(text.examples)}"


def general_help() -> str:
    """Return what the help without a command ends with."""
    first = {
        "new my-stems": "start a site from a folder of stems",
        "serve --open": "look at it while you write",
        "": "build it",
        "build --help": "what a command reads and writes, and its options",
    }
    codes = "\n".join(f"  {code:<4}{meaning}" for code, meaning in EXIT_CODES.items())
    return f"examples:\n{_examples(first)}\n\nexit status:\n{codes}"


def _examples(examples: dict[str, str]) -> str:
    calls = {program(call): remark for call, remark in examples.items()}
    width = max((len(call) for call, remark in calls.items() if remark), default=0)
    lines = (f"  {call:<{width}}  {remark}".rstrip() for call, remark in calls.items())
    return "\n".join(map(_fold, lines))


def _fold(line: str) -> str:
    """Return an example that is too long for a line in two, as shells read it."""
    return line if len(line) < HELP_COLUMNS else line.replace(" > ", " \\\n      > ")
