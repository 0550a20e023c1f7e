#!/usr/bin/env bash
# Makes a face smile by repainting its mouth in the mask, stores the edit as a vector, and applies it
# to another photo. Installs and builds first what is missing.
set -euo pipefail
cd "$(dirname "$0")/.."
bash .ci/setup
semblance=.build/release/semblance
output=examples/output
mkdir -p "$output"

"$semblance" edit examples/smile/photo.jpg --mask examples/smile/painted.png \
  --original-mask examples/smile/mask.png \
  -o "$output/smiling.png" --sheet "$output/smile-sheet.png" \
  --save-vector "$output/my-smile.safetensors"

"$semblance" apply "$output/my-smile.safetensors" examples/smile/another.jpg --refine 30 \
  -o "$output/another-smiling.png" --sheet "$output/another-sheet.png"

echo
echo "Look at $PWD/$output/smile-sheet.png and $PWD/$output/another-sheet.png"
