"""Stage a (possibly still growing) face data set for training: params.npy with every factor of
every sample, background included, computed from the renderer's own sampler.

  python face_params.py --renderer ../render_faces --assets DIR --data DATA --out STAGE --n 8000
"""
import argparse
import json
import os
import sys

import numpy as np

if __name__ == "__main__":
    ap = argparse.ArgumentParser()
    ap.add_argument("--renderer", required=True)
    ap.add_argument("--assets", required=True)
    ap.add_argument("--data", required=True)
    ap.add_argument("--out", required=True)
    ap.add_argument("--n", type=int, default=8000)
    a = ap.parse_args()
    os.makedirs(a.out, exist_ok=True)
    if not os.path.exists(os.path.join(a.out, "params.npy")):
        sys.dont_write_bytecode = True
        sys.path.insert(0, a.renderer)
        import factors as fac
        from render_faces import TRAIN0
        from scene import Renderer
        mods = Renderer(a.assets).mods
        rows = []
        for i in range(a.n):
            f = fac.sample(TRAIN0 + i, mods)
            rows.append(np.concatenate([fac.vector(f), np.asarray(f["bg"], np.float32)]))
        names = fac.vector_names(mods) + ["bg%d" % i for i in range(len(f["bg"]))]
        V = np.stack(rows).astype(np.float32)
        assert V.shape[1] == len(names)
        np.save(os.path.join(a.out, "params.npy"), V)
        json.dump({"names": names}, open(os.path.join(a.out, "params.json"), "w"))
        print("params", V.shape)
    src = os.path.join(a.data, "classes.json")
    open(os.path.join(a.out, "classes.json"), "w").write(open(src).read())
    link = os.path.join(a.out, "train")
    if not os.path.lexists(link):
        os.symlink(os.path.abspath(os.path.join(a.data, "train")), link)
