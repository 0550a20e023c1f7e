"""Train a small joint image + segmentation generator on rendered data, resumable at any time.

  python train.py --data DIR --domain faces --out RUN --minutes 30 [--device cpu|cuda] [--resume]
"""
import argparse
import csv
import json
import math
import os
import signal
import sys
import time

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image

import data as D_
import features as X
import model as M

VERSION = 2
CL = torch.channels_last


# ---------------------------------------------------------------- small helpers
def parse_stages(s):
    """'32:0.15,64:0.25,128:0.35,128d:0.25' -> [(res, with_discriminator, end_fraction)]"""
    out, acc = [], 0.0
    for part in s.split(","):
        a, f = part.split(":")
        acc += float(f)
        out.append((int(a.rstrip("d")), a.endswith("d"), acc))
    return [(r, d, e / acc) for r, d, e in out]


def pyramid(x, levels):
    out = [x]
    for _ in range(levels):
        x = F.avg_pool2d(x, 2)
        out.append(x)
    return out


def recon_loss(a, b, wmap, levels=4, lap=1.0, tex=0.0):
    """Weighted L1 on the image and on the bands of a (box) Laplacian pyramid; `tex` adds the
    local energy of horizontal and vertical edges, which must be right even where an edge is
    misplaced by a pixel or two (against blur)."""
    pa, pb, pw = pyramid(a, levels), pyramid(b, levels), pyramid(wmap, levels)
    loss = ((a - b).abs() * wmap).mean()
    for i in range(levels):
        d = pa[i] - pb[i]
        d = d - F.interpolate(pa[i + 1] - pb[i + 1], scale_factor=2, mode="nearest")
        loss = loss + lap * (d.abs() * pw[i]).mean()
    if tex:
        for i in range(min(3, levels)):
            for dim in (2, 3):
                e = [F.avg_pool2d(p[i].diff(dim=dim).abs(), 4, 2) for p in (pa, pb)]
                loss = loss + tex * (e[0] - e[1]).abs().mean()
    return loss + 0.5 * (pa[levels] - pb[levels]).abs().mean()


def ssim(a, b):
    """Mean SSIM (11x11 Gaussian, sigma 1.5) of images in [-1,1] per batch item."""
    k = torch.exp(-(torch.arange(11, dtype=a.dtype, device=a.device) - 5) ** 2 / 4.5)
    k = (k / k.sum())
    k2 = torch.outer(k, k).expand(3, 1, 11, 11)
    f = lambda t: F.conv2d(t, k2, groups=3)
    a, b = a * 0.5 + 0.5, b * 0.5 + 0.5
    ma, mb = f(a), f(b)
    va, vb, cv = f(a * a) - ma * ma, f(b * b) - mb * mb, f(a * b) - ma * mb
    s = ((2 * ma * mb + 1e-4) * (2 * cv + 9e-4)) / ((ma ** 2 + mb ** 2 + 1e-4) * (va + vb + 9e-4))
    return s.mean(dim=[1, 2, 3])


def miou(conf):
    inter = conf.diagonal()
    union = conf.sum(0) + conf.sum(1) - inter
    ok = conf.sum(1) > 0
    return float((inter[ok] / np.maximum(union[ok], 1)).mean()), (inter / np.maximum(union, 1))


def to_uint8(x):
    return (x.clamp(-1, 1) * 127.5 + 127.5).round().byte().permute(0, 2, 3, 1).cpu().numpy()


def atomic(path, write):
    tmp = path + ".tmp"
    write(tmp)
    with open(tmp, "rb") as f:
        os.fsync(f.fileno())
    os.replace(tmp, path)


