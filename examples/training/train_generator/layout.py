"""Where sky, verge and road lie in a car's picture, also behind the car: layouts of the ground, known to the renderer.

  python layout.py --renderer ../render_cars --data STAGE2        (writes STAGE2/layout.npz; 15 ms a picture)

The horizon and the border of the road are low in contrast, so whole pictures hardly teach them.  synthesis.py --layout gives some channels
of every layer from 16 pixels on to them: as they are behind the car, and in the last layer as they are seen.
"""
import argparse
import os
import sys

import numpy as np
import torch
import torch.nn.functional as F

KINDS = ("sky", "verge")
FAR = 200  # metres: the renderer's ground ends there


def cameras(renderer, ids):
    """[n, 18]: eye, forward, right, up, offset x and y, focal length, direction of the road, distance of its border."""
    rows = []
    for i in ids:
        p = renderer.derive(renderer.factors(int(i)))[0]
        v = lambda *names: np.array([getattr(p, n) for n in names], np.float64)
        eye, target = v("cx", "cy", "cz"), v("tx", "ty", "tzz")
        forward = (target - eye) / np.linalg.norm(target - eye)
        right = np.array([forward[1], -forward[0], 0]) / np.hypot(forward[0], forward[1])
        up = np.cross(right, forward)
        turn = np.array([[np.cos(p.roll), np.sin(p.roll)], [-np.sin(p.roll), np.cos(p.roll)]]) if hasattr(p, "roll") else np.eye(2)
        right, up = turn @ np.stack([right, up])
        rows.append(np.concatenate([eye, forward, right, up, v("offx", "offy", "foc", "gca", "gsa", "gedge")]))
    return np.stack(rows).astype(np.float32)


def layouts(cameras, side, crop):
    """[n, 2, side, side]: sky and verge, 0 to 1, of pictures whose part `crop` (top, left, height, width) the renderer draws."""
    top, left, height, width = crop
    eye, forward, right, up, (ox, oy, focus, cos, sin, edge) = *cameras[:, :12].reshape(-1, 4, 3).unbind(1), cameras[:, 12:].t()
    at = torch.arange(side, device=cameras.device) + .5
    one = lambda v: v[:, None, None]
    X = (((at - left) * 2 / width - 1)[None, None] - one(ox)) / one(focus)
    Y = (-((at - top) * 2 - height) / width)[None, :, None] - one(oy)
    Y = Y / one(focus)
    ray = [one(forward[:, k]) + one(right[:, k]) * X + one(up[:, k]) * Y for k in range(3)]

    def share(d):  # of a pixel, where d > 0
        slope = torch.hypot(F.pad(d[:, 1:] - d[:, :-1], (0, 0, 0, 1)), F.pad(d[:, :, 1:] - d[:, :, :-1], (0, 1)))
        return (.5 + d / slope.clamp(min=1e-6)).clamp(0, 1)

    sky = share(ray[2] + one(eye[:, 2]) / FAR * (ray[0].square() + ray[1].square() + ray[2].square()).sqrt())
    far = one(eye[:, 2]) / (-ray[2]).clamp(min=1e-3)
    x, y = one(eye[:, 0]) + ray[0] * far, one(eye[:, 1]) + ray[1] * far
    verge = share((-x * one(sin) + y * one(cos) - one(edge)).clamp(-50, 50))
    return torch.stack([sky, verge * (1 - sky)], 1)


def shares(x):
    """[n, c, h, w] of 0 to 1: how much it differs within one pixel."""
    return F.max_pool2d(x, 3, 1, 1) + F.max_pool2d(-x, 3, 1, 1)


@torch.no_grad()
def dedicate(G, S, ws):
    """Gives the channels that matter least, for the latent vectors ws [n, num_ws, w_dim], to the layout; nothing reads them at the start.

    -> (number of the layer, its channels) from 16 pixels on: one for each kind; in the last layer two for each kind and the rest, as seen."""
    synthesis, layers, at = G.synthesis, [], 0
    _, feats = synthesis(ws, None, True)
    for r in synthesis.resolutions:
        block = getattr(synthesis, "b%d" % r)
        for name in ("conv0", "conv1"):
            if hasattr(block, name):
                layers.append((r, block, name))
    wide, places, before = synthesis.resolutions[-1], [], None
    for number, (r, block, name) in enumerate(layers):
        n = feats[number].shape[1]
        if r >= 16:
            layer, readers = getattr(block, name), []
            if number + 1 < len(layers):
                readers.append(getattr(layers[number + 1][1], layers[number + 1][2]))
            if name == "conv1":
                readers.append(block.torgb)
            spread, score = feats[number].var((0, 2, 3)), 0
            for reader in readers:
                style = reader.affine(ws[:, number]).square().mean(0)  # either of the two layers that follow; close enough
                energy = spread * style * reader.weight.square().sum((0, 2, 3))
                score = score + energy / energy.sum()
            last = r == wide and name == "conv1"
            chosen = score.argsort()[:2 * (len(KINDS) + 1) if last else len(KINDS)]
            weight = layer.weight
            weight[chosen] = torch.randn_like(weight[chosen]) * (.1 if before is not None else 1)
            if before is not None:
                for k, c in enumerate(chosen):
                    if k // (1 + last) < len(KINDS):
                        weight[c, before[k // (1 + last)], 1, 1] = 3
            layer.bias[chosen] = 0
            for reader in readers:  # a factor of zero each: both at zero would hardly learn
                colours = reader is block.torgb
                reader.weight[:, chosen] = torch.randn_like(reader.weight[:, chosen]) if colours else 0
                reader.affine.weight[chosen], reader.affine.bias[chosen] = 0, 0 if colours else 1
            S.fc0.weight[:, at + chosen] = 0
            places.append((number, chosen))
            before = chosen
        at += n
    return places


def error(feats, places, layout, seen, crop):
    """Mean squared error of the dedicated channels, borders nine times; layout [n, 2, side, side], seen [n, 1, h, w]: where nothing hides it."""
    top, left, h, w = crop
    total = 0
    for number, chosen in places:
        x = feats[number][:, chosen].float()
        if x.shape[1] == len(KINDS):
            t = F.avg_pool2d(layout, layout.shape[2] // x.shape[2])
        else:
            t = torch.cat([layout, 1 - layout.sum(1, keepdim=True)], 1)[..., top:top + h, left:left + w] * seen
            t, x = t.repeat_interleave(2, 1), x[..., top:top + h, left:left + w]
        weight = 1 + 8 * shares(t)
        total = total + (weight * (x - (1.25 * t - .25)).square()).mean() / len(places)
    return total


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--renderer", required=True)
    ap.add_argument("--data", required=True)
    a = ap.parse_args()
    sys.dont_write_bytecode = True
    sys.path.insert(0, a.renderer)
    import cars
    count = len(np.load(os.path.join(a.data, "params.npy")))
    path = os.path.join(a.data, "layout.npz")
    with open(path + ".tmp", "wb") as f:
        np.savez(f, cameras=cameras(cars, range(count)))
    os.replace(path + ".tmp", path)


if __name__ == "__main__":
    main()
