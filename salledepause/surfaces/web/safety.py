"""What every page tells the browser to refuse: scripts in pages, frames, anything foreign, forms sent elsewhere."""

from __future__ import annotations

from urllib.parse import urlsplit

from salledepause.surfaces.edge import NOWHERE, Answer, Header

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; media-src 'self' blob:; connect-src 'self'; "
    "manifest-src 'self'; worker-src 'self'; form-action {forms}; frame-ancestors 'none'; base-uri 'none'"
)
PERMISSIONS = ", ".join(
    f"{feature}=()"
    for feature in (
        *("accelerometer", "autoplay", "browsing-topics", "camera", "display-capture", "geolocation", "gyroscope"),
        *("hid", "idle-detection", "magnetometer", "microphone", "midi", "payment", "screen-wake-lock"),
        *("serial", "usb", "xr-spatial-tracking"),
    )
)
"""What no page asks of a device; passkeys and full-screen films keep their default: this site alone."""
STRICT: tuple[Header, ...] = (
    (b"content-security-policy", POLICY.format(forms="'self'").encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", PERMISSIONS.encode()),
    (b"cache-control", b"private, no-cache"),
    (b"vary", b"cookie, accept-language, x-fragment, accept-encoding"),
)
SECRET: Header = NOWHERE
"""For pages that show something once, or what is said for some hours."""


def dressed(headers: tuple[Header, ...]) -> tuple[Header, ...]:
    """Return headers with the safe ones; a header already given wins over the safe one of its name."""
    given = {name for name, _ in headers}
    return (*headers, *(pair for pair in STRICT if pair[0] not in given))


def kept_nowhere(ends: object) -> tuple[Header, ...]:
    """Return the headers of a page that shows words: of those that end, no device keeps a copy."""
    return (SECRET,) if ends else ()


def allowing(redirect_uri: str) -> Header:
    """Return the policy of a form whose answer may send the browser to an app: its origin, or its own scheme."""
    parts = urlsplit(redirect_uri)
    target = f"{parts.scheme}://{parts.netloc}" if parts.scheme in {"http", "https"} else f"{parts.scheme}:"
    forms = "'self'" if parts.scheme == "urn" else f"'self' {target}"
    return (b"content-security-policy", POLICY.format(forms=forms).encode())


def to(location: bytes, *headers: Header) -> Answer:
    """Return a redirection that turns a sent form into a page read."""
    return Answer(b"", 303, dressed(((b"location", location), *headers)))
