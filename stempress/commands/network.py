"""Addresses of this computer in its network, and QR codes of them for phones."""

from __future__ import annotations

import io
import socket
from contextlib import suppress

from stempress.core.progress import can_show

PRIVATE_ADDRESS = "10.255.255.255"
"""Any address of a private network: a route to it begins at this computer's own address."""


def network_addresses() -> list[str]:
    """Return the IPv4 addresses of this computer that others in its network can reach."""
    found = []
    with suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect((PRIVATE_ADDRESS, 1))  # of UDP: chooses a route, and sends nothing
        found.append(str(probe.getsockname()[0]))
    with suppress(OSError):
        found += socket.gethostbyname_ex(socket.gethostname())[2]
    return [*dict.fromkeys(address for address in found if not address.startswith("127."))][:1]


def qr_code(text: str) -> list[str]:
    """Return the lines of a QR code; none if the terminal's encoding has no block characters."""
    import segno  # noqa: PLC0415 - few previews are for phones

    drawing = io.StringIO()
    segno.make(text, micro=False).terminal(drawing, border=2, compact=True)
    return drawing.getvalue().splitlines() if can_show(drawing.getvalue()) else []
