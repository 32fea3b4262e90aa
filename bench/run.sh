#!/usr/bin/env bash
# Measures what docs/benchmarks.md tells. The last lines are `ratio <name> <value>`.
#
#   bench/run.sh [--rows N] [--only part[,part]] [--runs N] [--publish docs/benchmarks.md]
#
# Parts: backfill, tps, latency, contract, planning, connections, build, shapes. All of it takes an hour and a half with a million rows.
#
# The server is one of its own, as durable as a user's, of version EFROLL_PG_MAJOR; or the one that EFROLL_TEST_POSTGRES=<connection string of a
# superuser> names.
set -eu
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source eng/postgres.sh

dotnet build bench/EfRoll.Bench -c Release -v q -nologo -clp:ErrorsOnly
if [ -z "${EFROLL_TEST_POSTGRES:-}" ]; then
    folder=$(mktemp -d "${TMPDIR:-/tmp}/efroll-bench.XXXXXX")
    trap 'efroll_pg_remove "$folder"' EXIT
    # Large enough for the tables and for no checkpoint to come in between; autovacuum comes when it likes, which is in some runs and not in others.
    EFROLL_TEST_POSTGRES=$(efroll_pg_start "$folder" --while $$ --set shared_buffers=2GB --set max_wal_size=8GB --set checkpoint_timeout=30min --set autovacuum=off)
fi
# Some statements take minutes.
export EFROLL_TEST_POSTGRES="$EFROLL_TEST_POSTGRES;Command Timeout=0"
artifacts/bin/EfRoll.Bench/release/EfRoll.Bench "$@"
