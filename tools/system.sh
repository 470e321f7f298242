#!/usr/bin/env bash
# See that the machine has what the tests drive besides Python; a Debian gets what is missing.
# `system.sh npm` asks for npm alone.
set -euo pipefail

has_any() {
    local name
    for name in "$@"; do
        if command -v "$name" >/dev/null; then return 0; fi
    done
    return 1
}

missing=()
if ! has_any npm; then missing+=(npm); fi
if [ "${1:-}" != npm ]; then
    if [ -z "${CHROMIUM:-}" ] && ! has_any chromium google-chrome; then missing+=(chromium); fi
    if [ -z "${FIREFOX:-}" ] && ! has_any firefox-esr firefox; then missing+=(firefox-esr); fi
    # WebKit plays what GStreamer's plugins decode, and wants a display.
    if [ -z "${WEBKIT_DRIVER:-}" ] && ! has_any WebKitWebDriver; then
        missing+=(webkit2gtk-driver gstreamer1.0-plugins-{base,good} gstreamer1.0-{libav,pulseaudio})
    fi
    if ! has_any Xvfb; then missing+=(xvfb); fi
    if ! has_any pulseaudio; then missing+=(pulseaudio); fi
    if ! has_any java; then missing+=(default-jre-headless); fi
    if ! has_any ffmpeg; then missing+=(ffmpeg); fi
    if ! has_any sox; then missing+=(sox); fi
fi
if [ ${#missing[@]} -eq 0 ]; then exit 0; fi

as_root=()
if [ "$(id -u)" -ne 0 ]; then as_root=(sudo -n); fi
if ! has_any apt-get || { [ "$(id -u)" -ne 0 ] && ! sudo -n true 2>/dev/null; }; then
    echo "The tests need: ${missing[*]} (names of Debian packages)." >&2
    echo "  -> install them; browsers with other names are named by \$CHROMIUM and \$FIREFOX" >&2
    exit 1
fi
echo "installing ${missing[*]}"
"${as_root[@]}" apt-get -qq update
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get -qq install --yes --no-install-recommends "${missing[@]}" >/dev/null
