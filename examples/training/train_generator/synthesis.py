"""Goes on after joint.py: trains synthesis network, branch and mapping network; the encoder, and the centre of truncation, stay as they are.

  python synthesis.py --weights generator.safetensors --data STAGE2 --out RUN --minutes 60 --bf16 1 --compile 1

All it needs is an export and the data set.  Three of four pictures are drawn from the mapping network's w of their factors, one from the
encoder's w for each layer, so both go on telling the same.  Pixels count more where classes meet, with --horizon most around that of the
background and the road, and the discriminator judges crops place by place and knows their classes.  With --pairs half of the pictures are
pairs that differ in one factor (pairs.py), and the generated change learns to be the rendered one.  --channels widens layers at the start.
With --layout some channels learn where sky, verge and road lie (layout.py); with --adv-whole a second discriminator sees whole pictures,
those of random z too, every second step (adversaries.py).
Repeated after an interruption, it goes on where it was saved last.
"""
import argparse
import copy
import json
import math
import os
import signal
import time

import numpy as np
import torch
import torch.nn.functional as F
from safetensors import safe_open
from safetensors.torch import save_file

import adversaries as X_
import data as D_
import layout as Y_
import losses as L_
import mapping as P_
import model as M_
import pairs as C_
import train as T_
import widening as W_


class Codes:
    """Of every picture of the data set: latent vectors (middles of the factors, then draws), and the encoder's w for each layer."""

    @torch.no_grad()
    def __init__(self, s, draws):
        self.layers, self.centre = s.G.num_ws, s.G.mapping.w_avg
        n = len(s.rows)
        self.of_factors = torch.stack([self.latent(s, s.ds.prep, n, None if d == 0 else [s.a.seed, d]) for d in range(1 + draws)])
        self.offsets = torch.cat([s.E(square(s, s.batch(part, s.ds.side)[0])).half() for part in np.array_split(np.arange(n), math.ceil(n / 100))])

    @staticmethod
    def latent(s, prep, n, seed=None):
        """Latent vectors of n prepared rows of factors: of the middle ones, or with a seed of drawn ones."""
        parts = np.array_split(np.arange(n), math.ceil(n / 500))
        z = [s.ds.gauss.draw(prep, part, np.random.default_rng((seed or [0]) + [part[0]]), canonical=not seed) for part in parts]
        return torch.from_numpy(D_.with_ballast(np.concatenate(z), s.G.config["z_dim"])).to(s.dev)

    def known(self, idx, rng=None):
        """Of factors; with a generator of random numbers, of one of the draws."""
        which = rng.integers(0, len(self.of_factors), len(idx)) if rng else np.zeros(len(idx), int)
        return self.of_factors[torch.from_numpy(which), torch.from_numpy(idx)]

    def coded(self, idx):
        return self.centre + self.offsets[torch.from_numpy(idx)].float()


def square(s, x):
    top, left, h, w = s.ds.crop
    return F.pad(x, (left, s.ds.side - w - left, top, s.ds.side - h - top), value=-1.)


