"""A validator of podcasts, from what the specifications say.

Sources: https://www.rssboard.org/rss-specification (RSS), https://www.rssboard.org/rss-profile
(PROFILE), Apple's "A podcaster's guide to RSS" and "Podcast artwork" on podcasters.apple.com
(APPLE), https://github.com/Podcastindex-org/podcast-namespace (PODCASTING).
"""

from __future__ import annotations

import re
from email.utils import parsedate_to_datetime
from io import BytesIO
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from uuid import UUID, uuid5

from PIL import Image

from tests.support.small_site import xml

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from xml.etree.ElementTree import Element

ITUNES = "{http://www.itunes.com/dtds/podcast-1.0.dtd}"
PODCAST = "{https://podcastindex.org/namespace/1.0}"
ATOM = "{http://www.w3.org/2005/Atom}"
SOUND = {"audio/mpeg", "audio/x-m4a", "video/mp4", "video/quicktime"}
MEDIUMS = {"podcast", "music", "video", "film", "audiobook", "newsletter", "blog"}
NAMESPACE = UUID("ead4c236-bf58-58c6-a2c6-a6b28d128cb6")
RFC_822 = re.compile(
    r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d "
    r"(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d\d:\d\d:\d\d ([+-]\d{4}|GMT)"
)


def podcast_faults(text: str, read: Callable[[str], bytes]) -> list[str]:
    """Return what is wrong with a podcast; ``read`` returns what a URL leads to."""
    root = xml(text)
    channel = root.find("channel")
    if root.tag != "rss" or root.get("version") != "2.0" or channel is None:
        return ["RSS: no <rss version='2.0'> with a channel"]
    faults = [*_channel_faults(channel, read)]
    items = channel.findall("item")
    ids = [item.findtext("guid") for item in items]
    if len(set(ids)) < len(ids):
        faults.append("APPLE: GUIDs must be unique")
    for item in items:
        faults += _item_faults(item, read)
    return faults


def _channel_faults(channel: Element, read: Callable[[str], bytes]) -> Iterator[str]:
    for name in ("title", "link", "description"):
        if not channel.findtext(name):
            yield f"RSS: the channel needs <{name}>"
    if not re.fullmatch(r"[a-z]{2,3}(-[A-Za-z]{2,4})*", channel.findtext("language") or ""):
        yield "APPLE: <language> must be an ISO 639 code"
    if channel.findtext(f"{ITUNES}explicit") not in {"true", "false"}:
        yield "APPLE: <itunes:explicit> must be true or false"
    category = channel.find(f"{ITUNES}category")
    if category is None or category.get("text") != "Music":
        yield "APPLE: <itunes:category> must be one of Apple's"
    links = [link for link in channel.findall(f"{ATOM}link") if link.get("rel") == "self"]
    if len(links) != 1:
        yield "PROFILE: one <atom:link rel='self'> is recommended"
    if channel.findtext(f"{PODCAST}medium") not in MEDIUMS:
        yield "PODCASTING: <podcast:medium> must be one of its list"
    elif links:
        bare = (links[0].get("href") or "").partition("://")[2].rstrip("/")
        if channel.findtext(f"{PODCAST}guid") != str(uuid5(NAMESPACE, bare)):
            yield "PODCASTING: <podcast:guid> must be the UUIDv5 of the feed's URL"
    yield from _image_faults(channel, read)


def _image_faults(channel: Element, read: Callable[[str], bytes]) -> Iterator[str]:
    image = channel.find(f"{ITUNES}image")
    url = "" if image is None else image.get("href") or ""
    if not url.endswith((".jpg", ".png")):
        yield "APPLE: <itunes:image> must be a JPEG or a PNG"
        return
    with Image.open(BytesIO(read(url))) as picture:
        if picture.width != picture.height or not 1400 <= picture.width <= 3000:
            yield "APPLE: artwork must be square, 1400 to 3000 pixels"
        if picture.mode != "RGB":
            yield "APPLE: artwork must be in RGB"


def _is_rfc_822(date: str) -> bool:
    return bool(RFC_822.fullmatch(date) and parsedate_to_datetime(date).strftime("%a") == date[:3])


def _item_faults(item: Element, read: Callable[[str], bytes]) -> Iterator[str]:
    name = item.findtext("title")
    if not name:
        yield "APPLE: an item needs <title>"
    guid = item.find("guid")
    if guid is None or not guid.text:
        yield f"APPLE: {name}: needs <guid>"
    elif guid.get("isPermaLink", "true") == "true" and not _is_url(guid.text):
        yield f"RSS: {name}: a <guid> that is no URL needs isPermaLink='false'"
    date = item.findtext("pubDate")
    if date is not None and not _is_rfc_822(date):
        yield f"RSS: {name}: <pubDate> must be in the format of RFC 822"
    if not re.fullmatch(r"[1-9]\d*", item.findtext(f"{ITUNES}duration") or ""):
        yield f"APPLE: {name}: <itunes:duration> should be seconds"
    sounds = item.findall("enclosure")
    if len(sounds) != 1:
        yield f"PROFILE: {name}: must have one <enclosure>"
        return
    (sound,) = sounds
    url = sound.get("url") or ""
    if not _is_url(url):
        yield f"RSS: {name}: the URL of an enclosure must be absolute"
    elif sound.get("length") != str(len(read(url))):
        yield f"RSS: {name}: the length of an enclosure must be that of its file"
    if sound.get("type") not in SOUND:
        yield f"APPLE: {name}: enclosures must be of a type that is played"


def _is_url(text: str) -> bool:
    parts = urlsplit(text)
    return parts.scheme in {"http", "https"} and bool(parts.netloc)
