"""Packs a selection of the corpora into the archive that the tests read: for every reader inputs
of all sizes from a minimal set with the same coverage.

    python3 select_corpus.py        (after ./run of every reader)
"""
import os
import pathlib
import shutil
import subprocess
import zipfile

os.chdir(pathlib.Path(__file__).parent)
target = pathlib.Path("../CheckpointsTests/Fixtures/fuzzed.zip")
with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
    for reader in ["safetensors", "torch-archive", "torch-stream", "pickle", "npy", "npz"]:
        minimal = pathlib.Path("corpus") / f"{reader}.minimal"
        shutil.rmtree(minimal, ignore_errors=True)
        minimal.mkdir(parents=True)
        subprocess.run(
            [".build/release/FuzzReaders", "-merge=1", "-max_len=8192", minimal, f"corpus/{reader}"],
            env={**os.environ, "FUZZ_READER": reader}, check=True, stderr=subprocess.DEVNULL)
        inputs = sorted(minimal.iterdir(), key=lambda path: (path.stat().st_size, path.name))
        kept = inputs[:: max(1, len(inputs) // 120)]
        for number, path in enumerate(kept):
            entry = zipfile.ZipInfo(f"{reader}/{number:03}", (2026, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, path.read_bytes())
        print(reader, len(inputs), "inputs,", len(kept), "kept")
print(target.stat().st_size, "bytes")