class Trainer:
    def __init__(self, a):
        self.a = a
        s = self.s = P_.Setting(a)
        if a.channels:
            s.G, s.S = W_.widen_synthesis(s.G, s.S, {int(r): int(c) for r, c in (v.split(":") for v in a.channels.split(","))})
        self.codes = Codes(s, a.draws)
        self.cameras = self.places = None
        if a.layout:
            self.cameras = torch.from_numpy(np.load(os.path.join(a.data, "layout.npz"))["cameras"][s.ds.ids]).to(s.dev)
            w = s.G.mapping.w(self.codes.known(s.ds.train[:32]))
            self.places = Y_.dedicate(s.G, s.S, w[:, None].expand(-1, s.G.num_ws, -1))
        self.pairs = self.changed = None
        if a.pairs:
            path = os.path.join(a.out, "pairs.pt")
            if not os.path.exists(path):
                T_.atomic(path, lambda p, v=C_.of_pictures(s, a.renderer, a.assets, a.pairs): torch.save(v, p))
            self.pairs = torch.load(path, weights_only=False)
            self.changed = self.codes.latent(s, s.ds.gauss.prepare(self.pairs["rows"]), len(self.pairs["rows"]))
        self.M, self.G, self.S = s.G.mapping, s.G.synthesis, s.S
        self.nets = dict(M=self.M, G=self.G, S=self.S)
        for n in self.nets.values():
            n.to(s.dev).requires_grad_(True)
        self.G.to(memory_format=torch.channels_last)
        for m in self.G.modules():
            if isinstance(m, M_.SynthesisLayer):
                m.noise_strength.requires_grad_(False)
        self.mean = {k: copy.deepcopy(self.nets[k]).requires_grad_(False) for k in "MGS"}
        ready = (lambda f: torch.compile(f, dynamic=False)) if a.compile else (lambda f: f)
        self.draw, self.errors, self.maps, self.borders = (ready(v) for v in (self.G, self.errors_of, self.maps_of, self.borders_of))
        self.crops = X_.Crops(len(s.ds.classes), a, ready)
        self.wholes = X_.Wholes(s.ds.side, a, ready) if a.adv_whole else None
        adam = lambda n, lr: dict(params=[p for p in n.parameters() if p.requires_grad], lr=0., rel=lr)
        self.opt = torch.optim.Adam([adam(self.G, a.lr), adam(self.S, a.lr / 2), adam(self.M, a.lr_mapping)], betas=(.9, .99), fused=True)
        self.class_w = torch.tensor(s.ds.class_weight, device=s.dev)
        self.around = torch.tensor([c in ("background", "road") for c in s.ds.classes], device=s.dev)
        self.k, self.used, self.finished, self.stop = 0, 0., 0., False
        self.path = os.path.join(a.out, "synthesis.pt")
        if os.path.exists(self.path):
            self.restore(torch.load(self.path, map_location=s.dev, weights_only=False))
        self.epoch, self.order = -1, None
        for sig in (signal.SIGTERM, signal.SIGINT):
            signal.signal(sig, lambda *_: setattr(self, "stop", True))

    # ---- state
    def save(self):
        state = dict(nets={k: n.state_dict() for k, n in self.nets.items()}, mean={k: n.state_dict() for k, n in self.mean.items()},
                     opt=self.opt.state_dict(), adversaries={k: v.state() for k, v in self.adversaries().items()}, places=self.places,
                     k=self.k, used=self.used, finished=self.finished)
        T_.atomic(self.path, lambda p: torch.save(state, p))

    def restore(self, state):
        for nets, part in ((self.nets, "nets"), (self.mean, "mean")):
            for k, n in nets.items():
                n.load_state_dict(state[part][k])
        rel = [g["rel"] for g in self.opt.param_groups]
        self.opt.load_state_dict(state["opt"])
        for g, r in zip(self.opt.param_groups, rel):
            g["rel"] = r
        for k, v in self.adversaries().items():
            if k in state["adversaries"]:
                v.restore(state["adversaries"][k])
        self.places, self.k, self.used, self.finished = (state[n] for n in ("places", "k", "used", "finished"))
        self.s.log("resumed at step %d, %.1f minutes" % (self.k, self.used / 60))

    def adversaries(self):
        return {k: v for k, v in dict(crops=self.crops, wholes=self.wholes).items() if v}

    # ---- one step
    def cast(self):
        return torch.autocast(self.s.dev.type, torch.bfloat16, enabled=bool(self.a.bf16))

    def errors_of(self, img, x, weight, weight_ssim):
        return T_.recon_loss(img, x, weight, levels=4, tex=self.a.tex), (img - x).square().mean(), L_.ssim(img, x, weight_ssim)

    def maps_of(self, y):
        """[n, 1, h, w] each: weights of pixels and of SSIM, where nothing but background or road is near, and where it is seen."""
        a, around, edges = self.a, self.around[y][:, None].float(), L_.edges(y)
        horizon = 0 if a.layout else F.max_pool2d(L_.edges(y, self.around), 5, 1, 2)
        weight = self.class_w[y][:, None] * (1 + a.edges * edges) + a.horizon * horizon
        return weight, torch.ones_like(around) + a.horizon / 4 * horizon, around * (1 - F.max_pool2d(edges, 3, 1, 1)), around

    def borders_of(self, cameras):
        """Layouts, and the borders of sky, verge and road in the pictures."""
        layout = Y_.layouts(cameras, self.s.ds.side, self.s.ds.crop)
        return layout, self.s.crop(Y_.shares(layout)).amax(1, keepdim=True)

    def pictures_of_step(self, n):
        train = self.s.ds.train
        epoch, at = divmod(self.k * n, len(train) // n * n)
        if epoch != self.epoch:
            self.epoch, self.order = epoch, np.random.default_rng([self.a.seed, 11, epoch]).permutation(train)
        return self.order[at:at + n]

    def step(self, share):
        a, s, side = self.a, self.s, self.s.ds.side
        judged = share >= a.discriminator_from
        drawn = a.batch // 2 if self.wholes and judged and self.k % 2 else 0
        m = a.batch // 4 if self.pairs and not drawn else 0
        n = a.batch - 2 * m - drawn
        rng, idx = np.random.default_rng([a.seed, 1, self.k]), self.pictures_of_step(n)
        x, y = s.batch(idx, side)
        known = n - n // 4
        z, coded = self.codes.known(idx[:known], rng), self.codes.coded(idx[known:])
        if m:
            which = rng.choice(len(self.changed), m, replace=False)
            of, (*both, changed) = self.pairs["of"][which], self.pictures_of_pairs(which)
            x, y, z = (torch.cat(t) for t in zip((x, y, z), (*both, changed)))
            idx = np.concatenate([idx, of, of])
        w = self.M.w(z)[:, None].expand(-1, self.codes.layers, -1)
        ws = torch.cat([w[:known], coded, w[known:]] + ([self.random(drawn, rng)] if drawn else []))
        with self.cast():
            full, feats = self.draw(ws, None, True)
        full, feats = full.float(), [f[:len(x)] for f in feats]
        img, samples = s.crop(full).split([len(x), drawn])
        (weight, weight_ssim, clear, around), out = self.maps(y), {}
        if a.layout:
            layout, border = self.borders(self.cameras[torch.from_numpy(idx)])
            clear = clear * s.crop(layout[:, :1]) * (1 - F.max_pool2d(border, 5, 1, 2))
            horizon = F.max_pool2d(border, 9, 1, 4) * around
            weight, weight_ssim = weight + a.horizon * horizon, weight_ssim + a.horizon / 4 * horizon
        if m:
            out["changed"], moved = L_.change(img[n:], x[n:])
            weight = torch.cat([weight[:n], weight[n:] * (1 + 2 * moved.repeat(2, 1, 1, 1))])
        near = x + L_.coarse(img - x, clear) if a.free else img
        rec, mse, sim = self.errors(near.contiguous(), x.contiguous(), weight, weight_ssim)
        loss = a.rec * rec + a.mse * mse + a.ssim * (1 - sim) + a.changed * out.get("changed", 0)
        out.update(rec=rec, mse=mse, ssim=sim)
        if a.layout:
            out["layout"] = Y_.error(feats, self.places, layout, around, s.ds.crop)
            loss = loss + a.layout * out["layout"]
        if self.k % 2 == 0:
            loss = loss + self.branch(feats, y, rng, out)
        if img.shape[2:] != full.shape[2:]:  # the rows around: weakly towards black
            loss = loss + .1 * ((full + 1).abs().sum() - (img + 1).abs().sum() - (samples + 1).abs().sum()) / full.numel()
        if judged:
            if drawn:
                more, _ = s.batch(rng.choice(s.ds.train, drawn, replace=False), side)
                loss = loss + self.wholes.loss(square(s, img), square(s, samples), square(s, torch.cat([x, more])), out)
            else:
                loss = loss + self.crops.loss(img, x, y, clear if a.free else None, rng, out)
        for g in self.opt.param_groups:
            g["lr"] = g["rel"] * min(1, (self.k + 1) / 100) * (.03 + .97 * .5 * (1 + math.cos(math.pi * min(1, share))))
        self.opt.zero_grad(set_to_none=True)
        loss.backward()
        self.opt.step()
        self.k += 1
        with torch.no_grad():
            for k, m in self.mean.items():
                torch._foreach_lerp_(list(m.parameters()), list(self.nets[k].parameters()), 1 - .5 ** (1 / min(200, 10 + .05 * self.k)))
        return {k: v.item() for k, v in out.items()}

    def pictures_of_pairs(self, which):
        """Pictures, classes and latent vectors, all before and then all after the change."""
        of = self.pairs["of"][which]
        x, y = self.s.batch(of, self.s.ds.side)
        after, labels = (torch.from_numpy(np.ascontiguousarray(self.pairs[k][which])).to(self.s.dev) for k in ("images", "labels"))
        z = torch.cat([self.codes.known(of), self.changed[torch.from_numpy(which)]])
        return torch.cat([x, after.permute(0, 3, 1, 2).float() / 127.5 - 1]), torch.cat([y, labels.long()]), z

    def random(self, n, rng):
        """Of random z, truncated to psi 0.7, one in four not: w for each layer."""
        z = torch.from_numpy(rng.standard_normal((n, self.s.G.config["z_dim"])).astype(np.float32)).to(self.s.dev)
        psi = torch.where(torch.arange(n, device=z.device) % 4 == 3, 1., .7)[:, None]
        return (self.codes.centre + psi * (self.M.w(z) - self.codes.centre))[:, None].expand(-1, self.codes.layers, -1)

    def branch(self, feats, y, rng, out):
        """Of a sub-grid of the pixels, every second step."""
        s = self.s
        rows, cols = (np.sort(rng.choice(m, min(36, m), replace=False)) for m in y.shape[1:])
        with self.cast():
            logits = self.S.at_grid_channels_last(feats, *(torch.from_numpy(v + c).to(s.dev) for v, c in zip((rows, cols), s.ds.crop)), s.ds.side).float()
        y = y[:, rows][:, :, cols]
        out.update(ce=F.cross_entropy(logits, y, weight=self.class_w ** .5), jaccard=L_.soft_jaccard(logits, y))
        return .5 * (out["ce"] + out["jaccard"])

    # ---- judging
    @torch.no_grad()
    def judge(self, n=64):
        s, idx = self.s, self.s.ds.test[:n]
        keep = s.G.mapping, s.G.synthesis, s.S
        s.G.mapping, s.G.synthesis, s.S = (self.mean[k] for k in "MGS")
        w, x = s.G.mapping.w(self.codes.known(idx)), s.batch(idx, s.ds.side)[0]
        scores = dict(mapping=s.score(w, idx))
        coded = torch.cat([s.crop(s.G.synthesis(v)) for v in self.codes.coded(idx).split(8)]).clamp(-1, 1)
        psnr = (10 * torch.log10(4 / (coded - x).square().mean(dim=[1, 2, 3]))).mean()
        scores["encoder"] = dict(psnr=float(psnr), ssim=float(T_.ssim(coded, x).mean()))
        self.sheet(x[:10], w[:10], coded[:10])
        s.G.mapping, s.G.synthesis, s.S = keep
        for k, v in scores.items():
            s.log("  " + k, v)
        return scores

    def sheet(self, x, w, coded):
        """Rows: pictures, from the mapping network, its mask, encoder, samples at psi 0.7 (three rows)."""
        s, z_dim = self.s, self.s.G.config["z_dim"]
        z = torch.randn(30, s.ds.gauss.dim, generator=torch.Generator().manual_seed(99)).numpy()
        samples = self.codes.centre + .7 * (s.G.mapping.w(torch.from_numpy(D_.with_ballast(z, z_dim)).to(s.dev)) - self.codes.centre)
        pal, rows = np.array(s.ds.colors, np.uint8), [T_.to_uint8(x)]
        for v in (w, *samples.split(10)):
            img, feats = s.G.synthesis(v[:, None].expand(-1, s.G.num_ws, -1), None, True)
            rows.append(T_.to_uint8(s.crop(img)))
            if v is w:
                rows += [pal[s.crop(s.S(feats).argmax(1, keepdim=True))[:, 0].cpu().numpy()], T_.to_uint8(coded)]
        im = np.concatenate([np.concatenate(list(r), 1) for r in rows], 0)
        T_.atomic(os.path.join(self.a.out, "sheet.png"), lambda p: T_.Image.fromarray(im).save(p, format="PNG"))

    def run(self):
        a, s = self.a, self.s
        if self.finished >= a.minutes:
            s.log("finished before; give more --minutes to go on")
            return
        if not self.k:
            self.judge()
        last = saved = judged = time.time()
        sums = {}
        while self.used < 60 * a.minutes and not self.stop:
            for k, v in self.step(self.used / (60 * a.minutes)).items():
                sums.setdefault(k, []).append(v)
            if not math.isfinite(sums["rec"][-1]):
                raise SystemExit("the loss is not finite")
            now = time.time()
            self.used, last = self.used + now - last, now
            if self.k % 200 == 0:
                s.log("step %d, %.1f minutes:" % (self.k, self.used / 60), {k: float(np.mean(v)) for k, v in sums.items()})
                sums = {}
            if now - saved > 180:
                self.save()
                saved = now
            if now - judged > 60 * a.judge_minutes:
                self.judge()
                judged = last = time.time()
        self.save()
        if not self.stop:
            self.export()
            self.finished = a.minutes
            self.save()

    @torch.no_grad()
    def export(self):
        """Writes generator.safetensors: the file that it started from, with mapping network, synthesis network and branch as they are now."""
        a, s = self.a, self.s
        scores, file = self.judge(), dict(s.file)
        for part, net in (("mapping.", self.mean["M"]), ("synthesis.", self.mean["G"]), ("segmentation.", self.mean["S"])):
            file.update({part + k: v.detach().cpu().half().contiguous() for k, v in net.state_dict().items()})
        if set(file) != set(s.file):
            raise SystemExit("other tensors than in %s" % a.weights)
        with safe_open(a.weights, "pt") as f:
            meta = dict(f.metadata())
        config = dict(s.meta["config"], channels=s.G.config["channels"])
        config["segmentation"] = dict(config["segmentation"], channels=self.S.layer_channels)
        seen = self.k * a.batch
        provenance = dict(s.meta["provenance"], images_seen=s.meta["provenance"]["images_seen"] + seen,
                          synthesis="synthesis.py: %d pictures, %.0f minutes" % (seen, self.used / 60))
        known = {"test_" + k: v for k, v in scores["mapping"].items()}
        known.update(encoder=scores["encoder"], per_class_iou=s.per_class)
        meta.update(config=json.dumps(config), provenance=json.dumps(provenance), scores=json.dumps(known))
        T_.atomic(os.path.join(a.out, "generator.safetensors"), lambda p: save_file(file, p, metadata=meta))
        json.dump(scores, open(os.path.join(a.out, "scores.json"), "w"), indent=1)


def arguments():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--weights", required=True)
    p.add_argument("--data", required=True)
    p.add_argument("--out", required=True)
    p.add_argument("--minutes", type=float, default=60)
    p.add_argument("--batch", type=int, default=8)
    p.add_argument("--lr", type=float, default=.01)
    p.add_argument("--lr-mapping", dest="lr_mapping", type=float, default=.04, help="of weights that count a hundredth of those elsewhere; 0: stays as it is")
    p.add_argument("--rec", type=float, default=.6)
    p.add_argument("--mse", type=float, default=2)
    p.add_argument("--ssim", type=float, default=.8)
    p.add_argument("--tex", type=float, default=.5)
    p.add_argument("--adv", type=float, default=.4)
    p.add_argument("--match", type=float, default=1.2)
    p.add_argument("--edges", type=float, default=4, help="how much more pixels count where classes meet")
    p.add_argument("--horizon", type=float, default=0, help="what is added to that near where the background meets the road")
    p.add_argument("--lr-discriminator", dest="lr_discriminator", type=float, default=.006)
    p.add_argument("--r1", type=float, default=.05, help="gamma of the gradient penalty of one logit")
    p.add_argument("--adv-whole", dest="adv_whole", type=float, default=0, help="of the discriminator of whole pictures, every second step, half of them of random z")
    p.add_argument("--r1-whole", dest="r1_whole", type=float, default=.3, help="gamma of its gradient penalty")
    p.add_argument("--discriminator-from", dest="discriminator_from", type=float, default=.1, help="share of the budget")
    p.add_argument("--channels", default="", help="resolution:channels,...: wider layers, at the start without influence")
    p.add_argument("--pairs", type=int, default=0, help="pictures with one factor changed (needs --renderer; 0.07 to 0.25 s each)")
    p.add_argument("--changed", type=float, default=4, help="weight of the change in pairs")
    p.add_argument("--renderer", default="", help="folder of the renderer; for --pairs")
    p.add_argument("--assets", default="", help="faces: folder of the CC0 assets; for --pairs")
    p.add_argument("--draws", type=int, default=3, help="latent vectors drawn for each picture, besides the middle one")
    p.add_argument("--free", type=int, default=0, help="with --layout the sky, without it background and road, need only be right after a blur; their detail is the discriminator's")
    p.add_argument("--layout", type=float, default=0, help="weight of the error of the channels that layout.py gives to sky and verge (its layout.npz in --data)")
    p.add_argument("--compile", type=int, default=0, help="torch.compile of networks and losses (a C++ compiler is needed)")
    p.add_argument("--judge-minutes", dest="judge_minutes", type=float, default=10)
    p.add_argument("--limit", type=int, default=0)
    p.add_argument("--device", default="cpu")
    p.add_argument("--threads", type=int, default=0)
    p.add_argument("--bf16", type=int, default=0)
    p.add_argument("--seed", type=int, default=1)
    return p.parse_args()


if __name__ == "__main__":
    a = arguments()
    if a.threads:
        torch.set_num_threads(a.threads)
    os.makedirs(a.out, exist_ok=True)
    torch.manual_seed(a.seed)
    Trainer(a).run()
