"""Parser of [audio] in site.toml, and of what metadata let marketplaces play."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from stempress.collection.audio_formats import MIN_BITRATES
from stempress.collection.settings import CODECS, DOWNLOADS, LOCKED, PREVIEWS, Audio

if TYPE_CHECKING:
    from stempress.collection.audio_formats import Codec
    from stempress.collection.settings import Downloads, Locked, Previews, Settings
    from stempress.core.tables import Table


def parse_audio(table: Table) -> Audio:
    """Return what becomes of the stems in the browser."""
    locked = cast("Locked", table.choice("locked", "open", LOCKED))
    # A preview lets everybody hear stems that a silent site plays to their holders alone.
    previews = "none" if locked == "silent" else "tokens"
    audio = Audio(
        stream=cast("Codec", table.choice("stream", "opus", CODECS)),
        bitrate=table.integer("bitrate", 128, 32, 320),
        lossless=table.flag("lossless"),
        previews=cast("Previews", table.choice("previews", previews, PREVIEWS)),
        preview_seconds=table.number("preview_seconds", 30.0, 1, 600),
        locked=locked,
        pad=table.flag("pad"),
        downloads=cast("Downloads", table.choice("downloads", "tokens", DOWNLOADS)),
    )
    lowest, reason = MIN_BITRATES.get(audio.stream, (0, ""))
    if audio.bitrate < lowest:
        table.fault(
            "bitrate",
            f"is too low for {audio.stream} stems to stay aligned: {reason}",
            audio.bitrate,
            f"{lowest} to 320, or another format in audio.stream",
        )
    table.finish()
    return audio


def check_animation(metadata: Table, settings: Settings) -> None:
    """Report what marketplaces cannot play, and what they would disclose."""
    audio, value = settings.audio, settings.animation
    if value == "song" and audio.downloads == "none":
        message = 'needs the whole mixes, which [audio] downloads = "none" leaves out'
        metadata.fault("animation", message, value, 'downloads = "tokens", or "mixer" or "preview"')
    elif value == "song" and audio.locked != "open":
        message = f'lets anybody hear whole mixes, though [audio] locked is "{audio.locked}"'
        metadata.warn("animation", message, value, '"mixer" and "preview" do not')
    elif value == "video" and audio.locked == "silent":
        message = 'lets anybody hear the beginning of mixes, though [audio] locked is "silent"'
        metadata.warn("animation", message, value, '"mixer" does not')
    elif value == "mixer" and not settings.url and settings.assets == "site":
        message = "needs the address of the site's pages, which marketplaces are to show"
        metadata.warn("animation", message, value, 'add the url of [site], or assets = "ipfs"')
