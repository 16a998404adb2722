#!/bin/sh
# Makes .venv with everything a target needs: `setup.sh base` to run apps, `setup.sh dev` to build and test.
# Needs nothing but a Python 3.11 to 3.13. Does nothing when pyproject.toml has not changed since last time.
set -eu
cd "$(dirname "$0")/.."
kind=${1:-dev}

# Tests run the generator under a protoc that is not ours.
if [ "$kind" = dev ] && ! command -v protoc >/dev/null; then
    echo "setup: installing Debian's protobuf-compiler" >&2
    { apt-get update -qq && apt-get install -y -qq protobuf-compiler; } >&2 || {
        echo "setup: that failed. Install protoc by hand (protobuf-compiler, or brew install protobuf)." >&2
        exit 1
    }
fi

stamp=.venv/.installed-$kind
sum=$(cksum pyproject.toml)
[ -f "$stamp" ] && [ "$(cat "$stamp")" = "$sum" ] && exit 0

fits() { "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' 2>/dev/null; }

if ! [ -x .venv/bin/python ] || ! fits .venv/bin/python; then
    python=
    for candidate in ${PYTHON:-} python3 python3.13 python3.12 python3.11 python; do
        if fits "$candidate"; then python=$candidate; break; fi
    done
    if [ -z "$python" ]; then
        echo "setup: no Python 3.11 to 3.13 found; set PYTHON to one." >&2
        exit 1
    fi
    if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        echo "setup: this Python has no venv module; installing Debian's python3-venv" >&2
        { apt-get update -qq && apt-get install -y -qq python3-venv; } >&2 || {
            echo "setup: that failed. Install the venv module of $python by hand and try again." >&2
            exit 1
        }
    fi
    "$python" -m venv --clear .venv
fi

extra=
[ "$kind" = dev ] && extra='[dev]'
echo "setup: installing into .venv ($kind)" >&2
.venv/bin/python -m pip install --quiet --disable-pip-version-check --editable ".$extra"
printf '%s' "$sum" > "$stamp"
[ "$kind" = dev ] && printf '%s' "$sum" > .venv/.installed-base
exit 0
