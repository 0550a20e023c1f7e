"""Measures what one factor of z changes, beside what the renderer makes of the same change.

  python directions.py --weights generator.safetensors --data STAGE2 --renderer ../render_faces --assets ASSETS
  python directions.py --weights generator.safetensors --data STAGE2 --renderer ../render_cars

Held-out factors make z; one factor is moved from its 10th to its 90th percentile (a kind: from one value to another; A+B: several at once), all others stay.
The same two pictures are rendered. `comes through`: how much of the rendered change the generated change holds (its projection on it,
1 = all); `alike`: the cosine between the two; `elsewhere`: the share of the generated change (squared) more than 3 pixels away from
where the rendering changes; `pixels`: those that change by more than 12 of 255, generated and rendered.
"""
import argparse
import json
import os
import sys

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from safetensors import safe_open

import data as D_
import model as M_

FACTORS = {
    "faces": ["smile", "mouth_open", "eyes_open", "brow_raise", "gaze_x", "yaw", "hair_len", "hair_color=black:blond"],
    "cars": ["R", "hl_size+hl_a+hl_b", "hl_size", "lights_on", "ride", "paint_r", "paint_g", "paint_b"],
}


def load(path):
    with safe_open(path, "pt") as f:
        meta = {k: json.loads(v) for k, v in f.metadata().items() if v[:1] in "{["}
        state = {k: f.get_tensor(k).float() for k in f.keys()}
    c = meta["config"]
    G = M_.Generator(c["z_dim"], c["w_dim"], c["img_resolution"], c["img_channels"], c["mapping_layers"], c["channel_base"],
                     c["channel_max"], c["conv_clamp"], c.get("mapping_hidden"), c["channels"])
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


def moved(z, ds, names, factor):
    """z with the factor at its 10th and at its 90th percentile, or at one kind and at another."""
    low, high = z.copy(), z.copy()
    if "=" not in factor:
        for j in map(names.index, factor.split("+")):
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


class Renderings:
    """The pictures [n, 3, h, w] in -1...1 that the renderer makes of pictures of the data set with one factor changed."""

    def __init__(self, renderer, assets, data, domain, ds):
        sys.dont_write_bytecode = True
        sys.path.insert(0, renderer)
        self.ds, self.domain, self.names = ds, domain, [str(n).partition("=")[0] for n in ds.param_names]
        if domain == "faces":
            import factors
            import render_faces
            import scene
            self.R = scene.Renderer(assets)
            self.sample = lambda i: factors.sample(render_faces.TRAIN0 + i, self.R.mods)
            self.render = lambda f: self.R.render(f, ds.side)[:2]
            self.scale = {n: (low, high) for n, low, high in factors.SCALARS}
        else:
            import cars
            self.sample = lambda i: cars.factors(int(i))
            self.render = lambda f: cars.render(f, ds.crop[3], ds.crop[2])[:2]
            about = json.load(open(os.path.join(data, "params.json")))
            self.scale = dict(zip(about["names"], zip(about["lo"], about["hi"])))

    def values(self, factor):
        """The factors' 10th and 90th percentile in units of the renderer, or the two kinds, as changes for `one`."""
        group, _, kinds = factor.partition("=")
        if kinds:
            return [{group: kind} for kind in kinds.split(":")]
        columns = [self.names.index(n) for n in factor.split("+")]
        return [self.unscaled(row, columns) for row in np.percentile(self.ds.P[self.ds.train[:4000]], (10, 90), 0)]

    def unscaled(self, row, columns):
        """Columns of a row of factors in units of the renderer."""
        out = {}
        for j in columns:
            low, high = self.scale[self.names[j]]
            value = float(low + (high - low) * row[j])
            out[self.names[j]] = float(round(value)) if abs(value - round(value)) < 1e-4 else value
        return out

    def one(self, number, changes):
        """Picture and classes of one picture of the data set with other values of some factors."""
        f = self.sample(int(number))
        f.update(changes)
        if "hair_color" in changes:
            f["brow_color"] = changes["hair_color"]
        return self.render(f)

    def __call__(self, idx, factor):
        pictures = [[self.one(i, changes)[0] for i in self.ds.ids[idx]] for changes in self.values(factor)]
        return [torch.from_numpy(np.stack(p).astype(np.float32) / 127.5 - 1).permute(0, 3, 1, 2) for p in pictures]


def compare(generated, rendered):
    """The numbers of the table from two changes [n, 3, h, w]."""
    G, R = F.avg_pool2d(generated, 2), F.avg_pool2d(rendered, 2)
    both = (G * R).sum()
    near = F.max_pool2d((rendered.abs().amax(1, keepdim=True) > 8 / 127.5).float(), 7, 1, 3)
    share = lambda d: 100 * (d.abs().amax(1) > 12 / 127.5).float().mean().item()
    return ((both / R.square().sum()).item(), (both / (G.square().sum() * R.square().sum()).sqrt()).item(),
            100 * ((generated.square() * (1 - near)).sum() / generated.square().sum()).item(), share(generated), share(rendered))


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--weights", required=True)
    ap.add_argument("--data", required=True)
    ap.add_argument("--renderer", required=True)
    ap.add_argument("--assets", default="")
    ap.add_argument("--count", type=int, default=48, help="held-out pictures whose factors are moved")
    ap.add_argument("--factors", default="", help="names, separated by commas; KIND=A:B for a kind, A+B for several at once")
    ap.add_argument("--sheet", default="", help="PNG of the first pictures: generated before and after, rendered before and after")
    a = ap.parse_args()
    G, E, meta = load(a.weights)
    ds = D_.DataSet(a.data, None, None, lambda *x: None, ["seed"])
    names = ds.gauss.names(ds.param_names)
    if names != meta["latent"]["names"]:
        raise SystemExit("the data set has other factors than the weights")
    idx, rows = ds.test[:a.count], []
    renderings, (top, left, h, w) = Renderings(a.renderer, a.assets, a.data, meta["config"]["domain"], ds), ds.crop
    zf = ds.gauss.draw(ds.prep, idx, np.random.default_rng(0), canonical=True)
    print("| factor | comes through | alike | elsewhere | pixels | rendered |")
    print("|---|---|---|---|---|---|")
    for factor in a.factors.split(",") if a.factors else FACTORS[meta["config"]["domain"]]:
        made = [pictures(G, z)[:, :, top:top + h, left:left + w] for z in moved(zf, ds, names, factor)]
        true = renderings(idx, factor)
        print("| `%s` | %.2f | %.2f | %.0f %% | %.1f %% | %.1f %% |" % (
            factor.replace("=", ", ").replace(":", " to "), *compare(made[1] - made[0], true[1] - true[0])), flush=True)
        rows += [p[:10] for p in made + true]
        if a.sheet:
            im = torch.cat([torch.cat(list(r), 2) for r in rows], 1).permute(1, 2, 0)
            Image.fromarray((im.clamp(-1, 1) * 127.5 + 127.5).round().byte().numpy()).save(a.sheet)


if __name__ == "__main__":
    main()
