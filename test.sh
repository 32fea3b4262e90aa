#!/usr/bin/env bash
# Builds everything and runs all tests against one PostgreSQL server. The last line says how many passed and failed.
#
#   ./test.sh                   all tests on the PostgreSQL of this machine (or EFROLL_PG_MAJOR)
#   ./test.sh --matrix          the engine's, the tool's and the rehearsal's tests on the oldest and newest supported PostgreSQL too
#   ./test.sh --filter TEXT     only tests whose full name holds TEXT
#   ./test.sh --histories N     as many generated histories, instead of a few
#   ./test.sh --faults          has something go wrong at every single statement of start, complete and rollback, instead of at a few
#   ./test.sh --approve         rewrites the approved files instead of comparing with them
#
# EFROLL_TEST_POSTGRES=<connection string of a superuser> uses a server that runs already.
# CI=true checks the lock files too, and fails instead of skipping when there is no server.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")" || exit 1
source eng/postgres.sh

matrix="" filter="" folder=""
while [ $# -gt 0 ]; do
    case "$1" in
        --matrix) matrix=yes; shift ;;
        --filter) filter="${2:?--filter needs a text}"; shift 2 ;;
        --histories) export EFROLL_HISTORIES="${2:?--histories needs a number}"; shift 2 ;;
        --faults) export EFROLL_FAULTS=1; shift ;;
        --approve) export EFROLL_APPROVE=1; shift ;;
        *) sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
    esac
done

passed=0 failed=0 skipped=0
say() { printf '\n== %s\n' "$*"; }
stop_server() { if [ -n "$folder" ]; then efroll_pg_remove "$folder"; folder=""; fi; }
finish() {
    stop_server
    if [ "$skipped" -gt 0 ]; then echo "$passed passed, $failed failed, $skipped skipped"
    else echo "$passed passed, $failed failed"
    fi
    if [ "$failed" -gt 0 ] || [ "$passed" = 0 ]; then exit 1; fi
    exit 0
}
# What stands in the way of the tests counts as one failure.
give_up() { echo "test.sh: $*" >&2; failed=$((failed + 1)); finish; }
trap stop_server EXIT
trap 'exit 130' INT TERM

# Starts a server of the given major version and hands it to the tests.
start_server() {
    stop_server
    folder=$(mktemp -d "${TMPDIR:-/tmp}/efroll-test.XXXXXX")
    EFROLL_TEST_POSTGRES=$(efroll_pg_start "$folder" --fast --while $$ ${1:+--major "$1"}) || return 1
    export EFROLL_TEST_POSTGRES
}

# Runs one test project and adds to the counts what it reports.
run() {
    local name=$1 log summary
    log=$(mktemp)
    "artifacts/bin/$name/debug/$name" -noColor -noLogo ${filter:+-method "*$filter*"} 2>&1 | tee "$log" \
        | grep -vE '^  (Discover|Start|Finish)|^=== TEST EXECUTION SUMMARY'
    summary=$(grep -E "^ +$name +Total: [0-9]+" "$log" | tail -n 1)
    rm -f "$log"
    if [ -z "$summary" ]; then
        echo "$name ended without a summary" >&2
        failed=$((failed + 1))
        return
    fi
    # A project without tests reports only a total.
    count() { local n; n=$(echo "$summary" | sed -n "s/.*$1: \([0-9]*\).*/\1/p"); echo "${n:-0}"; }
    failed=$((failed + $(count Failed) + $(count Errors)))
    skipped=$((skipped + $(count Skipped)))
    passed=$((passed + $(count Total) - $(count Failed) - $(count Skipped) - $(count 'Not Run')))
}

command -v dotnet >/dev/null || give_up "no .NET SDK: install version $(sed -n 's/.*"version": "\([0-9]*\.[0-9]*\).*/\1/p' global.json)"
dotnet --version >/dev/null || give_up "no .NET SDK that global.json accepts"

if [ -z "${EFROLL_TEST_POSTGRES:-}" ] && ! efroll_pg_bin >/dev/null; then
    if command -v docker >/dev/null && docker info >/dev/null 2>&1; then
        export EFROLL_TESTCONTAINERS=true
    elif [ "${CI:-}" = true ]; then
        give_up "no PostgreSQL server"
    fi
fi

say "build"
if [ "${CI:-}" = true ] && [ -z "${EFROLL_TESTCONTAINERS:-}" ]; then locked=--locked-mode; else locked=""; fi
dotnet restore EfRoll.sln -v q -nologo $locked || give_up "restore failed"
dotnet build EfRoll.sln --no-restore -v q -nologo -clp:ErrorsOnly || give_up "build failed"
# The compiler has checked the style; this is what it does not see. It does not stop the tests.
if ! dotnet format whitespace . --folder --verify-no-changes; then
    echo "test.sh: run dotnet format whitespace . --folder" >&2
    failed=$((failed + 1))
fi

if [ -z "${EFROLL_TEST_POSTGRES:-}" ] && [ -z "${EFROLL_TESTCONTAINERS:-}" ] && efroll_pg_bin >/dev/null 2>&1; then
    start_server || give_up "no PostgreSQL server"
fi
for project in tests/*.Tests; do
    name=$(basename "$project")
    say "$name"
    run "$name"
done

if [ -n "$matrix" ]; then
    for major in $EFROLL_PG_OLDEST $EFROLL_PG_NEWEST; do
        start_server "$major" || give_up "no PostgreSQL $major"
        for name in EfRoll.Engine.Tests EfRoll.Tool.Tests EfRoll.Rehearsal.Tests; do
            say "$name on PostgreSQL $major"
            run "$name"
        done
    done
fi

echo
finish
