#!/bin/sh
# The browser tests need Debian's Chromium: install it where that is possible, else say how.
command -v chromium >/dev/null 2>&1 && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    (apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium) >/dev/null 2>&1 && exit 0
fi
echo "Chromium is missing: browser tests will be skipped. Install it with: apt-get install chromium" >&2
exit 0
