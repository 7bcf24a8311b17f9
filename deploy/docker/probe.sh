#!/usr/bin/env bash
# probe PATH [HOST [PORT]]: exits 0 if a GET of PATH returns 200, or 401, which also shows that the server works. Uses
# only bash, because the image has no HTTP client. With TLS, override the container's health check.
set -euo pipefail
path=$1
host=${2:-127.0.0.1}
port=${3:-10977}
exec 3<>"/dev/tcp/$host/$port"
printf 'GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n' "$path" "$host" >&3
read -r -t 4 _ status _ <&3
[ "$status" = 200 ] || [ "$status" = 401 ] || { echo "$path: $status" >&2; exit 1; }
