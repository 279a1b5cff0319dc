#!/bin/sh
# The tests run against real parts: a Redis server, wrk for the benchmark's load, curl for the
# README's commands. Those on the PATH are used, else the system's packages are installed when that
# is possible.
set -eu
missing=
for part in redis-server wrk curl; do
  command -v "$part" >/dev/null 2>&1 || missing="$missing $part"
done
[ -z "$missing" ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "installing for the tests:$missing"
  apt-get update -qq
  # shellcheck disable=SC2086  # a list of words
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
  exit 0
fi
echo "the tests need$missing: run 'apt-get install$missing' (as root) and try again" >&2
exit 1
