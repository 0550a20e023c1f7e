#!/usr/bin/env bash
# Trains a small SPADE model for some steps in one process and in several that an MPI launcher starts,
# with the same pairs, and prints by how much the losses differ: by rounding at the first step, and by what
# training makes of that later.
#
#   bash distributed.sh LABELS IMAGES CLASSES OUT [SEMBLANCE]
#
# SEMBLANCE must have been built with: swift build -c release --traits MPI
# PROCESSES (2), BATCH (4, of all processes), STEPS (20), SIZE (64), RATE and DISCRIMINATOR_RATE (the paper's)
# and LAUNCHER (mpirun) can be set.
set -euo pipefail
labels=$1 images=$2 classes=$3 out=$4 semblance=${5:-semblance}
processes=${PROCESSES:-2} batch=${BATCH:-4} steps=${STEPS:-20} launcher=${LAUNCHER:-mpirun}
mkdir -p "$out"
train() {
  "${@:2}" "$semblance" train spade --labels "$labels" --images "$images" --classes "$classes" \
    --preset small --size "${SIZE:-64}" --batch "$batch" --steps "$steps" --log-every 1 --threads 1 \
    --rate "${RATE:-1e-4}" --discriminator-rate "${DISCRIMINATOR_RATE:-4e-4}" \
    -o "$out/$1.safetensors"
}
train one env
train several $launcher -n "$processes"
python3 - "$out/one.csv" "$out/several.csv" <<'PYTHON'
import csv
import sys

one, several = (list(csv.DictReader(open(path))) for path in sys.argv[1:])
if [row["step"] for row in one] != [row["step"] for row in several]:
    sys.exit("the runs have other steps")
worst = 0
for name in one[0]:
    gaps = [abs(float(a[name]) - float(b[name])) / max(abs(float(a[name])), 1e-30)
            for a, b in zip(one, several)]
    worst = max(worst, max(gaps))
    print(f"{name:>15}: at most {max(gaps):.1e}")
first = max(abs(float(one[0][name]) - float(several[0][name])) / max(abs(float(one[0][name])), 1e-30)
            for name in one[0])
print(f"largest relative difference: {first:.1e} at the first step, {worst:.1e} over {len(one)} steps")
PYTHON
