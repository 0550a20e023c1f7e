#!/usr/bin/env bash
# Compares ways to tell a generator the layout, at equal steps, pairs, losses and about equal numbers of
# parameters: trains each on pairs of faces, then measures all of them on pairs that none has seen.
#
#   bash ablation.sh FACES OUT [SEMBLANCE]
#
# FACES is the folder of the faces data set (train/*.tar, test/, classes.json), OUT a folder for the
# pairs, models and the table; finished work is left alone and stopped trainings go on.
set -euo pipefail
faces=$1 out=$2 semblance=${3:-semblance}
here=$(cd "$(dirname "$0")" && pwd)
steps=${STEPS:-1000} size=${SIZE:-64}
mkdir -p "$out/images" "$out/masks"
if [ ! -e "$out/pairs.done" ]; then
  for part in 0 1 2 3 4 5 6 7; do
    tar -xf "$faces/train/faces-train-00$part.tar" -C "$out/images"
  done
  find "$out/images" -name '*.png' -exec mv -t "$out/masks" {} +
  touch "$out/pairs.done"
fi
segmenter=${SEGMENTER:-$here/faces-segmenter.safetensors}
models=()
for variant in ${VARIANTS:-spade pix2pixhd concat pix2pixhd++}; do
  model="$out/$variant.safetensors"
  models+=(--model "$model")
  if [ -e "$out/$variant.done" ]; then continue; fi
  resume=()
  if [ -e "$out/$variant.state" ]; then resume=(--resume); fi
  style=()
  case $variant in spade | concat) style=(--style 0) ;; esac
  "$semblance" train spade --labels "$out/masks" --images "$out/images" --classes "$faces/classes.json" \
    --preset small --size "$size" --generator "$variant" "${style[@]}" --steps "$steps" \
    --save-every 500 "${resume[@]}" ${THREADS:+--threads "$THREADS"} -o "$model"
  touch "$out/$variant.done"
done
"$semblance" evaluate synthesis "$faces/test" "${models[@]}" --segmenter "$segmenter" \
  --markdown "$out/table.md"
cat "$out/table.md"
