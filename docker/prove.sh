#!/usr/bin/env bash
# Proves the deployed service on a real engine: built, healthy, confined, and keeping what it acknowledged
# through a kill -9 of both containers. Touches no other stack: own project name, own free port.
#
#   ONESHOT_REQUIRE_DOCKER=1   no engine is a failure, not only a banner
#   ONESHOT_LOCAL_DOCKER=PATH  a script whose `up` starts an engine and whose `down` stops it, for root
#                              on a machine without one
set -euo pipefail
export LC_ALL=C
# The proof is of what the checkout says, not of what is set here.
unset ONESHOT_LARGEST_BODY ONESHOT_LAYOUTS ONESHOT_LOG_LEVEL ONESHOT_MODEL ONESHOT_QUEUE ONESHOT_WORKERS
cd "$(dirname "$0")/.."

project=oneshot-prove
local_docker=${ONESHOT_LOCAL_DOCKER:-../shared/tools/local-docker.sh}
started_engine=no
engine=no
own=
log=$(mktemp)

step() { printf '\n== %s\n' "$*"; }
fail() { printf 'NOT TRUE: %s\n' "$*" >&2; exit 1; }

# Runs a talkative command, whose words matter only when it fails.
logged() { "$@" >"$log" 2>&1 || { tail -n 40 "$log" >&2; return 1; }; }

not_proven() {
  printf '\n%s\n  NOT PROVEN: the composed service was not run.\n  %s\n%s\n' \
    '!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!' "$1" '!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!' >&2
  [[ ${ONESHOT_REQUIRE_DOCKER:-0} != 1 ]] || exit 1
  exit 0
}

# Port 0 takes a free one. No .env and no override file: the proof is of what the checkout says.
compose() {
  ONESHOT_PORT=0 docker compose --project-name "$project" --env-file /dev/null --file compose.yaml "$@"
}

take_down() {
  local status=$?
  trap - EXIT INT TERM
  set +e
  if [[ $engine == yes ]]; then
    if ((status)); then
      step "failed: what the containers say"
      compose ps --all
      compose logs --no-color --tail 100
    fi
    step "taking all down"
    # An engine started here keeps the image, as its classic builder has no other cache.
    local images=(--rmi local)
    [[ $started_engine == no ]] || images=()
    docker rm --force "$project-cuda" >/dev/null 2>&1
    logged compose down --volumes --remove-orphans --timeout 20 "${images[@]}" || status=1
  fi
  if [[ $started_engine == yes ]]; then
    step "stopping the engine that was started"
    "$local_docker" down || status=1
  fi
  rm -f "$log" ${own:+"$own"}
  if [[ $engine == yes ]]; then
    if ((status)); then
      printf '\nFAILED: the composed service does not keep its promises\n'
    else
      printf '\nPROVEN: %s\n' "$result"
    fi
  fi
  exit "$status"
}

get_engine() {
  if docker info >/dev/null 2>&1; then
    docker compose version >/dev/null 2>&1 || not_proven "Docker runs, but Compose v2 is not there."
    # Without the buildx plugin only the classic builder is left.
    docker buildx version >/dev/null 2>&1 || export DOCKER_BUILDKIT=${DOCKER_BUILDKIT:-0}
  elif [[ -x $local_docker && $EUID -eq 0 ]]; then
    local settings
    settings=$("$local_docker" up) || not_proven "$local_docker could not start an engine."
    started_engine=yes
    eval "$settings"
  else
    not_proven "No Docker engine answers here, and none can be started."
  fi
  engine=yes
  docker info --format 'engine {{.ServerVersion}}, {{.OperatingSystem}}, {{.NCPU}} cores'
}

# call METHOD PATH STATUS: sends the JSON on standard input, prints the answer; fails on another status.
call() {
  python3 -c '
import sys, urllib.error, urllib.request
method, url, status = sys.argv[1:]
body = sys.stdin.buffer.read() or None
request = urllib.request.Request(url, body, {"Content-Type": "application/json"}, method=method)
direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
try:
    answer = direct.open(request, timeout=30)
except urllib.error.HTTPError as error:
    answer = error
text = answer.read().decode()
if answer.status != int(status):
    sys.exit(f"{method} {url}: {answer.status}, not {status}: {text}")
print(text)' "$1" "http://$address$2" "$3"
}

