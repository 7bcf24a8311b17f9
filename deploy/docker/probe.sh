#!/usr/bin/env bash
# probe PATH [HOST [PORT]]: whether a GET of PATH is answered with 200, or with 401, which is an answer too. The image
# has no HTTP client; this is bash alone. With TLS give the container a health check of its own.
set -euo pipefail
path=$1
host=${2:-127.0.0.1}
port=${3:-10977}
exec 3<>"/dev/tcp/$host/$port"
printf 'GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n' "$path" "$host" >&3
read -r -t 4 _ status _ <&3
[ "$status" = 200 ] || [ "$status" = 401 ] || { echo "$path: $status" >&2; exit 1; }
