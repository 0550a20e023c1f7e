#!/usr/bin/env bash
# Kills a batch at random moments again and again, then checks that the last run made exactly the
# rest: no photo is missing, none was made again that was noted as done, no unfinished file is left.
#   ./kill-test.sh PHOTOS [ROUNDS] [SEMBLANCE]
set -euo pipefail
photos=$1 rounds=${2:-100} semblance=${3:-semblance}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
out=$work/out
# A command of its own, no function: a function would run in a shell that dies in the program's place.
apply=("$semblance" apply smile "$photos" -o "$out" --embed-steps 0 --jobs 2 --quiet)
count() { if [ -f "$out/manifest.jsonl" ]; then wc -l <"$out/manifest.jsonl"; else echo 0; fi; }

total=$(find "$photos" -type f \( -name '*.jpg' -o -name '*.jpeg' -o -name '*.png' \) | wc -l)
killed=0 finished=0
for ((round = 1; round <= rounds; round++)); do
  "${apply[@]}" 2>/dev/null &
  process=$!
  # From before the first photo to after several.
  sleep "$(awk -v n=$RANDOM 'BEGIN { printf "%.3f", 0.02 + n / 32768 * 1.5 }')"
  if kill -9 "$process" 2>/dev/null; then killed=$((killed + 1)); else finished=$((finished + 1)); fi
  wait "$process" 2>/dev/null || true
  if [ "$(count)" -ge "$total" ]; then
    # Everything is done: begin again, so that every round kills work.
    "$semblance" manifest check "$out" >/dev/null
    rm -rf "$out"
  fi
done

before=$(count)
"${apply[@]}"
after=$(count)
"$semblance" manifest check "$out"
unfinished=$(find "$out" -name '*.tmp' | wc -l)
repeated=$(sed 's/.*"output":"\([^"]*\)".*/\1/' "$out/manifest.jsonl" | sort | uniq -d | wc -l)
echo "$killed kills, $finished runs ended before theirs; $before of $total photos were done before the last run"
[ "$after" -eq "$total" ] && [ "$unfinished" -eq 0 ] && [ "$repeated" -eq 0 ] || {
  echo "$after lines for $total photos, $unfinished unfinished files, $repeated photos made twice" >&2
  exit 1
}
echo "nothing is lost, nothing was made twice, nothing is left half-written"
