#!/usr/bin/env bash
# Rolls a release of samples/EfApp out while two versions of it serve requests, and then takes a faulty one back.
#
#   ./demo.sh [--keep]
#     --keep   leaves the database and release 2 up, and says how to reach and stop them; after a failure, whatever is up
#
# Needs the .NET SDK; PostgreSQL is found or fetched by eng/postgres.sh. Ends with 0 only if no request failed and every row is right.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
source eng/postgres.sh

users=200000
workers=8
rate=${EFROLL_DEMO_RATE:-400}
keep=
case "${1:-}" in
    '') ;;
    --keep) keep=yes ;;
    *) sed -n '2,/^$/s/^# \{0,1\}//p' "$0"; exit 2 ;;
esac

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 MSBUILDDISABLENODEREUSE=1
work=$(mktemp -d)
chmod 755 "$work"
declare -A app_pid app_url
load_pid=

finish() {
    local status=$?
    trap - EXIT
    if [ -n "$load_pid" ]; then kill "$load_pid" 2>/dev/null || true; fi
    if [ $status != 0 ]; then tail -n 20 "$work"/*.err "$work"/app*.log 2>/dev/null >&2 || true; fi
    if [ -z "$keep" ]; then
        for pid in ${app_pid[@]+"${app_pid[@]}"}; do kill "$pid" 2>/dev/null || true; done
        wait 2>/dev/null || true
        efroll_pg_remove "$work/pg"
        rm -rf "$work"
    elif [ $status != 0 ]; then
        echo "Left for a look: $work, processes ${app_pid[*]:-none}; eng/postgres.sh remove $work/pg stops the database" >&2
    fi
    exit $status
}
trap finish EXIT
trap 'exit 130' INT TERM

heading() { printf '\n[%3d s] %s\n' "$SECONDS" "$*"; }

# dotnet efroll as built here, with the migrations of a release
efroll() {
    local release=$1; shift
    local source=()
    if [ "$1" = start ]; then source=(--project samples/EfApp --no-build); fi
    echo "\$ dotnet efroll $*${source[*]:+ --project samples/EfApp}   # release $release"
    EfAppVersion=$release dotnet artifacts/bin/EfRoll.Tool/debug/EfRoll.Tool.dll "$@" \
        ${source[@]+"${source[@]}"} --connection "$connection" 7>&- 8<&-
}

answers() {
    (exec 9<>"/dev/tcp/127.0.0.1/$1" && printf 'GET %s HTTP/1.0\r\n\r\n' "$2" >&9 && grep -q '200 OK' <&9) 2>/dev/null
}

start_app() {
    local release=$1 port tries=0
    port=$(efroll_pg_free_port)
    app_url[$release]=http://127.0.0.1:$port
    ConnectionStrings__Users=$connection Logging__LogLevel__Default=Warning nohup \
        dotnet "artifacts/efapp$release/bin/EfApp/debug/EfApp.dll" --urls "${app_url[$release]}" \
        >"$work/app$release.log" 2>&1 </dev/null 7>&- 8<&- &
    app_pid[$release]=$!
    until answers "$port" /health; do
        if [ $((tries += 1)) -gt 150 ] || ! kill -0 "${app_pid[$release]}" 2>/dev/null; then
            echo "release $release does not start" >&2
            return 1
        fi
        sleep 0.2
    done
    # What the runtime still compiles should not show as latency.
    for path in /users/{10..20} /users/by-login/user{10..20} "/users?take="{10..20}; do answers "$port" "$path"; done
}

stop_app() {
    kill -TERM "${app_pid[$1]}"
    wait "${app_pid[$1]}" || true
    unset "app_pid[$1]"
}

# Release 1 keeps credits in 32 bits: as long as the rollout of release 2 is open, nobody may write more.
credits=2147483647

# Says something to the load and waits until it is done.
tell() {
    local answer
    printf '%s\n' "$1" >&7
    read -r answer <&8
    [ "$answer" = done ]
}
phase() { tell "phase|$1|$credits$2"; }
old() { echo "|old=$1@${app_url[$1]}"; }
new() { echo "|new=$1@${app_url[$1]}"; }

heading "Building the tool, three releases of the application, and the load"
build() {
    if ! dotnet build "$1" -v q -nologo >"$work/build.log" 2>&1; then
        cat "$work/build.log"
        return 1
    fi
}
build src/EfRoll.Tool
for release in 1 2 3; do EfAppVersion=$release build samples/EfApp; done
build samples/EfApp.Load
load() { exec dotnet artifacts/bin/EfApp.Load/debug/EfApp.Load.dll "$@"; }

heading "PostgreSQL, release 1 on an empty database, $users users"
watched=(--while $$)
if [ -n "$keep" ]; then watched=(); fi
connection=$(efroll_pg_start "$work/pg" "${watched[@]}")
efroll 1 start --complete
(load seed "$connection" $users)
start_app 1
coproc LOAD { load drive $users $workers "$rate" 2>"$work/load.err"; }
load_pid=$LOAD_PID
exec 7>&"${LOAD[1]}" 8<&"${LOAD[0]}"

heading "Release 1 under load"
phase "1 before" "$(old 1)"
sleep 6

heading "The migrations of release 2 start; release 1 stays under load"
phase "1 while start runs" "$(old 1)"
efroll 2 start

heading "Release 2 beside release 1: both read and write the same users"
start_app 2
phase "1 and 2 side by side" "$(old 1)$(new 2)"
sleep 12
tell check

heading "Who is on which version; complete waits until release 1 has ended, under load"
efroll 2 status
efroll 2 complete --wait &
completing=$!
sleep 3
phase "2 alone, then complete" "$(new 2)"
stop_app 1
wait $completing
credits=9000000000000000000
phase "2 after complete" "$(new 2)"
sleep 5
tell check

heading "A faulty release 3 makes numbers of all badges, but one user's is no number"
phase "2 while start fails" "$(old 2)"
if efroll 3 start; then
    echo "the faulty migration was not noticed" >&2
    exit 1
fi
phase "2 after the refusal" "$(old 2)"
sleep 3

heading "That badge is mended, release 3 starts, runs beside release 2, and is taken back"
tell mend
phase "2 while start runs" "$(old 2)"
efroll 3 start
start_app 3
phase "2 and 3 side by side" "$(old 2)$(new 3)"
sleep 8
tell check
phase "2 while rollback runs" "$(old 2)"
stop_app 3
efroll 3 rollback
phase "2 after rollback" "$(old 2)"
sleep 3
tell check

if [ -n "$keep" ]; then
    heading "What is left running"
    echo "release 2   ${app_url[2]}/users"
    echo "database    $connection"
    echo "To stop and delete both: kill ${app_pid[2]}; eng/postgres.sh remove $work/pg; rm -r $work"
fi

heading "What the clients saw"
head -n 5 "$work/load.err"
echo report >&7
passed=0
cat <&8
wait "$load_pid" || passed=1
load_pid=
exit $passed
