"""Goes on after joint.py: trains synthesis network, branch and mapping network; the encoder, and the centre of truncation, stay as they are.

  python synthesis.py --weights generator.safetensors --data STAGE2 --out RUN --minutes 60 --bf16 1 --compile 1

All it needs is an export and the data set.  Three of four pictures are drawn from the mapping network's w of their factors, one from the
encoder's w for each layer, so both go on telling the same.  Pixels count more where classes meet, with --horizon most around that of the
background and the road, and the discriminator judges crops place by place and knows their classes.  With --pairs half of the pictures are
pairs that differ in one factor (pairs.py), and the generated change learns to be the rendered one.  --channels widens layers at the start.
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

import data as D_
import discriminator as X_
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
        self.pairs = self.changed = None
        if a.pairs:
            path = os.path.join(a.out, "pairs.pt")
            if not os.path.exists(path):
                T_.atomic(path, lambda p, v=C_.of_pictures(s, a.renderer, a.assets, a.pairs): torch.save(v, p))
            self.pairs = torch.load(path, weights_only=False)
            self.changed = self.codes.latent(s, s.ds.gauss.prepare(self.pairs["rows"]), len(self.pairs["rows"]))
        self.M, self.G, self.S, self.D = s.G.mapping, s.G.synthesis, s.S, X_.MaskDiscriminator(len(s.ds.classes))
        self.nets = dict(M=self.M, G=self.G, S=self.S, D=self.D)
        for n in self.nets.values():
            n.to(s.dev).requires_grad_(True)
        for n in (self.G, self.D):
            n.to(memory_format=torch.channels_last)
        for m in self.G.modules():
            if isinstance(m, M_.SynthesisLayer):
                m.noise_strength.requires_grad_(False)
        self.mean = {k: copy.deepcopy(self.nets[k]).requires_grad_(False) for k in "MGS"}
        ready = (lambda f: torch.compile(f, dynamic=False)) if a.compile else (lambda f: f)
        self.draw, self.tell, self.errors = ready(self.G), ready(self.D), ready(self.errors_of)
        adam = lambda n, lr: dict(params=[p for p in n.parameters() if p.requires_grad], lr=0., rel=lr)
        self.opt = torch.optim.Adam([adam(self.G, a.lr), adam(self.S, a.lr / 2), adam(self.M, a.lr_mapping)], betas=(.9, .99), fused=True)
        self.opt_d = torch.optim.Adam(self.D.parameters(), lr=a.lr_discriminator, betas=(0., .99), fused=True)
        self.class_w = torch.tensor(s.ds.class_weight, device=s.dev)
        self.around = torch.tensor([c in ("background", "road") for c in s.ds.classes], device=s.dev)
        self.k, self.d_steps, self.used, self.finished, self.stop = 0, 0, 0., 0., False
        self.path = os.path.join(a.out, "synthesis.pt")
        if os.path.exists(self.path):
            self.restore(torch.load(self.path, map_location=s.dev, weights_only=False))
        self.epoch, self.order = -1, None
        for sig in (signal.SIGTERM, signal.SIGINT):
            signal.signal(sig, lambda *_: setattr(self, "stop", True))

    # ---- state
    def save(self):
        state = dict(nets={k: n.state_dict() for k, n in self.nets.items()}, mean={k: n.state_dict() for k, n in self.mean.items()},
                     opt=self.opt.state_dict(), opt_d=self.opt_d.state_dict(), k=self.k, d_steps=self.d_steps, used=self.used, finished=self.finished)
        T_.atomic(self.path, lambda p: torch.save(state, p))

    def restore(self, state):
        for nets, part in ((self.nets, "nets"), (self.mean, "mean")):
            for k, n in nets.items():
                n.load_state_dict(state[part][k])
        for o, name in ((self.opt, "opt"), (self.opt_d, "opt_d")):
            rel = [g.get("rel") for g in o.param_groups]
            o.load_state_dict(state[name])
            for g, r in zip(o.param_groups, rel):
                g["rel"] = r
        for g in self.opt_d.param_groups:
            g["lr"] = self.a.lr_discriminator
        self.k, self.d_steps, self.used, self.finished = (state[n] for n in ("k", "d_steps", "used", "finished"))
        self.s.log("resumed at step %d, %.1f minutes" % (self.k, self.used / 60))

    # ---- one step
    def cast(self):
        return torch.autocast(self.s.dev.type, torch.bfloat16, enabled=bool(self.a.bf16))

    def errors_of(self, img, x, weight, weight_ssim):
        return T_.recon_loss(img, x, weight, levels=4, tex=self.a.tex), (img - x).square().mean(), L_.ssim(img, x, weight_ssim)

    def pictures_of_step(self, n):
        train = self.s.ds.train
        epoch, at = divmod(self.k * n, len(train) // n * n)
        if epoch != self.epoch:
            self.epoch, self.order = epoch, np.random.default_rng([self.a.seed, 11, epoch]).permutation(train)
        return self.order[at:at + n]

    def step(self, share):
        a, s, side = self.a, self.s, self.s.ds.side
        m = a.batch // 4 if self.pairs else 0
        n = a.batch - 2 * m
        rng, idx = np.random.default_rng([a.seed, 1, self.k]), self.pictures_of_step(n)
        x, y = s.batch(idx, side)
        known = n - n // 4
        z, coded = self.codes.known(idx[:known], rng), self.codes.coded(idx[known:])
        if m:
            *both, changed = self.pictures_of_pairs(rng.choice(len(self.changed), m, replace=False))
            x, y, z = (torch.cat(t) for t in zip((x, y, z), (*both, changed)))
        w = self.M.w(z)[:, None].expand(-1, self.codes.layers, -1)
        ws = torch.cat([w[:known], coded, w[known:]])
        with self.cast():
            full, feats = self.draw(ws, None, True)
        full = full.float()
        img = s.crop(full)
        horizon = F.max_pool2d(L_.edges(y, self.around), 5, 1, 2)
        weight, out = self.class_w[y][:, None] * (1 + a.edges * L_.edges(y)) + a.horizon * horizon, {}
        if m:
            out["changed"], moved = L_.change(img[n:], x[n:])
            weight = torch.cat([weight[:n], weight[n:] * (1 + 2 * moved.repeat(2, 1, 1, 1))])
        rec, mse, sim = self.errors(img.contiguous(), x.contiguous(), weight, 1 + a.horizon / 4 * horizon)
        loss = a.rec * rec + a.mse * mse + a.ssim * (1 - sim) + a.changed * out.get("changed", 0)
        out.update(rec=rec, mse=mse, ssim=sim)
        if self.k % 2 == 0:
            loss = loss + self.branch(feats, y, rng, out)
        if img.shape != full.shape:  # the rows around: weakly towards black
            loss = loss + .1 * ((full + 1).abs().sum() - (img + 1).abs().sum()) / full.numel()
        if share >= a.discriminator_from:
            loss = loss + self.adversarial(img, x, y, rng, out)
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

    def branch(self, feats, y, rng, out):
        """Of a sub-grid of the pixels, every second step."""
        s = self.s
        rows, cols = (np.sort(rng.choice(m, min(36, m), replace=False)) for m in y.shape[1:])
        with self.cast():
            logits = self.S.at_grid_channels_last(feats, *(torch.from_numpy(v + c).to(s.dev) for v, c in zip((rows, cols), s.ds.crop)), s.ds.side).float()
        y = y[:, rows][:, :, cols]
        out.update(ce=F.cross_entropy(logits, y, weight=self.class_w ** .5), jaccard=L_.soft_jaccard(logits, y))
        return .5 * (out["ce"] + out["jaccard"])

    def adversarial(self, img, x, y, rng, out):
        a, side, (h, w), last = self.a, 64, x.shape[2:], dict(memory_format=torch.channels_last)
        tops, lefts = rng.integers(0, h - side + 1, len(x)), rng.integers(0, w - side + 1, len(x))
        cut = lambda v: torch.stack([p[..., t:t + side, l:l + side] for p, t, l in zip(v, tops, lefts)])
        fake, real, y = cut(img).contiguous(**last), cut(x).contiguous(**last), cut(y)
        self.D.requires_grad_(True)
        with self.cast():
            logits, _ = self.tell(torch.cat([fake.detach(), real]), torch.cat([y, y]))
        no, yes = logits.float().chunk(2)
        loss = F.softplus(no).mean() + F.softplus(-yes).mean()
        self.opt_d.zero_grad(set_to_none=True)
        loss.backward()
        if self.d_steps % 16 == 0:
            r = real[:4].detach().contiguous(**last).requires_grad_(True)
            logits, _ = self.D(r, y[:4])
            place = rng.integers(0, logits.shape[1])  # the slope of one logit: the size of the crop does not count
            g, = torch.autograd.grad(logits[:, place].sum(), r, create_graph=True)
            (8 * a.r1 * g.square().sum(dim=[1, 2, 3]).mean()).backward()
        self.opt_d.step()
        self.d_steps += 1
        self.D.requires_grad_(False)
        with self.cast():
            logits, layers = self.tell(torch.cat([fake, real]), torch.cat([y, y]))
        match = 0
        for layer in layers:
            here, there = layer.float().chunk(2)
            match = match + (here - there.detach()).abs().mean() / (there.detach().abs().mean() + 1e-3) / len(layers)
        out.update(d=loss, adv=F.softplus(-logits[:len(x)].float()).mean(), match=match)
        return min(1, self.d_steps / 1000) * (a.adv * out["adv"] + a.match * match)

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
    p.add_argument("--discriminator-from", dest="discriminator_from", type=float, default=.1, help="share of the budget")
    p.add_argument("--channels", default="", help="resolution:channels,...: wider layers, at the start without influence")
    p.add_argument("--pairs", type=int, default=0, help="pictures with one factor changed (needs --renderer; 0.07 to 0.25 s each)")
    p.add_argument("--changed", type=float, default=4, help="weight of the change in pairs")
    p.add_argument("--renderer", default="", help="folder of the renderer; for --pairs")
    p.add_argument("--assets", default="", help="faces: folder of the CC0 assets; for --pairs")
    p.add_argument("--draws", type=int, default=3, help="latent vectors drawn for each picture, besides the middle one")
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
