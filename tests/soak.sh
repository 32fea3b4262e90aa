#!/usr/bin/env bash
# Rolls random migrations out and back under load, without end, while the tool, connections and the server are killed; checks every row after each phase.
# The last line says what it survived. The exit code is 1 if anything was lost, failed or was left. docs/soak.md says what it does.
#
#   tests/soak.sh --minutes N [--seed S] [--major M] [--no-kills] [--quiet]
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
source eng/postgres.sh

major="" arguments=()
while [ $# -gt 0 ]; do
    case "$1" in
        --minutes|--seed) arguments+=("$1" "${2:?$1 needs a number}"); shift 2 ;;
        --major) major="${2:?--major needs a number}"; shift 2 ;;
        --no-kills|--quiet) arguments+=("$1"); shift ;;
        *) sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
    esac
done

dotnet build tests/EfRoll.Soak -v q -nologo -clp:ErrorsOnly || exit 1
folder=$(mktemp -d "${TMPDIR:-/tmp}/efroll-soak.XXXXXX")
trap 'efroll_pg_remove "$folder"' EXIT
trap 'exit 130' INT TERM
# What it has confirmed must outlive a kill, so not --fast; it need not outlive the machine.
connection=$(efroll_pg_start "$folder" --set fsync=off --set max_connections=200 --while $$ ${major:+--major "$major"}) || exit 1
export EFROLL_TEST_POSTGRES="$connection;Timeout=120;Command Timeout=300"
dotnet exec artifacts/bin/EfRoll.Soak/debug/EfRoll.Soak.dll --server "$folder" "${arguments[@]}"
