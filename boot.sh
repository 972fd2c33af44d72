#!/usr/bin/env bash
# Starts Rollcall. With no argument: migrations, then everything in one container.
# With one: `server`, `bot`, `relay`, `jobs`, `live`, or any other command of `python -m rollcall`.
[ -n "${BASH_VERSION:-}" ] || exec bash "$0" "$@" # as `sh boot.sh`
set -euo pipefail +o posix # in which a closed descriptor would end it
export CALLED_FROM="$PWD" # what files are named from that somebody types
called="$0"
# A link in some other folder, such as /usr/local/bin.
[ -d "$(dirname "$called")/rollcall" ] || called="$(readlink -f "$called")"
cd "$(dirname "$called")"

# A descriptor that is closed would be given to the next file, such as the database. It is tried
# by a copy: bash takes `>&1` for done, open or not.
{ : 9<&0; } 2>/dev/null || exec </dev/null
{ : 9>&1; } 2>/dev/null || exec >/dev/null
{ : 9>&2; } || exec 2>/dev/null # without words: there is no place for them

python=python
[ -x .venv/bin/python ] && python=.venv/bin/python
command -v "$python" >/dev/null || {
    echo "There is no Python here that the user $(id -un) may run: type \`make setup\`." >&2
    exit 1
}
# glibc keeps a heap for every thread otherwise, and in it what large texts have left: a server's
# worker had 15 MiB more after a dozen calls that registered 10,000 Macs each. Smaller limits cost
# time: zlib takes 256 KiB, and would have to ask the system for them each time.
export MALLOC_ARENA_MAX="${MALLOC_ARENA_MAX:-1}"
export MALLOC_MMAP_THRESHOLD_="${MALLOC_MMAP_THRESHOLD_:-262144}"
export MALLOC_TRIM_THRESHOLD_="${MALLOC_TRIM_THRESHOLD_:-524288}"

[ $# -eq 0 ] || exec "$python" -m rollcall "$@"

# Each may stand in a file instead, as secrets of Docker and Kubernetes do.
app_token="${SLACK_APP_TOKEN:-}${SLACK_APP_TOKEN_FILE:-}"
signing_secret="${SLACK_SIGNING_SECRET:-}${SLACK_SIGNING_SECRET_FILE:-}"

# All that is missing is said at once: each process would name what it needs itself.
missing=
needs() { # a setting's name, and where it is found
    local file="$1_FILE"
    [ -n "${!1:-}${!file:-}" ] || missing="$missing"$'\n'"  - $1: $2"
}
needs SLACK_BOT_TOKEN 'api.slack.com/apps, your app, OAuth & Permissions'
[ -n "$app_token$signing_secret" ] || needs SLACK_APP_TOKEN 'api.slack.com/apps, your app, Basic Information, '\
'for Socket Mode; or SLACK_SIGNING_SECRET, there too, for HTTP requests'
needs ROLLCALL_CHANNEL "the channel's name in Slack, About, at the very bottom"
needs BOOTSTRAP_URL 'where Macs reach this server, such as http://mac.lan:5000'
needs BOOTSTRAP_USERNAME 'your choice: who fetches scripts'
needs BOOTSTRAP_PASSWORD 'your choice, beside it'
needs ROLLCALL_SECRET_KEY "python3 -c 'import secrets; print(secrets.token_hex(32))'"
if [ -n "$missing" ]; then
    echo "Rollcall cannot start. These settings have no value (.env.example says more):$missing" >&2
    exit 1
fi

# Set before anything runs: a container's first process hears no signal without a trap.
asked=
pids=()
trap 'asked=0' TERM INT HUP

"$python" -m rollcall migrate

start() {
    [ -z "$asked" ] || return 0
    "$python" -m rollcall "$1" &
    pids+=($!)
}

start server
# The others come when it answers, or after half a minute: at once they would share the processors
# with it, and it is what Macs wait for. A question waits at the port until somebody takes it.
answers() (
    exec 3<>"/dev/tcp/127.0.0.1/${PORT:-5000}"
    printf 'GET /healthz HTTP/1.0\r\n\r\n' >&3
    read -r -t 1 _ <&3
) 2>/dev/null
SECONDS=0
while [ -z "$asked" ] && [ $SECONDS -lt 30 ] && kill -0 "${pids[0]}" 2>/dev/null && ! answers; do
    sleep 0.1 || true
done
start relay
start jobs
[ -z "$app_token" ] || start bot
[ -z "${ROLLCALL_URL:-}" ] || start live # there is a board

# One that ends takes the others with it: a supervisor outside starts them all again. Asked to
# stop, all end by themselves, and that is a success. (`wait -n` would be shorter; the bash of
# macOS does not have it.)
ended=
while [ -z "$asked" ] && [ -z "$ended" ]; do
    for pid in "${pids[@]}"; do
        kill -0 "$pid" 2>/dev/null || ended=$pid
    done
    sleep 0.3 || true
done
status=0
[ -z "$ended" ] || wait "$ended" || status=$?
[ ${#pids[@]} -eq 0 ] || kill -TERM "${pids[@]}" 2>/dev/null || true
until wait; do :; done
exit "${asked:-$status}"
