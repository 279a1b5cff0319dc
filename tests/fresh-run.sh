#!/usr/bin/env bash
# What a newcomer meets: a fresh clone, `make run`, and the time until it is ready.
set -euo pipefail
source=$(cd "$(dirname "$0")/.." && pwd)
folder=$(mktemp -d)
clean_up() {
  [ -z "${server:-}" ] || kill "$server" 2>/dev/null || true
  rm -rf "$folder"
}
trap clean_up EXIT

git clone --quiet "$source" "$folder/checkout"
cd "$folder/checkout"
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')

answers() {
  python3 - "$port" <<'PYTHON'
import http.client, sys
try:
    connection = http.client.HTTPConnection("127.0.0.1", int(sys.argv[1]), timeout=2)
    connection.request("GET", "/readyz")
    sys.exit(connection.getresponse().status != 200)
except OSError:
    sys.exit(1)
PYTHON
}

run_until_ready() {  # SECONDS WHAT
  local begun=$SECONDS
  ONESHOT_PORT=$port make run >"$folder/log" 2>&1 &
  server=$!
  until answers; do
    if ! kill -0 "$server" 2>/dev/null || [ $((SECONDS - begun)) -gt "$1" ]; then
      cat "$folder/log" >&2
      echo "make run: not ready within $1 seconds ($2)" >&2
      exit 1
    fi
    sleep 0.2
  done
  echo "make run: ready $((SECONDS - begun)) s after the start ($2)"
  kill "$server"  # make passes it on
  wait "$server" 2>/dev/null || true
  server=
  while answers; do sleep 0.1; done
}

run_until_ready 300 "fresh clone, installation included"
run_until_ready 10 "installed"
