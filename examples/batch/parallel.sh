#!/usr/bin/env bash
# A batch in several processes with GNU parallel: ./parallel.sh VECTOR PHOTOS OUT PARTS
# With --sshlogin the parts run on several machines that share the folders.
set -euo pipefail
vector=$1 photos=$2 out=$3 parts=${4:-4}
seq "$parts" | parallel --jobs "$parts" --retries 3 --line-buffer \
  semblance apply "$vector" "$photos" -o "$out" --shard "{}/$parts" --jobs 1
semblance manifest merge "$out"/manifest-*-of-"$parts".jsonl -o "$out.jsonl"
semblance manifest check "$out"
