#!/bin/sh
# The tests run against a real Redis server: the one on the PATH, else the system's package.
set -eu
command -v redis-server >/dev/null 2>&1 && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "installing redis-server for the tests"
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get install -y -qq --no-install-recommends redis-server >/dev/null
  exit 0
fi
echo "the tests need a real Redis server: run 'apt-get install redis-server' (as root) and try again" >&2
exit 1
