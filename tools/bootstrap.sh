#!/usr/bin/env bash
# Make .venv hold what the lock files say: bootstrap.sh for the artist, bootstrap.sh dev for tests.
set -euo pipefail
cd "$(dirname "$0")/.."

VERSIONS="3.13 3.14 3.12"

is_version() { # interpreter version
    "$1" -c 'import ensurepip, sys; sys.exit("%d.%d" % sys.version_info[:2] != sys.argv[1])' \
        "$2" >/dev/null 2>&1
}

candidates() { # version
    printf '%s\n' python3 "python$1"
    if command -v uv >/dev/null; then uv python find "$1" 2>/dev/null || true; fi
    printf '%s\n' "${PYENV_ROOT:-$HOME/.pyenv}/versions/$1".*/bin/python
}

find_python() {
    local version candidate
    for version in $VERSIONS; do
        while read -r candidate; do
            if is_version "$candidate" "$version"; then
                echo "$candidate"
                return
            fi
        done < <(candidates "$version")
    done
    echo "Stempress needs Python 3.12, 3.13 or 3.14 with its venv module, and found neither." >&2
    echo "  -> get one: python.org, 'uv python install 3.13', 'pyenv install 3.13', or your system's packages" >&2
    return 1
}

stamp() { # lock file
    cksum "$1"
}

is_stamped() { # lock file
    [ -x .venv/bin/python ] && [ "$(cat ".venv/$1.stamp" 2>/dev/null)" = "$(stamp "$1")" ]
}

install() { # lock file
    echo "installing $1 into .venv"
    # Twice quiet: mirrors of the index that are not there are no news; faults still are.
    .venv/bin/python -m pip install -qq --disable-pip-version-check --no-input \
        --require-hashes -r "$1"
    stamp "$1" >".venv/$1.stamp"
}

if ! is_stamped requirements.txt; then
    python=$(find_python)
    rm -rf .venv
    "$python" -m venv .venv
    install requirements.txt
fi
if [ "${1:-}" = dev ] && ! is_stamped requirements-dev.txt; then
    install requirements-dev.txt
fi
