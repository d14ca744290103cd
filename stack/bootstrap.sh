#!/bin/sh
# Prints the path of uv. Where the machine has none, puts the pinned one into a virtual environment in the user's cache.
set -eu

version=0.13.9
home="${XDG_CACHE_HOME:-$HOME/.cache}/raterwatch/uv-$version"

say() { printf '%s\n' "$*" >&2; }

# True on Debian and its kin with the right to install packages.
may_install() { [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; }

apt_install() {
    say "installing $* …"
    export DEBIAN_FRONTEND=noninteractive
    apt-get install -y -qq --no-install-recommends "$@" >&2 </dev/null ||
        { apt-get update -qq >&2 && apt-get install -y -qq --no-install-recommends "$@" >&2 </dev/null; }
}

if command -v uv >/dev/null; then command -v uv; exit 0; fi
if [ -x "$home/bin/uv" ]; then echo "$home/bin/uv"; exit 0; fi

if ! command -v python3 >/dev/null; then
    may_install || { say "please install Python 3.11 or newer (or uv), then try again"; exit 1; }
    apt_install python3 python3-venv
fi
if ! python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
    say "raterwatch needs Python 3.11 or newer and python3 here is $(python3 -V 2>&1);"
    say "please install a newer Python, or uv, which brings its own, then try again"
    exit 1
fi
if ! python3 -c 'import venv, ensurepip' 2>/dev/null; then
    may_install || { say "please install Python's venv (Debian package python3-venv), or uv, then try again"; exit 1; }
    apt_install python3-venv
fi

# Made under another name first: an interrupted download must not look like a finished one.
say "fetching uv $version …"
mkdir -p "$(dirname "$home")"
draft=$(mktemp -d "$home.XXXXXX")
trap 'rm -rf "$draft"' EXIT
python3 -m venv "$draft" >&2
"$draft/bin/python" -m pip install --quiet --disable-pip-version-check "uv==$version" >&2 </dev/null
# Another process may have been quicker; then its copy is as good.
mv -T "$draft" "$home" 2>/dev/null || [ -x "$home/bin/uv" ]
echo "$home/bin/uv"