# field KEY…: the value at the end of the path of keys and indices into the JSON on standard input.
field() {
  python3 -c '
import json, sys
value = json.load(sys.stdin)
for key in sys.argv[1:]:
    value = value[int(key) if isinstance(value, list) else key]
print(value)' "$@"
}

# recognise_all: one line for each action with a second example clip; fails where another is nearer.
recognise_all() {
  local clip action answer best similarity
  for clip in examples/enroll/*.json; do
    action=$(basename "$clip" .json)
    answer=$(call POST /recognize 200 <"examples/recognize/$action.json")
    best=$(field matches 0 action <<<"$answer")
    similarity=$(field matches 0 similarity <<<"$answer")
    # Four decimals: the last bits depend on how many rows the gallery has.
    printf '  %s is taken for %s, similarity %.4f\n' "$action" "$best" "$similarity"
    [[ $best == "$action" ]] || fail "the best match of $action.json is $action"
  done
}

wait_healthy() {
  local container
  for container in "$redis" "$service"; do
    for _ in {1..240}; do
      [[ $(docker inspect --format '{{.State.Health.Status}}' "$container") != healthy ]] || continue 2
      sleep 0.5
    done
    fail "$(docker inspect --format '{{.Name}}' "$container") is healthy within two minutes"
  done
}

setting() {
  local value
  value=$(docker exec "$redis" redis-cli CONFIG GET "$1" | tail -n 1)
  printf '  redis %s = %s\n' "$1" "$value"
  [[ $value == "$2" ]] || fail "Redis runs with $1 $2"
}

confined() {
  local name=$1 container=$2 user=$3 status
  [[ $(docker inspect --format '{{.HostConfig.ReadonlyRootfs}}' "$container") == true ]] ||
    fail "the root of $name is read-only"
  ! docker exec --user 0 "$container" touch /written 2>/dev/null ||
    fail "nobody writes to the root of $name"
  status=$(docker exec "$container" cat /proc/1/status)
  [[ $(awk '/^Uid:/ {print $2, $3}' <<<"$status") == "$user $user" ]] || fail "$name runs as user $user"
  ((user)) || fail "$name is not root"
  grep -q '^CapBnd:[[:space:]]*0*$' <<<"$status" || fail "$name has no capabilities"
  grep -q '^NoNewPrivs:[[:space:]]*1$' <<<"$status" || fail "$name gains no privileges"
  printf '  %s: user %s, read-only root, no capabilities, no new privileges\n' "$name" "$user"
}

trap take_down EXIT
trap 'exit 130' INT TERM

step "finding an engine"
get_engine

step "checking both compose files"
compose config --quiet
compose --file docker/compose.gpu.yaml config | grep -q 'ONESHOT_PROVIDER: cuda' ||
  fail "the GPU file asks for CUDA"
# What a killed run may have left.
compose down --volumes --remove-orphans >/dev/null 2>&1 || true

step "building the service's image"
began=$SECONDS
logged compose build || fail "the image builds"
built=$((SECONDS - began))

step "starting, until both are healthy"
began=$SECONDS
logged compose up --detach --wait --wait-timeout 180 || fail "both become healthy"
healthy=$((SECONDS - began))
redis=$(compose ps --quiet redis)
service=$(compose ps --quiet service)
address=$(compose port service 8000)
image=$(docker inspect --format '{{.Image}}' "$service")
size=$(($(docker inspect --format '{{.Size}}' "$image") / 1000000))
printf '  built in %s s (%s MB with its base), healthy after %s s on %s\n' "$built" "$size" "$healthy" "$address"

step "Redis keeps what it acknowledged"
setting appendonly yes
setting appendfsync always
setting no-appendfsync-on-rewrite no
setting maxmemory-policy noeviction
[[ $(docker inspect --format '{{range .Mounts}}{{.Type}} {{.Destination}}{{end}}' "$redis") == "volume /data" ]] ||
  fail "Redis's data lies on a named volume"

step "both are confined"
confined service "$service" 10001
confined redis "$redis" "$(docker exec "$redis" id -u redis)"
[[ $address == 127.0.0.1:* ]] || fail "the service is published on this machine only"
[[ -z $(docker port "$redis") ]] || fail "Redis is not published"
printf '  published: %s; of Redis: nothing\n' "$address"

step "the service finds nothing amiss"
ready=$(call GET /readyz 200 </dev/null)
printf '  %s\n' "$ready"
[[ $(field status <<<"$ready") == ready && $(field warnings <<<"$ready") == "[]" ]] ||
  fail "the service is ready without warnings"

step "without a GPU, ONESHOT_PROVIDER=cuda ends with a message"
if said=$(timeout 120 docker run --rm --name "$project-cuda" --network "${project}_store" \
  --env ONESHOT_STORE=redis://redis:6379/0 --env ONESHOT_PROVIDER=cuda "$image" 2>&1); then
  fail "the service refuses to run on the CPU when asked for CUDA"
fi
printf '%s\n' "$said" | tail -n 3
! grep -q Traceback <<<"$said" || fail "the refusal is a message"
grep -qi 'cuda' <<<"$said" || fail "the message names CUDA"

step "enrolling the example clips"
for clip in examples/enroll/*.json; do
  call POST /enroll 201 <"$clip" | field action | sed 's/^/  /'
done

step "recognising other clips of the same actions"
before=$(recognise_all | tee -a /dev/stderr)

step "enrolling one more, and killing both with -9 as soon as it is acknowledged"
acknowledged=$(sed '1s/^{/{"action": "jumping_jack", /' examples/recognize/jumping_jack.json |
  call POST /enroll 201)
docker kill --signal KILL "$service" "$redis" >/dev/null
revision=$(field revision <<<"$acknowledged")
for container in "$redis" "$service"; do
  [[ $(docker inspect --format '{{.State.Running}}' "$container") == false ]] || fail "the kill ended both"
done

step "starting both again, the service first, as a machine that boots may"
docker start "$service" "$redis" >/dev/null
wait_healthy
address=$(compose port service 8000)
after=$(recognise_all | tee -a /dev/stderr)
[[ $after == "$before" ]] || fail "every clip is recognised as before"
best=$(call POST /recognize 200 <examples/recognize/jumping_jack.json | field matches 0 action)
[[ $best == jumping_jack ]] || fail "what was acknowledged right before the kill is there"
kept=$(call GET /collections 200 </dev/null | field collections 0)
printf '  kept: %s\n' "$kept"
enrolled=$(($(find examples/enroll -name '*.json' | wc -l) + 1))
[[ $kept == *"'revision': $revision,"* && $kept == *"'exemplars': $enrolled,"* ]] ||
  fail "the collection is at revision $revision with $enrolled exemplars"

step "migrating to another model from inside, while the old one serves (docs/operation.md)"
migrate() {
  # The last line: the classic builder, asked again for the image, writes to standard output.
  ONESHOT_MODEL=service/models/clear_terms.onnx \
    compose run --rm --no-deps -T service oneshot migrate "$@" --json | tail -n 1
}
plan=$(migrate plan)
printf '  plan: %s\n' "$plan"
[[ $(field state <<<"$plan") == waiting ]] || fail "the collection waits for the other model"
best=$(call POST /recognize 200 <examples/recognize/jumping_jack.json | field matches 0 action)
[[ $best == jumping_jack ]] || fail "the old one serves meanwhile"
migrated=$(migrate apply)
printf '  apply: %s\n' "$migrated"
[[ $(field outcome <<<"$migrated") == switched ]] || fail "the collection is the other model's"

step "another model, and layouts of one's own from docker/own"
usual=$(call GET /model 200 </dev/null | field space)
own=$(mktemp docker/own/proof-XXXXXX.yaml)
sed 's/^name: .*/name: of_the_proof/' examples/layouts/my_camera.yaml >"$own"
chmod a+r "$own" # mktemp's files are their owner's alone, and the service has a user of its own
ONESHOT_MODEL=service/models/clear_terms.onnx ONESHOT_LAYOUTS=$own \
  logged compose up --detach --wait --wait-timeout 180 || fail "the service runs with both"
address=$(compose port service 8000)
other=$(call GET /model 200 </dev/null)
printf '  space %s instead of %s\n' "$(field space <<<"$other")" "$usual"
[[ $(field space <<<"$other") != "$usual" ]] || fail "ONESHOT_MODEL is passed on"
[[ $(field layouts <<<"$other") == *"'of_the_proof'"* ]] || fail "ONESHOT_LAYOUTS is passed on"
best=$(call POST /recognize 200 <examples/recognize/jumping_jack.json | field matches 0 action)
[[ $best == jumping_jack ]] || fail "the other model recognises what was migrated to it"

result="built in ${built} s (${size} MB), healthy in ${healthy} s, confined, durable through kill -9 of both, migrated"
