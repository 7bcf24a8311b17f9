#!/usr/bin/env bash
# generate.sh PROGRAM FOLDER DATE: writes the files that come from the program itself: its manual page, and its completions
# for bash, zsh and fish. Used by the tarball and by the Debian package.
set -euo pipefail
cd "$(dirname "$0")/../.."
program=$1 folder=$2 date=$3
name=magic-connector-exporter
mkdir -p "$folder/completions" "$folder/man"
# bash sources the file, so it needs no interpreter line.
"$program" --generate-completion-script bash | sed 1d >"$folder/completions/$name"
"$program" --generate-completion-script zsh >"$folder/completions/_$name"
"$program" --generate-completion-script fish >"$folder/completions/$name.fish"
"$program" --experimental-dump-help | deploy/debian/manual.py "$date" >"$folder/man/$name.1"
mandoc -T lint -W warning "$folder/man/$name.1"
