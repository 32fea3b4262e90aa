#!/usr/bin/env bash
# Runs a throw-away PgBouncer, in transaction mode, before a server of eng/postgres.sh. Call it, or source it and use the functions.
#
#   eng/pgbouncer.sh start DIR SERVER NAME...  starts one in DIR (made if missing) before the server    efroll_pooler_start
#                                              in the folder SERVER; each NAME leads to its database,
#                                              with a pool of its own
#   eng/pgbouncer.sh connection DIR NAME       prints a connection string for Npgsql                    efroll_pooler_connection
#   eng/pgbouncer.sh remove DIR                stops it and deletes DIR                                 efroll_pooler_remove
#
# The program has to be installed. It runs as the user that runs the server.
source "$(dirname "${BASH_SOURCE[0]}")/postgres.sh"

efroll_pooler_fail() { echo "pgbouncer.sh: $*" >&2; return 1; }

# Debian puts it where only root's path leads.
efroll_pooler_bin() {
    PATH=$PATH:/usr/sbin command -v pgbouncer \
        || efroll_pooler_fail "no pgbouncer on this machine: install the package pgbouncer (Debian, Ubuntu, Homebrew)"
}

efroll_pooler_runs() { kill -0 "$(cat "$1/pid" 2>/dev/null)" 2>/dev/null; }

efroll_pooler_start() {
    local dir="${1:?a folder}" server="${2:?the folder of a server}" program port password name try
    shift 2
    program=$(efroll_pooler_bin) || return 1
    mkdir -p "$dir" && dir=$(cd "$dir" && pwd -P) || return 1
    password=$(cat "$server/password") || return 1
    (umask 077 && echo "\"postgres\" \"$password\"" > "$dir/users")
    if [ "$(id -u)" = 0 ]; then chown -R "$(efroll_pg_user)" "$dir"; fi
    # Another process may take the port between the look and the start.
    for try in 1 2 3; do
        port=$(efroll_pg_free_port) || return 1
        cat > "$dir/pgbouncer.ini" <<CONF
[databases]
$(for name in "$@"; do echo "$name = host=127.0.0.1 port=$(cat "$server/port") dbname=postgres"; done)
[pgbouncer]
pool_mode = transaction
listen_addr = 127.0.0.1
listen_port = $port
unix_socket_dir =
auth_type = scram-sha-256
auth_file = $dir/users
ignore_startup_parameters = extra_float_digits
; A session in the pool bears the name of the application that used it last. It must not seem to run for long after it has ended.
server_idle_timeout = 5
logfile = $dir/log
pidfile = $dir/pid
CONF
        if efroll_pg_as "$program" -q -d "$dir/pgbouncer.ini" >/dev/null 2>&1 && efroll_pooler_wait "$dir" "$port"; then break; fi
        if [ "$try" = 3 ]; then tail -n 20 "$dir/log" >&2; efroll_pooler_fail "PgBouncer does not start in $dir"; return 1; fi
    done
    # Nothing is to be reset: no session is the client's own.
    (umask 077 && echo "Host=127.0.0.1;Port=$port;Username=postgres;Password=$password;No Reset On Close=true" > "$dir/connection")
}

# Waits until it listens; not for long, if it does not run.
efroll_pooler_wait() {
    local tries=0
    until efroll_pooler_runs "$1" && (exec 3<>"/dev/tcp/127.0.0.1/$2") 2>/dev/null; do
        if [ $((tries += 1)) -gt 50 ]; then return 1; fi
        sleep 0.1
    done
}

efroll_pooler_connection() { echo "$(cat "${1:?a folder}/connection");Database=${2:?a name}"; }

efroll_pooler_remove() {
    local dir="${1:?a folder}" pid
    if efroll_pooler_runs "$dir"; then
        pid=$(cat "$dir/pid")
        # After TERM, a newer one would wait for its clients to go.
        kill -KILL "$pid" 2>/dev/null || true
        while kill -0 "$pid" 2>/dev/null; do sleep 0.1; done
    fi
    # Only what is ours is deleted.
    rm -f "$dir"/{pgbouncer.ini,users,log,pid,connection}
    if [ -d "$dir" ]; then rmdir "$dir" 2>/dev/null; fi
    return 0
}

if [ "${BASH_SOURCE[0]}" = "$0" ]; then
    case "${1:-}" in
        start) shift; efroll_pooler_start "$@" ;;
        connection) shift; efroll_pooler_connection "$@" ;;
        remove) shift; efroll_pooler_remove "$@" ;;
        *) sed -n '/^#!/d; /^#/!q; s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
    esac
fi
