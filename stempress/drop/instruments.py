"""Words in file names: instruments and parts, and mixes of a whole song. Pure."""

from __future__ import annotations

import re

INSTRUMENTS = frozenset(
    """
    drum drums drumkit kit kick kicks bd snare snares sd hat hats hihat hihats cymbal cymbals ride
    crash tom toms clap claps snap snaps rim rimshot perc percs percussion shaker shakers
    tambourine conga congas bongo bongos cowbell beat beats break breaks breakbeat
    bass basses sub subbass
    guitar guitars gtr gtrs gt ukulele banjo mandolin harp sitar
    key keys keyboard keyboards piano pianos rhodes wurli wurlitzer organ organs clav clavinet
    harpsichord celesta accordion mellotron
    synth synths pad pads lead leads arp arps pluck plucks chord chords stab stabs melody harmony
    drone drones texture textures
    string strings violin violins viola violas cello cellos contrabass orchestra
    brass horn horns trumpet trumpets trombone trombones tuba sax saxophone flute flutes clarinet
    oboe bassoon woodwind woodwinds winds whistle
    bell bells marimba vibes vibraphone xylophone glockenspiel kalimba
    vocal vocals vox voice voices choir choirs singer bv bvs bgv bgvs bvox backing adlib adlibs
    rap
    fx sfx effects reverb verb delay echo noise riser risers impact impacts sweep ambience ambient
    atmo atmos foley
    loop loops sample samples scratch scratches
    schlagzeug gitarre gitarren klavier stimme stimmen gesang geige streicher orgel chor
    batterie basse guitare guitares voix cordes cuivres
    bateria bajo guitarra guitarras teclado teclados voz voces cuerdas
    """.split()  # noqa: SIM905 - such a list reads better
)
"""Names of instruments and parts, in lower case, as they stand in the names of stems."""
MIXES = frozenset(
    "mixdown mixdowns master mastered masters premaster bounce rough reference 2mix 2bus".split()  # noqa: SIM905
)
MIX_PHRASES = re.compile(
    r"\b(?:(?:full|final|stereo|main|rough|reference|ref|2)[ -]?(?:mix|out|bus|track)|mix)\b"
    r"|^(?:main|output|stereo)$"
)
"""Names of a mix of the whole song, in lower case, its words separated by spaces."""
VERSIONS = frozenset(
    "instrumental acapella acappella karaoke extended radio edit clean version demo".split()  # noqa: SIM905
)
"""What follows the song's name in the name of another mix of it, in lower case."""
CLICKS = re.compile(r"\b(?:click(?: track)?|metronome|count[ -]?in|guide(?: track)?|cues?)$")
"""Names of what musicians play to, in lower case, at the end of a name."""
GENERIC_FOLDERS = frozenset(
    """
    audio stems stem wav wavs aif aiff flac mp3 files bounces bounced export exports exported
    rendered renders bounce freeze processed consolidate consolidated tracks multitrack multitracks
    multis media 16bit 24bit 32bit
    44.1k 48k 44khz 48khz
    """.split()  # noqa: SIM905 - such a list reads better
)
"""Words of folders that say nothing about the music."""


def words_of(name: str) -> list[str]:
    """Return the words of a name in lower case; ``LeadVox`` has two."""
    parted = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    return [word for word in re.split(r"[\W_]+", parted.casefold()) if word]


def has_instrument(name: str) -> bool:
    """Return whether a name contains an instrument or a part; ``Drums2`` does."""
    return any(word.rstrip("0123456789") in INSTRUMENTS for word in words_of(name))


def is_mixdown(name: str) -> bool:
    """Return whether a file of this name is a mix of all stems, not one of them."""
    if has_instrument(name):
        return False
    words = words_of(name)
    return bool(MIXES.intersection(words) or MIX_PHRASES.search(" ".join(words)))


def is_click(name: str) -> bool:
    """Return whether a file of this name is a click or a guide, which no listener hears."""
    return bool(CLICKS.search(" ".join(words_of(name))))


def is_generic_folder(name: str) -> bool:
    """Return whether a folder's name says nothing about the music, such as ``24bit WAVs``."""
    words = name.casefold().replace("-", " ").replace("_", " ").split()
    return bool(words) and all(word in GENERIC_FOLDERS or word.isdigit() for word in words)