# ---------------------------------------------------------------- trainer
class Trainer:
    def __init__(self, a):
        self.a = a
        self.dev = torch.device(a.device)
        os.makedirs(a.out, exist_ok=True)
        self.ck_path = os.path.join(a.out, "checkpoint.pt")
        src = a.init or (self.ck_path if a.resume and os.path.exists(self.ck_path) else None)
        ck = torch.load(src, map_location="cpu", weights_only=False) if src else None
        same = ck is not None and not a.init
        torch.manual_seed(a.seed)
        self.log("loading data from the folder given")
        self.ds = D_.DataSet(a.data, ck["gauss"] if same else None, a.limit, self.log,
                             [t for t in a.drop.split(",") if t], a.mirror)
        d = self.ds.gauss.dim
        self.z_dim = ck["cfg"]["z_dim"] if same else d + D_.ballast_dims(d)
        self.log("images %d train / %d test, factors %d, z_dim %d, classes %d, crop %s" % (
            len(self.ds.train), len(self.ds.test), d, self.z_dim, len(self.ds.classes), self.ds.crop))
        kw = dict(z_dim=self.z_dim, w_dim=a.w_dim, img_resolution=self.ds.side,
                  mapping_layers=a.mapping_layers, mapping_hidden=a.mapping_hidden or a.w_dim, channel_base=a.channel_base,
                  channel_max=a.channel_max)
        if same:
            c = ck["cfg"]
            kw = dict(z_dim=c["z_dim"], w_dim=c["w_dim"], img_resolution=c["img_resolution"],
                      mapping_layers=c["mapping_layers"], mapping_hidden=c.get("mapping_hidden"),
                      channel_base=c["channel_base"], channel_max=c["channel_max"], channels=c.get("channels"))
        self.G = M.Generator(**kw)
        self.cfg = self.G.config
        with torch.no_grad():  # factors first, then ballast that has no influence at all
            w0 = self.G.mapping.fc0.weight
            w0.mul_(math.sqrt(self.z_dim / d))
            w0[:, d:] = 0
            for r in self.G.synthesis.resolutions:  # a new resolution starts almost silent
                if r > 4:
                    getattr(self.G.synthesis, "b%d" % r).torgb.weight.mul_(0.2)
        self.d_fac = d
        self.gain = np.asarray(ck["gain"]) if same and "gain" in ck else self._factor_gain(d)
        if not same:
            self._init_mapping(d)
        fc = M.feature_channels(self.cfg)
        hidden = [len(ck["models"]["S"]["fc%d.bias" % i]) for i in range(2)] if same else []
        self.S = M.Segmentation(fc, len(self.ds.classes), self.ds.side, *hidden)
        self.E = M.Encoder(self.G.num_ws, self.cfg["w_dim"], self.ds.side, hidden=a.e_hidden)
        self.stages = parse_stages(a.stages)
        self.crop_d = a.d_crop or min(self.ds.crop[2:])
        self.Dn = M.Discriminator(self.crop_d, width=a.d_width) if any(s[1] for s in self.stages) else None
        for m in (self.G, self.S, self.E, self.Dn):
            if m is not None:
                m.to(self.dev)
        for m in (self.G, self.E, self.Dn):
            if m is not None:
                m.to(memory_format=CL)
        for l in self.G.modules():
            if isinstance(l, M.SynthesisLayer):
                l.use_noise = False
                l.noise_strength.requires_grad_(False)
        import copy
        if a.init:
            self._warm_start(ck)
        self.Ge, self.Se = copy.deepcopy(self.G), copy.deepcopy(self.S)
        for m in (self.Ge, self.Se):
            m.requires_grad_(False)
        fused = dict(fused=True)
        self.oG = torch.optim.Adam(
            [dict(params=list(self.G.mapping.parameters()), lr=1.0, rel=a.mapping_lr),
             dict(params=[p for p in self.G.synthesis.parameters() if p.requires_grad], lr=1.0, rel=1.0),
             dict(params=list(self.S.parameters()), lr=1.0, rel=a.seg_lr)],
            betas=(0.9, 0.99), eps=1e-8, **fused)
        self.oE = torch.optim.Adam(self.E.parameters(), lr=1.0, betas=(0.9, 0.99), **fused)
        self.oD = (torch.optim.Adam(self.Dn.parameters(), lr=a.d_lr, betas=(0.0, 0.99), **fused)
                   if self.Dn is not None else None)
        self.H = self.oH = None
        self.map_done = False
        if a.features:  # linear read-out of w that must predict what the factors mean
            self.ft = X.Features(self.ds.gauss, self.ds.param_names, self.ds.P)
            self.H = torch.nn.Linear(self.cfg["w_dim"], self.ft.dim).to(self.dev)
            torch.nn.init.zeros_(self.H.weight)
            torch.nn.init.zeros_(self.H.bias)
            self.oH = torch.optim.Adam(self.H.parameters(), lr=1.0, betas=(0.9, 0.99), **fused)
            self.ft_gain = torch.tensor(ck["ft_gain"]) if same and ck.get("ft_gain") else self._feature_gain()
            self.ft_gain = self.ft_gain.to(self.dev)
        self.step = self.seen = self.e_step = self.stage = self.step0 = 0
        self.elapsed = self.e_elapsed = 0.0
        self.d_steps = 0
        self.w_mean = self.w_std = None
        self.history = []
        if same:
            self._restore(ck)
        self.class_w = torch.tensor(self.ds.class_weight, device=self.dev)
        self.low = [tuple(int(v) for v in t.split(":")) for t in a.low.split(",") if t]
        self.stop = False
        signal.signal(signal.SIGTERM, self._sig)
        signal.signal(signal.SIGINT, self._sig)

    @torch.no_grad()
    def _factor_gain(self, d):
        """Influence of each latent factor on small versions of image and mask (ridge regression on
        z and z^2), as gains of mean square 1."""
        a = self.a
        rng = np.random.default_rng([a.seed, 3])
        idx = rng.permutation(self.ds.train)[:4000]
        gain = np.ones(d)
        if a.importance:
            z = self.ds.gauss.draw(self.ds.prep, idx, rng, canonical=True).astype(np.float64)
            T = []
            for i in range(0, len(idx), 256):
                x, y = self.batch(idx[i:i + 256], self.ds.side)
                k = x.shape[3] // 8
                x = F.avg_pool2d(x, k)
                o = torch.stack([F.avg_pool2d((y == c).float()[:, None], k)[:, 0]
                                 for c in range(len(self.ds.classes))], 1)
                T.append(torch.cat([x.flatten(1), o.flatten(1)], 1).cpu().numpy())
            T = np.concatenate(T).astype(np.float64)
            T -= T.mean(0)
            Zf = np.concatenate([z, (z * z - 1) / math.sqrt(2)], 1)
            n = len(Zf)
            half = np.arange(n) % 2 == 0
            B = [np.linalg.solve(Zf[m].T @ Zf[m] + 0.3 * n * np.eye(2 * d), Zf[m].T @ T[m])
                 for m in (half, ~half)]  # two halves: their product is free of the noise floor
            v = (B[0] * B[1]).sum(1)
            v = np.maximum(v[:d], 0) + np.maximum(v[d:], 0)
            v = v / v.mean()
            gain = np.sqrt(v) ** a.importance
            gain = np.clip(gain / np.sqrt((gain ** 2).mean()), 0.15, 6.0)
            gain /= np.sqrt((gain ** 2).mean())
            names = self.ds.gauss.names(self.ds.param_names)
            order = np.argsort(-gain)
            self.log("most influential factors:", ", ".join("%s %.1f" % (names[i], gain[i]) for i in order[:14]),
                     "| share of factors below 0.3:", round(float((gain < 0.3).mean()), 2))
        return gain

    @torch.no_grad()
    def _init_mapping(self, d):
        """Start the mapping network as smooth features of the factors that matter: fc0 sees each
        factor with its gain, the later layers start near the identity."""
        a, gain, m = self.a, self.gain, self.G.mapping
        m.fc0.weight[:, :d].mul_(torch.tensor(gain, dtype=torch.float32, device=m.fc0.weight.device)[None])
        if a.map_init == "smooth":
            for i in range(1, m.num_layers):
                f = getattr(m, "fc%d" % i)
                out, n = f.weight.shape
                w = torch.eye(out, n, device=f.weight.device) / math.sqrt(2) + 0.3 * torch.randn_like(f.weight) / math.sqrt(n)
                f.weight.copy_(w / f.w_gain)

    @torch.no_grad()
    def _feature_gain(self):
        """Share of every feature in small versions of image and mask (ridge regression), mean 1."""
        idx = self.ds.train[self.ds.train < len(self.ds.ids)][:6000]
        f = self.ft(self.ds.P[idx]).astype(np.float64)
        T = []
        for i in range(0, len(idx), 256):
            x, y = self.batch(idx[i:i + 256], self.ds.side)
            k = x.shape[3] // 16
            o = torch.cat([F.avg_pool2d((y == c).float()[:, None], 2 * k).flatten(1)
                           for c in range(len(self.ds.classes))], 1)
            T.append(torch.cat([F.avg_pool2d(x, k).flatten(1), o], 1).cpu().numpy())
        T = np.concatenate(T).astype(np.float64)
        T -= T.mean(0)
        half = np.arange(len(T)) % 2 == 0
        B = [np.linalg.solve(f[m].T @ f[m] + 0.1 * len(f[m]) * np.eye(f.shape[1]), f[m].T @ T[m])
             for m in (half, ~half)]
        rest = [1 - ((T[~m] - f[~m] @ b) ** 2).mean() / (T ** 2).mean() for m, b in zip((half, ~half), B)]
        v = np.maximum((B[0] * B[1]).sum(1), 0)
        v = np.clip(v / v.mean(), 0.05, 20)
        self.log("features: %d, explain %.3f of small held-out pictures and masks linearly" % (len(v), np.mean(rest)))
        return torch.tensor(v / v.mean(), dtype=torch.float32)

    def feature_loss(self, rng, n):
        """Of the linear read-out of w at fresh latent vectors; 1 = nothing is predicted."""
        zf = rng.standard_normal((n, self.d_fac)).astype(np.float32)
        f = torch.from_numpy(self.ft(self.ft.decode(zf))).to(self.dev)
        z = torch.from_numpy(D_.with_ballast(zf, self.z_dim)).to(self.dev)
        w = self.G.mapping.w(z)
        return ((self.H(w) - f).square().clamp(max=9.0) * self.ft_gain).mean(), z, w

    def map_phase(self, steps, n=256, keep=0.3):
        """The mapping network alone: learns the features, and (`keep`) to leave w where it was."""
        import copy
        old = copy.deepcopy(self.Ge.mapping)
        m = self.G.mapping
        m.load_state_dict(old.state_dict())
        opt = torch.optim.Adam(m.parameters(), lr=0.1, betas=(0.9, 0.99), fused=True)
        rng = np.random.default_rng([self.a.seed, 5])
        with torch.no_grad():
            sd = old.w(torch.randn(2048, self.z_dim).to(self.dev)).std()
        t0 = time.process_time()
        for k in range(steps):
            r = min(1, (k + 1) / 30) * (0.03 + 0.97 * 0.5 * (1 + math.cos(math.pi * k / steps)))
            opt.param_groups[0]["lr"] = 0.2 * r
            self.oH.param_groups[0]["lr"] = 0.01 * r
            fl, z, w = self.feature_loss(rng, n)
            with torch.no_grad():
                wo = old.w(z)
            kl = ((w - wo) / sd).square().mean()
            opt.zero_grad()
            self.oH.zero_grad()
            (fl + keep * kl).backward()
            m.fc0.weight.grad[:, self.d_fac:] = 0
            opt.step()
            self.oH.step()
            if k % 100 == 99 or k == 0:
                self.log("mapping %d: features %.4f, change of w %.4f, cpu s %.0f" % (
                    k + 1, fl.item(), kl.item(), time.process_time() - t0))
            if self.stop:
                break
        self.Ge.mapping.load_state_dict(m.state_dict())
        self.map_done = True

    def log(self, *s):
        print(time.strftime("%H:%M:%S"), *s, flush=True)

    def _sig(self, *_):
        self.stop = True

    # ---- state
    def _models(self):
        return dict(G=self.G, S=self.S, Ge=self.Ge, Se=self.Se, E=self.E, D=self.Dn, H=self.H)

    def state(self, compact=False):
        mods = {k: {n: t.detach().cpu() for n, t in m.state_dict().items()}
                for k, m in self._models().items() if m is not None}
        opts = {k: o.state_dict() for k, o in dict(G=self.oG, E=self.oE, D=self.oD, H=self.oH).items() if o is not None}
        if compact:
            for k in ("Ge", "Se"):
                mods[k] = {n: t.half() for n, t in mods[k].items()}
            for o in opts.values():
                o["state"] = {i: {n: (t.bfloat16() if torch.is_tensor(t) and t.numel() > 1 else t)
                                  for n, t in s.items()} for i, s in o["state"].items()}
        return dict(version=VERSION, cfg=self.cfg, gauss=self.ds.gauss.s, models=mods, opts=opts,
                    step=self.step, seen=self.seen, e_step=self.e_step, stage=self.stage, w_mean=self.w_mean,
                    elapsed=self.elapsed, e_elapsed=self.e_elapsed, d_steps=self.d_steps,
                    crop_d=self.crop_d, step0=self.step0, map_done=self.map_done,
                    ft_gain=self.ft_gain.tolist() if self.H is not None else None, stage_key=list(self.stages[self.stage][:2]), gain=self.gain.tolist(), history=self.history, domain=self.a.domain,
                    classes=self.ds.classes)

    def _restore(self, ck):
        for k, m in self._models().items():
            if m is not None and k in ck["models"]:
                try:
                    m.load_state_dict(ck["models"][k])
                except RuntimeError as e:
                    if k not in ("D", "E", "H"):
                        raise
                    if k == "E":
                        self._widen_encoder(ck["models"][k])
                        ck["opts"].pop("E", None)
                        continue
                    self.log("starting %s afresh: %s" % (k, str(e).splitlines()[0]))
        for k, o in dict(G=self.oG, E=self.oE, D=self.oD, H=self.oH).items():
            if o is not None and k in ck["opts"]:
                try:
                    rel = [g.get("rel") for g in o.param_groups]
                    o.load_state_dict(ck["opts"][k])
                    for g, r in zip(o.param_groups, rel):
                        if r is not None:
                            g["rel"] = r
                except (ValueError, RuntimeError) as e:
                    self.log("optimiser %s afresh: %s" % (k, e))
        for k in ("step", "seen", "e_step", "stage", "elapsed", "e_elapsed", "d_steps", "history"):
            setattr(self, k, ck[k])
        self.map_done = ck.get("map_done", False)
        self.w_mean = ck.get("w_mean")
        self.step0 = ck.get("step0", self.step if not ck["opts"] else 0)
        # other --stages may be given now: go on where resolution and discriminator are not less
        old = tuple(ck["stage_key"]) if "stage_key" in ck else None
        if old:
            ok = [i for i, t in enumerate(self.stages) if (t[0], t[1]) >= old]
            self.stage = ok[0] if ok else len(self.stages) - 1
        self.stage = min(self.stage, len(self.stages) - 1)
        self.log("resumed at step %d, %d images, %.1f min" % (self.step, self.seen, self.elapsed / 60))

    @torch.no_grad()
    def _widen_encoder(self, old):
        """Take over an encoder with fewer hidden units; the new units start without influence."""
        for k, p in self.E.state_dict().items():
            o = old[k]
            if k == "fc1.weight":
                p.mul_(0.1)
            p[tuple(slice(0, n) for n in o.shape)] = o.to(p)
        self.log("encoder widened")

    @torch.no_grad()
    def rebase(self):
        """The mean latent moved: the encoder's offsets are counted from the new one."""
        m, s = self.w_stats()
        if self.a.coded and self.w_mean is not None:
            self.E.fc1.bias += (self.w_mean.to(m) - m).repeat(self.G.num_ws)
        self.w_mean, self.w_std = m, s.clamp_min(0.05)

    def _warm_start(self, ck):
        """Take over the synthesis network (not mapping, not class outputs) of another domain."""
        src = {k: v for k, v in ck["models"]["Ge"].items() if k.startswith("synthesis.")}
        own = self.G.state_dict()
        n = 0
        for k, v in src.items():
            if k in own and own[k].shape == v.shape:
                own[k].copy_(v.float())
                n += 1
        for k, v in ck["models"]["Se"].items():
            t = self.S.state_dict()
            if k in t and t[k].shape == v.shape:
                t[k].copy_(v.float())
        self.log("warm start: %d synthesis tensors" % n)

    def save(self):
        atomic(self.ck_path, lambda p: torch.save(self.state(), p))

    # ---- data
    def indices(self, pos, batch, salt=0):
        """The next `batch` images after `pos` images were seen (a new permutation every epoch)."""
        tr = self.ds.train
        n = len(tr)
        out = []
        while len(out) < batch:
            ep, off = divmod(pos + len(out), n)
            perm = np.random.default_rng([self.a.seed, 11 + salt, ep]).permutation(n)
            out += list(tr[perm[off:off + batch - len(out)]])
        return np.array(out)

    def batch(self, idx, res=None):
        """-> valid image area [B,3,h,w] in [-1,1] at the stage's resolution, and its labels."""
        res = res or self.ds.side
        im, lab = self.ds.take(idx)
        x = torch.from_numpy(im).to(self.dev).permute(0, 3, 1, 2).float().div_(127.5).sub_(1)
        y = torch.from_numpy(lab).to(self.dev)
        s = self.ds.side // res
        if s > 1:
            x = F.avg_pool2d(x, s)
            y = y[:, s // 2::s, s // 2::s]
        return x.contiguous(memory_format=CL), y.long()

    def pad(self, x):
        t, l, h, w = self.ds.crop
        n = self.ds.side
        return F.pad(x, (l, n - w - l, t, n - h - t), value=-1.0)

    def crop(self, img):
        f = img.shape[2] / self.ds.side
        t, l, h, w = (int(round(v * f)) for v in self.ds.crop)
        return img[:, :, t:t + h, l:l + w]

    def latent(self, idx, rng, canonical=False, noise=0.0):
        """`noise`: factors of little influence are blurred (against learning images by heart)."""
        zf = self.ds.gauss.draw(self.ds.prep, idx, rng, canonical)
        if noise:
            s = np.clip(noise / self.gain, 0.02, 0.6).astype(np.float32)
            zf = zf * np.sqrt(1 - s * s) + s * rng.standard_normal(zf.shape).astype(np.float32)
        return torch.from_numpy(D_.with_ballast(zf, self.z_dim)).to(self.dev)

    def ce(self, feats, y, rng, R, n=48):
        """Segmentation loss on a random sub-grid of the valid area."""
        f = R / self.ds.side
        t, l, h, w = (int(round(v * f)) for v in self.ds.crop)
        rows = np.sort(rng.choice(h, min(n, h), replace=False))
        cols = np.sort(rng.choice(w, min(n, w), replace=False))
        r = torch.from_numpy(rows).to(self.dev)
        c = torch.from_numpy(cols).to(self.dev)
        lo = self.S.at_grid(feats, r + t, c + l, R) if not isinstance(feats, tuple) else \
            feats[1].at_grid(feats[0], r + t, c + l, R)
        return F.cross_entropy(lo.float(), y[:, rows][:, :, cols], weight=self.class_w ** 0.5)

    def cast(self):
        return torch.autocast(self.dev.type, torch.bfloat16, enabled=bool(self.a.bf16))

    # ---- one generator step
    def lr_scale(self, frac):
        warm = min(1.0, (self.step - self.step0 + 1) / 60)
        tail = self.a.lr_tail
        if frac > 1 - tail:
            t = min(1.0, (frac - (1 - tail)) / tail)
            return warm * (0.06 + 0.94 * 0.5 * (1 + math.cos(math.pi * t)))
        return warm

    def g_step(self, res, with_d, frac, coded=False):
        """`coded`: the latent code comes from the encoder (which learns along), not from the factors."""
        a = self.a
        rng = np.random.default_rng([a.seed, 1, self.step])
        idx = self.indices(self.seen, a.batch * (2 if res <= 32 else 1))
        x, y = self.batch(idx, res)
        z = self.latent(idx, rng, noise=a.z_noise)
        for g in self.oG.param_groups:
            g["lr"] = a.lr * g["rel"] * self.lr_scale(frac)
        if coded:
            with torch.no_grad():
                known = self.Ge.mapping.w(z)
            offset = self.E(self.pad(x).contiguous(memory_format=CL))
            ws = self.w_mean + offset
            latent = F.smooth_l1_loss(offset / self.w_std, ((known - self.w_mean) / self.w_std)[:, None].expand_as(offset))
            for g in self.oE.param_groups:
                g["lr"] = a.e_lr * self.lr_scale(frac)
        else:
            ws = self.G.mapping(z)
        with self.cast():
            img, feats = self.G.synthesis(ws, res, True)
        full = img
        img = self.crop(img)
        wmap = self.class_w[y][:, None]
        rec = recon_loss(img, x, wmap, levels=min(4, int(math.log2(res)) - 2), lap=a.lap,
                         tex=a.tex if res >= 32 else 0.0)
        with self.cast():
            seg = self.ce(feats if a.seg_to_g else [f.detach() for f in feats], y, rng, res, a.seg_grid)
        loss = rec + (a.seg_weight if a.seg_to_g else 1.0) * seg
        out = dict(rec=rec.item(), seg=seg.item())
        if coded:
            loss = loss + a.coded_latent * latent
            out = dict(coded_rec=rec.item(), coded_seg=seg.item(), w=latent.item())
            self.oE.zero_grad(set_to_none=True)
        if img.shape != full.shape:  # padding rows: weakly towards black
            t, l, h, w = (int(round(v * res / self.ds.side)) for v in self.ds.crop)
            m = torch.ones(1, 1, res, res, device=self.dev)
            m[:, :, t:t + h, l:l + w] = 0
            loss = loss + 0.1 * ((full + 1).abs() * m).mean()
        if with_d:
            c = self.crop_d
            hh, ww = x.shape[2:]
            ty = rng.integers(0, hh - c + 1, len(idx))
            tx = rng.integers(0, ww - c + 1, len(idx))
            cut = lambda t: torch.stack([t[i, :, ty[i]:ty[i] + c, tx[i]:tx[i] + c]
                                         for i in range(len(idx))]).contiguous(memory_format=CL)
            fake, real = cut(img), cut(x)
            # discriminator
            self.Dn.requires_grad_(True)
            for g in self.oD.param_groups:
                g["lr"] = a.d_lr * self.lr_scale(frac)
            with self.cast():
                dl_f = self.Dn(fake.detach()).float()
                dl_r, fr = self.Dn(real, True)
                dl_r = dl_r.float()
            dloss = F.softplus(dl_f).mean() + F.softplus(-dl_r).mean()
            self.oD.zero_grad(set_to_none=True)
            dloss.backward()
            if self.d_steps % a.r1_every == 0:
                rr = real.detach().requires_grad_(True)
                g, = torch.autograd.grad(self.Dn(rr).sum(), rr, create_graph=True)
                r1 = g.square().sum(dim=[1, 2, 3]).mean()
                (r1 * (0.5 * a.r1 * a.r1_every)).backward()
                out["r1"] = r1.item()
            self.oD.step()
            self.d_steps += 1
            # generator through the discriminator
            self.Dn.requires_grad_(False)
            with self.cast():
                gl, ff = self.Dn(fake, True)
                gl = gl.float()
            adv = F.softplus(-gl).mean()
            fm = sum((p - q.detach()).abs().mean() / (q.detach().abs().mean() + 1e-3)
                     for p, q in zip(ff, fr)) / len(ff)
            ramp = min(1.0, self.d_steps / a.d_ramp)
            loss = loss + ramp * (a.adv * adv + a.fm * fm)
            out.update(adv=adv.item(), fm=fm.item(), d=dloss.item(),
                       dr=torch.sigmoid(dl_r).mean().item(), df=torch.sigmoid(dl_f).mean().item())
        if self.H is not None and not coded and self.step % 2 == 0:
            fl, _, _ = self.feature_loss(rng, 64)
            loss = loss + 2 * a.features * fl
            out["feat"] = fl.item()
            self.oH.param_groups[0]["lr"] = 0.002 * self.lr_scale(frac)
            self.oH.zero_grad()
        self.oG.zero_grad(set_to_none=True)
        loss.backward()
        if "feat" in out:
            self.oH.step()
        if coded:
            self.oE.step()
            self.e_step += 1
        else:
            self.G.mapping.fc0.weight.grad[:, self.d_fac:] = 0
        # the optimiser must not drift on parts that this resolution does not use
        self.oG.step()
        self.step += 1
        self.seen += len(idx)
        half = min(a.ema_images, max(40.0, 0.05 * self.seen))
        beta = 0.5 ** (len(idx) / half)
        with torch.no_grad():
            for me, m in ((self.Ge, self.G), (self.Se, self.S)):
                pe, p = list(me.parameters()), list(m.parameters())
                torch._foreach_lerp_(pe, p, 1 - beta)
        return out

    # ---- one encoder step
    def w_stats(self):
        with torch.no_grad():
            g = torch.Generator().manual_seed(1234)
            w = self.Ge.mapping.w(torch.randn(8192, self.z_dim, generator=g).to(self.dev))
            return w.mean(0), w.std(0)

    def e_one(self, frac):
        a = self.a
        rng = np.random.default_rng([a.seed, 2, self.e_step])
        rec_step = self.e_step % a.e_rec_every == 0 and frac > 0.15
        n = a.batch if rec_step else 4 * a.batch
        idx = rng.choice(self.ds.train, n, replace=False) if n <= len(self.ds.train) else \
            rng.choice(self.ds.train, n)
        x, y = self.batch(idx)
        z = self.latent(idx, rng, canonical=True)
        with torch.no_grad():
            off = self.Ge.mapping.w(z) - self.w_mean
        xin = self.pad(x).contiguous(memory_format=CL)
        e = self.E(xin)
        wl = F.smooth_l1_loss(e / self.w_std, (off / self.w_std)[:, None].expand_as(e))
        loss = wl
        out = dict(w=wl.item())
        if rec_step:
            img, feats = self.Ge.synthesis(self.w_mean + e, None, True)
            rl = recon_loss(self.crop(img), x, self.class_w[y][:, None])
            sl = self.ce((feats, self.Se), y, rng, self.ds.side, 32)
            loss = 0.3 * loss + a.e_rec * (rl + 0.1 * sl)
            out.update(rec=rl.item(), seg=sl.item())
        lr = a.e_lr * min(1.0, (self.e_step + 1) / 50) * (0.05 + 0.95 * 0.5 * (1 + math.cos(math.pi * min(1, frac))))
        for g in self.oE.param_groups:
            g["lr"] = lr
        self.oE.zero_grad(set_to_none=True)
        loss.backward()
        self.oE.step()
        self.e_step += 1
        return out

    # ---- judging
    @torch.no_grad()
    def evaluate(self, n=64, encoder=False):
        res = self.stages[self.stage][0]
        idx = self.ds.test[:n]
        conf = np.zeros((len(self.ds.classes),) * 2)
        l1, ps, ss, el1, ess = [], [], [], [], []
        if not encoder and res < self.ds.side:
            pass
        for i in range(0, len(idx), 8):
            j = idx[i:i + 8]
            x, y = self.batch(j, res)
            rng = np.random.default_rng([77, i])
            ws = self.Ge.mapping(self.latent(j, rng, canonical=True))
            img, feats = self.Ge.synthesis(ws, res, True)
            lab = self.Se(feats, res).argmax(1)
            f = res / self.ds.side
            t, l, h, w = (int(round(v * f)) for v in self.ds.crop)
            lab = lab[:, t:t + h, l:l + w].cpu().numpy()
            img = self.crop(img).clamp(-1, 1)
            yy = y.cpu().numpy()
            conf += np.bincount((yy * conf.shape[0] + lab).ravel(), minlength=conf.size).reshape(conf.shape)
            l1 += (img - x).abs().mean(dim=[1, 2, 3]).tolist()
            ps += (10 * torch.log10(4 / (img - x).square().mean(dim=[1, 2, 3]))).tolist()
            ss += ssim(img, x).tolist()
            if encoder:
                xx, _ = self.batch(j)
                e = self.crop(self.Ge.synthesis(self.w_mean + self.E(self.pad(xx)))).clamp(-1, 1)
                el1 += (e - xx).abs().mean(dim=[1, 2, 3]).tolist()
                ess += ssim(e, xx).tolist()
        mi, per = miou(conf)
        out = dict(res=res, test_l1=float(np.mean(l1)), test_psnr=float(np.mean(ps)),
                   test_ssim=float(np.mean(ss)), test_miou=mi)
        if encoder:
            out.update(enc_l1=float(np.mean(el1)), enc_ssim=float(np.mean(ess)))
        self.per_class = {c: round(float(p), 3) for c, p in zip(self.ds.classes, per)}
        return out

    def embed(self, n=8, steps=100, lr=0.03):
        """Encoder start, then optimisation of W+ on the image alone: reconstruction scores."""
        idx = self.ds.test[:n]
        x, y = self.batch(idx)
        with torch.no_grad():
            off = self.E(self.pad(x))
        first = off.clone()
        p = off.detach().clone().requires_grad_(True)
        o = torch.optim.Adam([p], lr=lr, betas=(0.9, 0.99))
        for s in range(steps):
            for g in o.param_groups:
                g["lr"] = lr * min(1.0, 2 * (1 - s / steps))
            img = self.crop(self.Ge.synthesis(self.w_mean + p))
            l = recon_loss(img, x, torch.ones_like(x[:, :1])) + 1e-3 * (p - first).square().mean()
            o.zero_grad()
            l.backward()
            o.step()
        with torch.no_grad():
            img, feats = self.Ge.synthesis(self.w_mean + p, None, True)
            lab = self.Se(feats).argmax(1)
            t, l_, h, w = self.ds.crop
            lab = lab[:, t:t + h, l_:l_ + w].cpu().numpy()
            img = self.crop(img).clamp(-1, 1)
            e = self.crop(self.Ge.synthesis(self.w_mean + first)).clamp(-1, 1)
            conf = np.bincount((y.cpu().numpy() * len(self.ds.classes) + lab).ravel(),
                               minlength=len(self.ds.classes) ** 2).reshape((len(self.ds.classes),) * 2)
            sc = dict(n=len(idx), steps=steps)
            for k, im in (("encoder", e), ("optimised", img)):
                sc[k + "_l1"] = float((im - x).abs().mean())
                sc[k + "_psnr"] = float((10 * torch.log10(4 / (im - x).square().mean(dim=[1, 2, 3]))).mean())
                sc[k + "_ssim"] = float(ssim(im, x).mean())
            sc["optimised_miou"] = miou(conf)[0]
        pal = np.array(self.ds.colors, np.uint8)
        rows = [to_uint8(x), to_uint8(e), to_uint8(img), pal[lab], pal[y.cpu().numpy()]]
        self._sheet(rows, os.path.join(self.a.out, "embed.png"))
        return sc

    def _sheet(self, rows, path):
        im = np.concatenate([np.concatenate(list(r), 1) for r in rows], 0)
        atomic(path, lambda p: Image.fromarray(im).save(p, format="PNG"))

    @torch.no_grad()
    def grid(self, n=8, psi=0.8):
        """Rows: real, reconstruction, its mask, true mask, samples, their masks (psi), samples psi=1."""
        res = self.stages[self.stage][0]
        idx = self.ds.test[:n]
        n = len(idx)
        x, y = self.batch(idx, res)
        ws = self.Ge.mapping(self.latent(idx, np.random.default_rng([77, 0]), canonical=True))
        m, _ = self.w_stats()
        self.Ge.mapping.w_avg.copy_(m)
        g = torch.Generator().manual_seed(99)
        z = torch.randn(2 * n, self.z_dim, generator=g).to(self.dev)
        wz = self.Ge.mapping(z)
        wz = torch.cat([m + psi * (wz[:n] - m), wz[n:]])
        pal = np.array(self.ds.colors, np.uint8)
        f = res / self.ds.side
        t, l, h, w = (int(round(v * f)) for v in self.ds.crop)

        def go(v):
            img, feats = self.Ge.synthesis(v, res, True)
            lab = self.Se(feats, res).argmax(1)[:, t:t + h, l:l + w].cpu().numpy()
            return to_uint8(self.crop(img)), pal[lab]

        r, rm = go(ws)
        s, sm = go(wz[:n])
        s1, _ = go(wz[n:])
        rows = [to_uint8(x), r, rm, pal[y.cpu().numpy()], s, sm, s1]
        k = max(1, 128 // res)
        rows = [np.repeat(np.repeat(q, k, 1), k, 2) for q in rows]
        self._sheet(rows, os.path.join(self.a.out, "grid_%07d.png" % self.seen))
        self._sheet(rows, os.path.join(self.a.out, "grid_latest.png"))

    # ---- export
    def export(self, path, scores):
        from safetensors.torch import save_file
        m, _ = self.w_stats()
        self.Ge.mapping.w_avg.copy_(m)
        sd = dict(self.Ge.state_dict())
        sd.update({"segmentation." + k: v for k, v in self.Se.state_dict().items()})
        sd.update({"encoder." + k: v for k, v in self.E.state_dict().items()})
        sd = {k: v.detach().float().cpu().contiguous() for k, v in sd.items()}
        half = {k: v.half() for k, v in sd.items()}
        with torch.no_grad():
            g = torch.Generator().manual_seed(5)
            z = torch.randn(8, self.z_dim, generator=g).to(self.dev)
            a = self.Ge(z)
            keep = {k: v.clone() for k, v in self.Ge.state_dict().items()}
            self.Ge.load_state_dict({k: half[k].float() for k in keep})
            b = self.Ge(z)
            self.Ge.load_state_dict(keep)
            diff = float((a - b).abs().max())
        use = half if diff < 1e-2 and all(torch.isfinite(v).all() for v in half.values()) else sd
        t, l, h, w = self.ds.crop
        names = self.ds.gauss.names(self.ds.param_names)
        meta = dict(
            format="stylegan2-ada-pytorch Generator state dict + segmentation.* + encoder.*",
            config=json.dumps(dict(self.cfg, domain=self.a.domain, value_range=[-1, 1],
                                   valid=dict(top=t, left=l, height=h, width=w),
                                   segmentation=dict(layers=self._layer_names(), channels=self.S.layer_channels,
                                                     hidden=[128, 32], classes=len(self.ds.classes),
                                                     upsampling="bilinear, align_corners=false",
                                                     activation="relu"),
                                   encoder=self.E.config)),
            classes=json.dumps([dict(name=n, color=c) for n, c in zip(self.ds.classes, self.ds.colors)]),
            latent=json.dumps(dict(factors=self.d_fac, names=names, ballast=self.z_dim - self.d_fac)),
            provenance=json.dumps(dict(
                data="rendered by this project's own renderer; no photographs",
                method="distillation of the renderer, L1 + Laplacian pyramid + segmentation"
                       + (" + small residual discriminator (non-saturating, R1, feature matching)" if self.d_steps else ""),
                trainer="examples/training/train_generator version %d" % VERSION,
                images_in_data_set=int(len(self.ds.train)), images_seen=self.seen, steps=self.step,
                discriminator_steps=self.d_steps, encoder_steps=self.e_step,
                minutes_generator=round(self.elapsed / 60, 1), minutes_encoder=round(self.e_elapsed / 60, 1),
                device=self.dev.type, torch=torch.__version__,
                weights="exponential moving average", float16_max_image_difference=diff)),
            scores=json.dumps(scores))
        atomic(path, lambda p: save_file(use, p, metadata={k: str(v) for k, v in meta.items()}))
        return diff, os.path.getsize(path)

    def _layer_names(self):
        out = []
        for r in self.G.synthesis.resolutions:
            out += ["b%d.conv1" % r] if r == 4 else ["b%d.conv0" % r, "b%d.conv1" % r]
        return out

    def compact(self, path):
        atomic(path, lambda p: torch.save(self.state(True), p))

    # ---- the loop
    def run(self):
        a = self.a
        g_total = a.minutes * 60 * (1 - a.encoder_share)
        e_total = a.minutes * 60 * a.encoder_share
        f_log = open(os.path.join(a.out, "losses.csv"), "a", newline="")
        keys = ["time", "phase", "step", "images", "minutes", "res", "img_per_s", "rec", "low", "seg", "coded_rec", "coded_seg", "feat", "adv", "fm", "d",
                "dr", "df", "r1", "w", "test_l1", "test_psnr", "test_ssim", "test_miou", "enc_l1", "enc_ssim"]
        wr = csv.DictWriter(f_log, keys, extrasaction="ignore")
        if f_log.tell() == 0:
            wr.writeheader()
        clock = time.process_time if a.clock == "cpu" else time.time
        last_save, last_eval = time.time(), clock()
        acc, n_acc, t_acc, seen_acc = {}, 0, time.time(), self.seen
        limit = a.steps if a.steps else None
        t_last = clock()
        scores = {}

        def flush(phase, extra=None):
            nonlocal acc, n_acc, t_acc, seen_acc
            row = {k: "%.5f" % (v[0] / v[1]) for k, v in acc.items()}
            dt = max(1e-6, time.time() - t_acc)
            row.update(time=time.strftime("%H:%M:%S"), phase=phase, step=self.step, images=self.seen,
                       minutes="%.2f" % ((self.elapsed + self.e_elapsed) / 60), res=self.stages[self.stage][0],
                       img_per_s="%.2f" % ((self.seen - seen_acc) / dt))
            row.update(extra or {})
            wr.writerow(row)
            f_log.flush()
            self.log(" ".join("%s=%s" % (k, row[k]) for k in keys if k in row and k != "time"))
            acc, n_acc, t_acc, seen_acc = {}, 0, time.time(), self.seen

        if self.H is not None and a.map_steps and not self.map_done:
            self.map_phase(a.map_steps, keep=a.map_keep if self.seen else 0.0)
            if self.map_done:
                self.save()
            t_last = clock()
        if a.coded:
            self.rebase()
        while self.elapsed < g_total and not self.stop and (limit is None or self.step < limit):
            frac = (self.step / limit) if limit else self.elapsed / g_total
            want = next((i for i, s in enumerate(self.stages) if frac < s[2]), len(self.stages) - 1)
            if want > self.stage:
                self.grid()
                self.stage = want
                self.log("stage", self.stages[self.stage])
            res, with_d, _ = self.stages[self.stage]
            for r_low, times in self.low:
                for _ in range(times if r_low < res else 0):
                    low = self.g_step(r_low, False, frac)
                    s = acc.setdefault("low", [0.0, 0])
                    s[0] += low["rec"]
                    s[1] += 1
            for _ in range(a.coded if res == self.ds.side else 0):
                for k, v in self.g_step(res, with_d, frac, True).items():
                    s = acc.setdefault(k, [0.0, 0])
                    s[0] += v
                    s[1] += 1
            out = self.g_step(res, with_d, frac)
            if not math.isfinite(out["rec"]):
                raise SystemExit("loss is not finite; resume from the last checkpoint with a lower --lr")
            for k, v in out.items():
                s = acc.setdefault(k, [0.0, 0])
                s[0] += v
                s[1] += 1
            n_acc += 1
            now = clock()
            self.elapsed += now - t_last
            t_last = now
            if n_acc >= a.log_every:
                flush("gen")
            if now - last_eval > a.eval_minutes * 60:
                if a.coded:
                    self.rebase()
                scores = self.evaluate(encoder=bool(a.coded))
                flush("eval", {k: "%.4f" % v if isinstance(v, float) else v for k, v in scores.items()})
                self.grid()
                if a.rescan:
                    n = self.ds.rescan()
                    if n:
                        self.log("%d new images, now %d for training" % (n, len(self.ds.train)))
                last_eval = clock()
            if time.time() - last_save > a.save_minutes * 60:
                self.save()
                last_save = time.time()
            t_last = clock() if not a.count_eval else t_last
            if os.environ.get("STOP_AT") and self.step >= int(os.environ["STOP_AT"]):
                self.stop = True  # selftest.py: an interruption
        if n_acc:
            flush("gen")
        self.save()
        # encoder
        self.rebase()
        t_last, last_save = clock(), time.time()
        start_e = self.e_elapsed if self.e_elapsed < e_total else 0.0
        e_run = 0.0
        e_budget = max(0.0, e_total - start_e)
        if limit:
            e_budget = 0.0
        while e_run < e_budget and not self.stop:
            out = self.e_one((start_e + e_run) / e_total)
            for k, v in out.items():
                s = acc.setdefault(k, [0.0, 0])
                s[0] += v
                s[1] += 1
            n_acc += 1
            now = clock()
            e_run += now - t_last
            self.e_elapsed += now - t_last
            t_last = now
            if n_acc >= 4 * a.log_every:
                flush("enc")
            if time.time() - last_save > a.save_minutes * 60:
                self.save()
                last_save = time.time()
        if n_acc:
            flush("enc")
        self.save()
        if self.stop:
            return
        if limit:
            self.log("test", json.dumps(self.evaluate()))
            return
        self.finish(embed=self.e_step > 0)

    def finish(self, embed=True):
        self.rebase()
        full = self.stages[self.stage][0] == self.ds.side
        scores = self.evaluate(128, encoder=self.e_step > 0 and full)
        if embed and self.a.embed_steps and full:
            scores["embedding"] = self.embed(steps=self.a.embed_steps)
        scores["per_class_iou"] = self.per_class
        self.log(json.dumps(scores))
        json.dump(scores, open(os.path.join(self.a.out, "scores.json"), "w"), indent=1)
        self.grid()
        diff, size = self.export(os.path.join(self.a.out, "generator.safetensors"), scores)
        self.compact(os.path.join(self.a.out, "train-state.pt"))
        self.log("exported: float16 image difference %.4f, %.2f MB" % (diff, size / 1e6))


def arguments():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--data", required=True)
    p.add_argument("--domain", default="faces")
    p.add_argument("--out", required=True)
    p.add_argument("--minutes", type=float, default=30, help="total budget, earlier runs of a resumed job included")
    p.add_argument("--steps", type=int, default=0, help="stop after so many generator steps (tests)")
    p.add_argument("--clock", default="wall", help="what --minutes counts: wall | cpu (of this process; for shared machines)")
    p.add_argument("--device", default="cpu")
    p.add_argument("--threads", type=int, default=0)
    p.add_argument("--resume", action="store_true")
    p.add_argument("--init", default="", help="checkpoint of another domain to start the synthesis network from")
    p.add_argument("--limit", type=int, default=0)
    p.add_argument("--drop", default="seed", help="params whose name contains one of these words are noise, not factors")
    p.add_argument("--rescan", type=int, default=1, help="at every evaluation take in newly rendered images (0: never)")
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--batch", type=int, default=8)
    p.add_argument("--lr", type=float, default=0.01)
    p.add_argument("--mapping-lr", dest="mapping_lr", type=float, default=30.0,
                   help="factor on --lr for the mapping network (its stored weights are 100 times larger)")
    p.add_argument("--seg-lr", dest="seg_lr", type=float, default=0.5)
    p.add_argument("--lr-tail", dest="lr_tail", type=float, default=0.35)
    p.add_argument("--lap", type=float, default=1.0)
    p.add_argument("--tex", type=float, default=1.0, help="weight of the edge energy loss")
    p.add_argument("--d-width", dest="d_width", type=int, default=16)
    p.add_argument("--seg-weight", dest="seg_weight", type=float, default=0.15)
    p.add_argument("--seg-to-g", dest="seg_to_g", type=int, default=1)
    p.add_argument("--stages", default="16:0.2,32:0.2,64:0.25,128:0.2,128d:0.15")
    p.add_argument("--d-crop", dest="d_crop", type=int, default=64, help="side of the discriminator's random crops, 0 = all")
    p.add_argument("--d-lr", dest="d_lr", type=float, default=0.002)
    p.add_argument("--d-ramp", dest="d_ramp", type=float, default=60)
    p.add_argument("--adv", type=float, default=0.05)
    p.add_argument("--fm", type=float, default=0.5)
    p.add_argument("--r1", type=float, default=1.0)
    p.add_argument("--r1-every", dest="r1_every", type=int, default=16)
    p.add_argument("--ema-images", dest="ema_images", type=float, default=1500)
    p.add_argument("--w-dim", dest="w_dim", type=int, default=256)
    p.add_argument("--map-init", dest="map_init", default="smooth", help="smooth | random")
    p.add_argument("--importance", type=float, default=1.0, help="exponent of the factor gains at the start, 0 = none")
    p.add_argument("--z-noise", dest="z_noise", type=float, default=0.0,
                   help="regulariser for small data sets (about 0.12 below 5000 images)")
    p.add_argument("--mapping-layers", dest="mapping_layers", type=int, default=4)
    p.add_argument("--mapping-hidden", dest="mapping_hidden", type=int, default=0,
                   help="width of the mapping network's layers but the last, default: --w-dim")
    p.add_argument("--channel-base", dest="channel_base", type=int, default=4096)
    p.add_argument("--channel-max", dest="channel_max", type=int, default=256)
    p.add_argument("--encoder-share", dest="encoder_share", type=float, default=0.12)
    p.add_argument("--e-lr", dest="e_lr", type=float, default=0.001)
    p.add_argument("--e-rec", dest="e_rec", type=float, default=1.0)
    p.add_argument("--e-rec-every", dest="e_rec_every", type=int, default=3)
    p.add_argument("--embed-steps", dest="embed_steps", type=int, default=100)
    p.add_argument("--bf16", type=int, default=0, help="bfloat16 in the synthesis network (forward and backward)")
    p.add_argument("--seg-grid", dest="seg_grid", type=int, default=48, help="side of the random grid of pixels of the segmentation loss")
    p.add_argument("--mirror", type=int, default=0, help="also learn from mirrored pictures (with the factors mirrored)")
    p.add_argument("--features", type=float, default=0.0, help="weight of the feature loss of the mapping network")
    p.add_argument("--map-steps", dest="map_steps", type=int, default=0, help="steps of the mapping network alone at the start")
    p.add_argument("--map-keep", dest="map_keep", type=float, default=0.3)
    p.add_argument("--e-hidden", dest="e_hidden", type=int, default=160, help="hidden units of the encoder")
    p.add_argument("--coded", type=int, default=0, help="steps per full step whose code comes from the encoder")
    p.add_argument("--coded-latent", dest="coded_latent", type=float, default=0.1,
                   help="weight of the distance between the encoder's code and that of the factors")
    p.add_argument("--low", default="", help="resolutions of additional cheap steps per full step: '32:2,64:1'")
    p.add_argument("--log-every", dest="log_every", type=int, default=25)
    p.add_argument("--eval-minutes", dest="eval_minutes", type=float, default=4)
    p.add_argument("--save-minutes", dest="save_minutes", type=float, default=3)
    p.add_argument("--count-eval", dest="count_eval", type=int, default=1)
    p.add_argument("--finish-only", dest="finish_only", action="store_true",
                   help="with --resume: score and export the current weights, no training")
    return p.parse_args()


if __name__ == "__main__":
    a = arguments()
    if a.threads:
        torch.set_num_threads(a.threads)
    if a.device == "cuda":
        torch.backends.cuda.matmul.allow_tf32 = True
        torch.backends.cudnn.allow_tf32 = True
        torch.backends.cudnn.benchmark = True
    tr = Trainer(a)
    if a.finish_only:
        tr.finish()
    else:
        tr.run()
