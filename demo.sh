#!/usr/bin/env bash
# Replaces the two processes of a release of samples/EfApp one by one by those of the next, under load, and then takes a faulty release back.
#
#   ./demo.sh [--pooler] [--keep]
#     --pooler   the processes reach the database through PgBouncer in transaction mode, which must be installed
#     --keep     leaves the database and release 2 up, and says how to reach and stop them; after a failure, whatever is up
#
# Needs the .NET SDK; PostgreSQL is found or fetched by eng/postgres.sh. Ends with 0 only if no request failed and every row is right.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
source eng/pgbouncer.sh

users=200000
workers=8
rate=${EFROLL_DEMO_RATE:-400}
keep= pooler=
for option in "$@"; do
    case "$option" in
        --keep) keep=yes ;;
        --pooler) pooler=yes; efroll_pooler_bin >/dev/null ;;
        *) sed -n '/^#!/d; /^#/!q; s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
    esac
done

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 MSBUILDDISABLENODEREUSE=1
work=$(mktemp -d)
chmod 755 "$work"
declare -A app_pid app_url
load_pid=
remove="${pooler:+eng/pgbouncer.sh remove $work/pooler; }eng/postgres.sh remove $work/pg; rm -r $work"

finish() {
    local status=$?
    trap - EXIT
    if [ -n "$load_pid" ]; then kill "$load_pid" 2>/dev/null || true; fi
    if [ $status != 0 ]; then tail -n 20 "$work"/*.err "$work"/app*.log >&2 2>/dev/null || true; fi
    if [ -z "$keep" ]; then
        for pid in ${app_pid[@]+"${app_pid[@]}"}; do kill "$pid" 2>/dev/null || true; done
        wait 2>/dev/null || true
        efroll_pooler_remove "$work/pooler"
        efroll_pg_remove "$work/pg"
        rm -rf "$work"
    elif [ $status != 0 ]; then
        echo "Left for a look: $work, processes ${app_pid[*]:-none}; to delete it: $remove" >&2
    fi
    exit $status
}
trap finish EXIT
trap 'exit 130' INT TERM

heading() { printf '\n[%3d s] %s\n' "$SECONDS" "$*"; }

# dotnet efroll as built here, with the migrations of a release. It never goes through the pooler.
efroll() {
    local release=$1; shift
    if [ "$1" = start ]; then set -- "$@" ${pooler:+--views all} --project samples/EfApp --no-build; fi
    echo "\$ dotnet efroll $*   # release $release"
    EfAppVersion=$release dotnet artifacts/bin/EfRoll.Tool/debug/EfRoll.Tool.dll "$@" --connection "$connection" 7>&- 8<&-
}

answers() {
    (exec 9<>"/dev/tcp/127.0.0.1/$1" && printf 'GET %s HTTP/1.0\r\n\r\n' "$2" >&9 && grep -q '200 OK' <&9) 2>/dev/null
}

# Processes are called 1a, 1b, 2a, ...: a number for the release, a letter for the process.
release_of() { echo "${1%[a-z]}"; }

# Starts a process and waits until it is ready. It gets no load before the next phase.
start_app() {
    local app=$1 release port database=$connection tries=0
    release=$(release_of "$app")
    if [ -n "$pooler" ]; then database=$(efroll_pooler_connection "$work/pooler" "release$release"); fi
    port=$(efroll_pg_free_port)
    app_url[$app]=http://127.0.0.1:$port
    ConnectionStrings__Users="$database;Application Name=EfApp" Logging__LogLevel__Default=Warning nohup \
        env ${pooler:+EfRoll__Binding=Qualified} dotnet "artifacts/efapp$release/bin/EfApp/debug/EfApp.dll" --urls "${app_url[$app]}" \
        >"$work/app$app.log" 2>&1 </dev/null 7>&- 8<&- &
    app_pid[$app]=$!
    until answers "$port" /health; do
        if [ $((tries += 1)) -gt 150 ] || ! kill -0 "${app_pid[$app]}" 2>/dev/null; then
            echo "process $app does not start" >&2
            return 1
        fi
        sleep 0.2
    done
    # What the runtime still compiles should not show as latency.
    for path in /users/{10..20} /users/by-login/user{10..20} "/users?take="{10..20}; do answers "$port" "$path"; done
}

# Stops a process that has no load any more.
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
# From now on the load goes to these processes only; none of the others has a request left when this returns.
phase() { tell "phase|$1|$credits$2"; }
old() { echo "|old=$(targets "$@")"; }
new() { echo "|new=$(targets "$@")"; }
targets() {
    local app urls=
    for app in "$@"; do urls+=,${app_url[$app]}; done
    echo "$(release_of "$1")@${urls#,}"
}

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
# Each release has a pool of its own: a session in it says which release it serves, and goes when that has gone.
if [ -n "$pooler" ]; then efroll_pooler_start "$work/pooler" "$work/pg" release1 release2 release3; fi
efroll 1 start --complete
(load seed "$connection" $users)
start_app 1a
start_app 1b
coproc LOAD { load drive $users $workers "$rate" 2>"$work/load.err"; }
load_pid=$LOAD_PID
exec 7>&"${LOAD[1]}" 8<&"${LOAD[0]}"

heading "Release 1, two processes of it, under load"
phase "1a 1b" "$(old 1a 1b)"
sleep 5

heading "The migrations of release 2 start; release 1 stays under load"
phase "1a 1b while start runs" "$(old 1a 1b)"
efroll 2 start

heading "The rolling release begins: 2a beside 1a and 1b, all read and write the same users"
start_app 2a
phase "1a 1b, 2a" "$(old 1a 1b)$(new 2a)"
sleep 8

heading "2b takes the place of 1b"
phase "1a, 2a; 1b replaced" "$(old 1a)$(new 2a)"
stop_app 1b
start_app 2b
phase "1a, 2a 2b" "$(old 1a)$(new 2a 2b)"
sleep 6
tell check

heading "Who is on which version; complete waits for 1a, which still serves"
efroll 2 status
phase "1a, 2a 2b; complete waits" "$(old 1a)$(new 2a 2b)"
efroll 2 complete --wait &
completing=$!
sleep 5
if ! kill -0 $completing 2>/dev/null; then
    echo "complete did not wait for 1a" >&2
    exit 1
fi

heading "1a ends, and complete goes on, under load"
phase "2a 2b while 1 completes" "$(new 2a 2b)"
stop_app 1a
wait $completing
credits=9000000000000000000
phase "2a 2b after complete" "$(new 2a 2b)"
sleep 5
tell check

heading "A faulty release 3 makes numbers of all badges, but one user's is no number"
phase "2a 2b while start fails" "$(old 2a 2b)"
if efroll 3 start; then
    echo "the faulty migration was not noticed" >&2
    exit 1
fi
phase "2a 2b after the refusal" "$(old 2a 2b)"
sleep 3

heading "That badge is mended, release 3 starts, one process of it runs beside release 2, and it is taken back"
tell mend
phase "2a 2b while start runs" "$(old 2a 2b)"
efroll 3 start
start_app 3a
phase "2a 2b, 3a" "$(old 2a 2b)$(new 3a)"
sleep 8
tell check
phase "2a 2b while rollback runs" "$(old 2a 2b)"
stop_app 3a
efroll 3 rollback
phase "2a 2b after rollback" "$(old 2a 2b)"
sleep 3
tell check

if [ -n "$keep" ]; then
    heading "What is left running"
    echo "release 2   ${app_url[2a]}/users ${app_url[2b]}/users"
    echo "database    $connection"
    if [ -n "$pooler" ]; then echo "pooler      $(efroll_pooler_connection "$work/pooler" release2)"; fi
    echo "To stop and delete all: kill ${app_pid[*]}; $remove"
fi

heading "What the clients saw"
head -n 5 "$work/load.err"
echo report >&7
passed=0
cat <&8
wait "$load_pid" || passed=1
load_pid=
exit $passed
