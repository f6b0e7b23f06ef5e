"""Which schemes of addresses never lead back to an app: they run, read, call or open something else.

An app that is installed has a scheme of its own: by rights its domain backwards (RFC 8252 section 7.1), in practice any word
(`icecubesapp`, `oauth2redirect`, `mastodon-android-auth`). So what is known to mean something else is refused, and nothing more.
Sources: the registry of IANA, the schemes that browsers keep for themselves, those by which systems were attacked.
"""

from __future__ import annotations

RUN = "javascript jscript livescript mocha vbscript data applescript shortcuts workflow shell"
"""They run what the address says."""
INSIDE = """
    about blob filesystem feed view-source jar wyciwyg mhtml mk its ms-its res resource help hcp intent android-app content cid
    mid x-default-browser firefox firefox-private googlechrome googlechromes microsoft-edge
"""
"""They name a part of something else, or hold a second address and open that."""
BROWSERS = "chrome devtools edge brave opera vivaldi isolated-app uuid-in-package"
"""Pages of the browser itself, and of its extensions."""
FILES = "file ftp ftps sftp smb cifs nfs afp dav davs webdav fish gopher wais git svn rsync magnet ed2k torrent"
NETWORK = """
    ws wss ldap ldaps dict finger telnet tn3270 ssh rlogin vnc rdp imap pop nntp news snews irc ircs rtsp rtsps rtmp rtmps mms dns
    snmp coap coaps redis jdbc
"""
PEOPLE = """
    mailto tel fax modem sms smsto mmsto callto facetime facetime-audio facetime-prompt sip sips skype xmpp im geo maps market
    itms webcal webcals calshow pcast prefs app-prefs payto bitcoin ethereum lightning upi steam search search-ms acrobat
"""
"""They call, write, pay, or open what the system has for everybody."""
NAMES = "urn uri tag info oid ni nih did pkcs11 z39.50r z39.50s"
"""They name something and open nothing."""
KEPT = ("chrome-", "edge-", "moz-", "ms-", "safari-", "itms-", "view-", "x-apple", "x-safari-", "x-web-search", "web-extension")
"""Beginnings that browsers and systems keep for themselves…"""
GIVEN = frozenset({"ms-app"})
"""… but for what they give to apps."""

UNSAFE = frozenset(f"{RUN} {INSIDE} {BROWSERS} {FILES} {NETWORK} {PEOPLE} {NAMES}".split())


def leads_to_an_app(scheme: str) -> bool:
    """Tell whether a scheme, in small letters, may be one of an app."""
    return scheme in GIVEN or (scheme not in UNSAFE and not scheme.startswith(KEPT))
