#!/usr/bin/env bash
#SBATCH --job-name=semblance
#SBATCH --cpus-per-task=4
#SBATCH --mem=2G
#SBATCH --time=01:00:00
#SBATCH --requeue
# One part of a batch in each task of an array: sbatch --array=1-16 slurm.sh VECTOR PHOTOS OUT
# A task that is killed, or whose time is up, is put into the queue again and goes on where it was.
set -euo pipefail
vector=$1 photos=$2 out=$3
exec semblance apply "$vector" "$photos" -o "$out" \
  --shard "$SLURM_ARRAY_TASK_ID/$SLURM_ARRAY_TASK_COUNT" --jobs "${SLURM_CPUS_PER_TASK:-1}"
