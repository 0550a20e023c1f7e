"""Make RUN/checkpoint.pt from an exported generator.safetensors, to go on from it (fresh optimiser state).

  python import_export.py --weights generator.safetensors --data DATA --out RUN
  python train.py --data DATA --domain faces --out RUN --resume --stages 128:1 ...

A new run starts: `--minutes` counts from 0, `images_seen` goes on. The map between factors and latent vectors is fitted again, so the data must be those of the export; `--resume --finish-only`
must then give the scores in the export's metadata.
"""
import argparse
import json
import os

import torch
from safetensors import safe_open

import data as D_

if __name__ == "__main__":
    ap = argparse.ArgumentParser()
    ap.add_argument("--weights", required=True)
    ap.add_argument("--data", required=True)
    ap.add_argument("--out", required=True)
    ap.add_argument("--drop", default="seed")
    a = ap.parse_args()
    with safe_open(a.weights, "pt") as f:
        meta = {k: json.loads(v) for k, v in f.metadata().items() if v[:1] in "{["}
        sd = {k: f.get_tensor(k).float() for k in f.keys()}
    c, p = meta["config"], meta["provenance"]
    ds = D_.DataSet(a.data, None, None, print, [t for t in a.drop.split(",") if t])
    if ds.gauss.names(ds.param_names) != meta["latent"]["names"]:
        raise SystemExit("the data set has other factors than the export")
    part = lambda prefix: {k[len(prefix):]: v for k, v in sd.items() if k.startswith(prefix)}
    G = {k: v for k, v in sd.items() if k.startswith(("mapping.", "synthesis."))}
    S, E = part("segmentation."), part("encoder.")
    os.makedirs(a.out, exist_ok=True)
    torch.save(dict(version=1, cfg=c, gauss=ds.gauss.s, models=dict(G=G, S=S, Ge=G, Se=S, E=E), opts={},
                    step=p["steps"], seen=p["images_seen"], e_step=p["encoder_steps"], stage=0,
                    elapsed=0., e_elapsed=0., d_steps=p["discriminator_steps"], history=[], domain=c["domain"], classes=ds.classes, w_mean=G["mapping.w_avg"]),  # the encoder's offsets are counted from it
               os.path.join(a.out, "checkpoint.pt"))
    print("state of %d images written" % p["images_seen"])
