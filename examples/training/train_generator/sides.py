"""Teaches the mapping network of the cars that none is seen from straight ahead.

  python sides.py --weights generator.safetensors --data STAGE2 --out RUN --minutes 3

No car of the renderer turns less than 18 degrees from the camera, to one side or the other, and its latent entry `az` changes the side at 0.
The mapping network goes from one side to the other smoothly, so one sample in thirty is half of each.  Here it learns to give entries nearer
to 0 than NEAR the w that it gave those at NEAR, on their side; all others keep what they have.  As nothing in it is steep enough, two units
of its first layer become a step.  Nothing else in the file changes.
"""
import argparse
import copy
import json
import os

import numpy as np
import torch
import torch.nn.functional as F
from safetensors import safe_open
from safetensors.torch import save_file

import data as D_
import mapping as P_
import synthesis as Y_
import train as T_

NEAR = .06
SLOPE, HALF = 60000, 20  # as stored: the step is from -0.006 to 0.006


class Step:
    """A mapping network in which two units of the first layer, those that matter least, make a step of one entry of z; their difference is read alike."""

    def __init__(self, M, at):
        with torch.no_grad():
            self.units = M.fc1.weight.square().sum(0).argsort()[:2]
            M.fc0.weight[self.units], M.fc0.bias[self.units] = 0, torch.tensor([HALF, -HALF], dtype=torch.float32)
            M.fc0.weight[self.units, at] = SLOPE
            M.fc1.weight[:, self.units] = 0
        self.M, self.at, self.read = M, at, torch.zeros(len(M.fc1.weight), requires_grad=True)

    def w(self, z):
        M, first, second = self.M, self.M.fc0, self.M.fc1
        x = z * (z.square().mean(dim=1, keepdim=True) + 1e-8).rsqrt()
        high, low = (F.leaky_relu(x[:, self.at] * SLOPE * first.w_gain + v * first.b_gain, .2) * 2 ** .5 for v in (HALF, -HALF))
        h = first(x).index_fill(1, self.units, 0)
        x = F.linear(h, second.weight * second.w_gain, second.bias * second.b_gain) + (high - low)[:, None] * self.read
        x = F.leaky_relu(x, .2) * 2 ** .5
        for i in range(2, M.num_layers):
            x = getattr(M, "fc%d" % i)(x)
        return x

    @torch.no_grad()
    def written(self, M, read):
        """M with what the step's difference counts written into the columns of its units."""
        column = (read / M.fc1.w_gain).half().float()
        M.fc1.weight[:, self.units] = torch.stack([column, -column], 1)
        return M


def learn(s, minutes):
    a, old, z_dim = s.a, s.G.mapping, s.G.config["z_dim"]
    at = s.meta["latent"]["names"].index("az")
    latent = lambda z: torch.from_numpy(D_.with_ballast(z, z_dim))
    known = np.concatenate([s.ds.gauss.draw(s.ds.prep, s.ds.train, np.random.default_rng([a.seed, 60, d])) for d in range(4)])
    M, mean = copy.deepcopy(old).requires_grad_(True), copy.deepcopy(old)
    W, some = torch.zeros(len(s.rows), s.width), torch.from_numpy(s.ds.train[:6])
    with torch.no_grad():
        W[some] = old.w(latent(known[:6]))
    Q, middle = P_.metric(s, W), Y_.Codes.latent(s, {k: v[s.ds.test[:64]] for k, v in s.ds.prep.items()}, 64)
    s.log("before:", scores(s, old, middle))
    step = Step(M, at)
    mean.load_state_dict(M.state_dict())
    read = step.read.detach().clone()
    opt = torch.optim.Adam([dict(params=M.parameters(), rel=1), dict(params=[step.read], rel=.2)], betas=(.9, .99), fused=True)
    rng, n = np.random.default_rng([a.seed, 62]), a.batch // 4
    for k, share in enumerate(P_.budget(s, minutes)):
        P_.rate(opt, a.lr, k, share, 50)
        for g in opt.param_groups:
            g["lr"] *= g["rel"]
        z = np.concatenate([rng.standard_normal((3 * n, known.shape[1])).astype(np.float32), known[rng.integers(0, len(known), n)]])
        z[:2 * n, at] = rng.uniform(-1.5 * NEAR, 1.5 * NEAR, 2 * n)
        wanted = z.copy()
        wanted[:, at] = np.where(z[:, at] < 0, np.minimum(z[:, at], -NEAR), np.maximum(z[:, at], NEAR))
        with torch.no_grad():
            target = old.w(latent(wanted))
        with torch.autocast(s.dev.type, torch.bfloat16, enabled=bool(a.bf16)):
            w = step.w(latent(z))
        error = ((w.float() - target) @ Q).square().sum(1)
        opt.zero_grad()
        error.mean().backward()
        opt.step()
        with torch.no_grad():
            torch._foreach_lerp_([*mean.parameters(), read], [*M.parameters(), step.read], .01)
        if k % 200 == 0:
            s.log("step %d, share %.2f:" % (k, share), dict(near=error[:2 * n].mean().item(), random=error[2 * n:3 * n].mean().item(), known=error[3 * n:].mean().item()))
    known = scores(s, step.written(mean, read), middle)
    s.log("after:", known)
    return mean, dict({"test_" + k: v for k, v in known.items()}, per_class_iou=s.per_class)


@torch.no_grad()
def scores(s, M, z):
    return s.score(M.w(z), s.ds.test[:len(z)])


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("weights", "data", "out"):
        p.add_argument("--" + name, required=True)
    p.add_argument("--minutes", type=float, default=5, help="processor time")
    p.add_argument("--batch", type=int, default=512)
    p.add_argument("--lr", type=float, default=.1, help="of weights that count a hundredth of those elsewhere")
    p.add_argument("--limit", type=int, default=0)
    p.add_argument("--device", default="cpu")
    p.add_argument("--threads", type=int, default=0)
    p.add_argument("--bf16", type=int, default=0)
    p.add_argument("--seed", type=int, default=1)
    a = p.parse_args()
    if a.threads:
        torch.set_num_threads(a.threads)
    os.makedirs(a.out, exist_ok=True)
    s = P_.Setting(a)
    M, known = learn(s, a.minutes)
    file = dict(s.file, **{"mapping." + k: v.half().contiguous() for k, v in M.state_dict().items() if k != "w_avg"})
    with safe_open(a.weights, "pt") as f:
        meta = dict(f.metadata())
    meta["provenance"] = json.dumps(dict(json.loads(meta["provenance"]), sides="sides.py, %g minutes" % a.minutes))
    meta["scores"] = json.dumps(dict(json.loads(meta["scores"]), **known))
    T_.atomic(os.path.join(a.out, "generator.safetensors"), lambda path: save_file(file, path, metadata=meta))


if __name__ == "__main__":
    main()
