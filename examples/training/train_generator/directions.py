"""Measures what one factor of z changes: python directions.py --weights generator.safetensors --data DATA

Held-out factors make z; one factor is moved from its 10th to its 90th percentile (a kind: from one value to another), all
others stay. A linear reader of the encoder's hidden layer, fitted on pictures of the training set, tells how far that factor
and all others seem to move in the generated pictures, in standard deviations. The table says how well the reader knows the factor
(R2 on held-out renders), how far it moves, the mean move of the others, the largest of them, and the share of pixels that change
by more than 12 of 255.
"""
import argparse
import json

import numpy as np
import torch
import torch.nn.functional as F
from safetensors import safe_open

import data as D_
import model as M_

FACTORS = {
    "faces": ["smile", "mouth_open", "eyes_open", "brow_raise", "gaze_x", "yaw", "hair_len", "hair_color=black:blond"],
    "cars": ["R", "hl_size", "ride", "paint_r", "paint_g", "paint_b"],
}


def load(path):
    with safe_open(path, "pt") as f:
        meta = {k: json.loads(v) for k, v in f.metadata().items() if v[:1] in "{["}
        state = {k: f.get_tensor(k).float() for k in f.keys()}
    c = meta["config"]
    G = M_.Generator(c["z_dim"], c["w_dim"], c["img_resolution"], c["img_channels"], c["mapping_layers"], c["channel_base"],
                     c["channel_max"], c["conv_clamp"], c.get("mapping_hidden"))
    G.load_state_dict({k: v for k, v in state.items() if k.startswith(("mapping.", "synthesis."))}, strict=False)
    e = {k[8:]: v for k, v in state.items() if k.startswith("encoder.")}
    E = M_.Encoder(G.num_ws, c["w_dim"], c["img_resolution"], [len(e["conv%d.bias" % i]) for i in range(5)], len(e["fc0.bias"]))
    E.load_state_dict(e)
    return G.eval(), E.eval(), meta


@torch.no_grad()
def hidden(E, images):
    out = []
    for x in images.split(64):
        for i in range(E.n_conv):
            x = F.leaky_relu(getattr(E, "conv%d" % i)(x), 0.2)
        out.append(F.leaky_relu(E.fc0(x.flatten(1)), 0.2))
    return torch.cat(out).double().numpy()


def square(ds, idx):
    images, _ = ds.take(idx)
    top, left, h, w = ds.crop
    x = torch.zeros(len(idx), 3, ds.side, ds.side)
    x[:, :, top:top + h, left:left + w] = torch.from_numpy(images.astype(np.float32) / 127.5 - 1).permute(0, 3, 1, 2)
    return x


class Reader:
    """Ridge regression from the encoder's hidden layer to all continuous factors, in standard deviations."""

    def __init__(self, E, ds, columns, count, held_out):
        train = ds.train[np.linspace(0, len(ds.train) - 1, count).astype(int)]
        X, Y = hidden(E, square(ds, train)), ds.P[train][:, columns].astype(np.float64)
        self.mean, self.scale, self.m, self.s = X.mean(0), X.std(0) + 1e-6, Y.mean(0), Y.std(0) + 1e-9
        A, B = (X - self.mean) / self.scale, (Y - self.m) / self.s
        self.W = np.linalg.solve(A.T @ A + 20 * np.eye(A.shape[1]), A.T @ B)
        truth = (ds.P[held_out][:, columns] - self.m) / self.s
        error = ((self(hidden(E, square(ds, held_out))) - truth) ** 2).mean(0)
        self.r2 = 1 - error / truth.var(0).clip(1e-9)

    def __call__(self, X):
        return (X - self.mean) / self.scale @ self.W


def moved(z, ds, names, factor):
    """z with the factor at its 10th and at its 90th percentile, or at one kind and at another."""
    low, high = z.copy(), z.copy()
    if "=" not in factor:
        j = names.index(factor)
        low[:, j], high[:, j] = D_.probit(0.1), D_.probit(0.9)
        return low, high
    group, kinds = factor.split("=")
    members = [j for j, n in enumerate(names) if n.startswith(group + "=")]
    for target, kind in zip((low, high), kinds.split(":")):
        target[:, members] = -0.7
        target[:, names.index("%s=%s" % (group, kind))] = 2
    return low, high


@torch.no_grad()
def pictures(G, zf):
    z = torch.from_numpy(D_.with_ballast(zf, G.config["z_dim"]))
    return torch.cat([G(part).clamp(-1, 1) for part in z.split(16)])


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--weights", required=True)
    ap.add_argument("--data", required=True)
    ap.add_argument("--count", type=int, default=64, help="held-out factors that are moved")
    ap.add_argument("--reader", type=int, default=3000, help="pictures that the reader is fitted on")
    ap.add_argument("--factors", default="", help="names, separated by commas; KIND=A:B for a kind")
    a = ap.parse_args()
    G, E, meta = load(a.weights)
    ds = D_.DataSet(a.data, None, None, lambda *x: None, ["seed"])
    names = ds.gauss.names(ds.param_names)
    if names != meta["latent"]["names"]:
        raise SystemExit("the data set has other factors than the weights")
    held_out = ds.test[:max(a.count, 300)]
    columns = [c["col"] for c in ds.gauss.s["cols"] if c["kind"] == "rank"]
    labels = [str(ds.param_names[c]).partition("=")[0] for c in columns]
    reader = Reader(E, ds, columns, a.reader, held_out)
    known = reader.r2 > 0.3
    zf = ds.gauss.draw(ds.prep, held_out[:a.count], np.random.default_rng(0), canonical=True)
    print("| factor | R2 of the reader | moves by | others by (mean of %d) | most moved other | pixels changed |" % known.sum())
    print("|---|---|---|---|---|---|")
    for factor in a.factors.split(",") if a.factors else FACTORS[meta["config"]["domain"]]:
        before, after = [pictures(G, part) for part in moved(zf, ds, names, factor)]
        step = (reader(hidden(E, after)) - reader(hidden(E, before))).mean(0)
        own = labels.index(factor) if factor in labels else None
        others = [j for j in range(len(labels)) if known[j] and j != own]
        most = max(others, key=lambda j: abs(step[j]))
        changed = ((after - before).abs().amax(1) > 12 / 127.5).float().mean().item()
        print("| `%s` | %s | %s | %.2f | `%s` %.2f | %.1f %% |" % (
            factor, "" if own is None else "%.2f" % reader.r2[own], "" if own is None else "%.2f" % step[own],
            np.abs(step[others]).mean(), labels[most], step[most], 100 * changed), flush=True)


if __name__ == "__main__":
    main()
