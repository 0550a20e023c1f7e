"""Trains a new mapping network for a finished generator; synthesis network, branch and encoder stay as they are.

  python mapping.py --weights generator.safetensors --data STAGE2 --out RUN --renderer ../render_faces --assets ASSETS --minutes 20
  python mapping.py --weights generator.safetensors --data STAGE2 --out RUN --renderer ../render_cars --minutes 20

1. codes: which single w draws each picture of the data set (a small network on the encoder's hidden layer, trained through the synthesis
   network), 2. teacher: a network from what the factors look like (features.py, appearance.py) to those codes, then to the pictures,
3. mapping: a mapping network from z to the teacher's w, at latent vectors drawn without end.  Every stage is kept in RUN and not repeated.
RUN/generator.safetensors has the new mapping network; its `mapping.w_avg` is the mean of the new w, and `encoder.fc1.bias` makes up
for the difference, so that the encoder's codes stay what they were.
"""
import argparse
import json
import math
import os
import time

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from safetensors import safe_open
from safetensors.torch import save_file

import appearance
import data as D_
import directions
import features as X_
import model as M_
import train as T_

SQRT2 = math.sqrt(2)


class Setting:
    """Frozen networks, data set, and what all stages need of them."""

    def __init__(self, a):
        self.a, self.dev = a, torch.device(a.device)
        self.G, self.E, self.meta = directions.load(a.weights)
        with safe_open(a.weights, "pt") as f:
            self.file = {k: f.get_tensor(k) for k in f.keys()}
        hidden = [len(self.file["segmentation.fc%d.bias" % i]) for i in range(2)]
        self.S = M_.Segmentation(M_.feature_channels(self.G.config), len(self.meta["classes"]), self.G.config["img_resolution"], *hidden)
        self.S.load_state_dict({k[13:]: v.float() for k, v in self.file.items() if k.startswith("segmentation.")})
        for m in (self.G, self.E, self.S):
            m.to(self.dev).requires_grad_(False)
        for layer in self.G.modules():
            if isinstance(layer, M_.SynthesisLayer):
                layer.use_noise = False
        self.G.to(memory_format=torch.channels_last)
        self.domain = self.meta["config"]["domain"]
        self.ds = D_.DataSet(a.data, None, a.limit or None, lambda *s: None, ["seed"], self.domain == "faces")
        self.rows = np.concatenate([self.ds.P, self.ds.mirror.params(self.ds.P)]) if self.ds.mirror else self.ds.P
        self.width = self.G.mapping.w_avg.numel()

    def batch(self, idx, res):
        images, labels = self.ds.take(idx)
        x = torch.from_numpy(np.ascontiguousarray(images)).to(self.dev).permute(0, 3, 1, 2).float() / 127.5 - 1
        y, s = torch.from_numpy(np.ascontiguousarray(labels)).to(self.dev).long(), self.ds.side // res
        return (F.avg_pool2d(x, s), y[:, s // 2::s, s // 2::s]) if s > 1 else (x, y)

    def crop(self, img):
        top, left, h, w = (v * img.shape[2] // self.ds.side for v in self.ds.crop)
        return img[:, :, top:top + h, left:left + w]

    def draw(self, w, res):
        with torch.autocast(self.dev.type, torch.bfloat16, enabled=bool(self.a.bf16)):
            img, feats = self.G.synthesis(w[:, None].expand(-1, self.G.num_ws, -1), res, True)
        return self.crop(img), feats

    @torch.no_grad()
    def score(self, w, idx):
        """As the trainer's `evaluate`: w of the pictures idx."""
        n = len(self.ds.classes)
        conf, l1, ps, ss = np.zeros((n, n)), [], [], []
        for i in range(0, len(idx), 8):
            x, y = self.batch(idx[i:i + 8], self.ds.side)
            img, feats = self.G.synthesis(w[i:i + 8, None].expand(-1, self.G.num_ws, -1), None, True)
            lab = self.crop(self.S(feats).argmax(1, keepdim=True))[:, 0]
            img = self.crop(img).clamp(-1, 1)
            conf += np.bincount((y * n + lab).flatten().cpu().numpy(), minlength=n * n).reshape(n, n)
            l1 += (img - x).abs().mean(dim=[1, 2, 3]).tolist()
            ps += (10 * torch.log10(4 / (img - x).square().mean(dim=[1, 2, 3]))).tolist()
            ss += T_.ssim(img, x).tolist()
        mean, each = T_.miou(conf)
        self.per_class = {c: round(float(v), 3) for c, v in zip(self.ds.classes, each)}
        common = conf.sum(1) > .001 * conf.sum()
        return dict(l1=float(np.mean(l1)), psnr=float(np.mean(ps)), ssim=float(np.mean(ss)), miou=mean, miou_common=float(each[common].mean()))

    def log(self, *s):
        print(time.strftime("%H:%M:%S"), *[
            ", ".join("%s %.3f" % i for i in t.items()) if isinstance(t, dict) else t for t in s], flush=True)

    def kept(self, name, make):
        """The tensor of an earlier run, or a new one that is kept."""
        path = os.path.join(self.a.out, name)
        if not os.path.exists(path):
            T_.atomic(path, lambda p, v=make(): torch.save(v, p))
        return torch.load(path, map_location=self.dev, weights_only=False)


def budget(s, minutes):
    """Yields the share of the budget (processor time; wall time of another device) that is used up, while there is some left."""
    clock = time.process_time if s.dev.type == "cpu" else time.time
    start = clock()
    while (share := (clock() - start) / (60 * minutes)) < 1:
        yield share


def rate(opt, lr, step, share, warm):
    for g in opt.param_groups:
        g["lr"] = lr * min(1, (step + 1) / warm) * (.02 + .98 * .5 * (1 + math.cos(math.pi * share)))


class Perceptron(nn.Module):
    """Linear model plus a network of two hidden layers that starts at zero."""

    def __init__(self, n_in, n_out, bias=None, drop=0.):
        super().__init__()
        self.line, h = nn.Linear(n_in, n_out), 512
        self.net = nn.Sequential(nn.Linear(n_in, h), nn.GELU(), nn.Dropout(drop), nn.Linear(h, h), nn.GELU(), nn.Dropout(drop), nn.Linear(h, n_out))
        for p in (self.line.weight, self.line.bias, self.net[-1].weight, self.net[-1].bias):
            nn.init.zeros_(p)
        if bias is not None:
            self.line.bias.data.copy_(bias)

    def forward(self, x):
        return self.line(x) + self.net(x)


def standardised(A, rows, limit):
    A = torch.as_tensor(A, dtype=torch.float32)
    return ((A - A[rows].mean(0)) / A[rows].std(0).clamp_min(1e-5)).clamp(-limit, limit).nan_to_num()


def codes(s, minutes):
    """w [n, width] of all pictures, mirrored ones included."""
    n, H, C = len(s.rows), [], []
    for i in range(0, n, 64):
        x, _ = s.batch(np.arange(i, min(i + 64, n)), s.ds.side)
        C.append(F.avg_pool2d(x, 4).flatten(1).cpu())
        top, left, h, w = s.ds.crop
        square = F.pad(x.cpu(), (left, s.ds.side - w - left, top, s.ds.side - h - top), value=-1.)
        H.append(torch.from_numpy(directions.hidden(s.E.cpu(), square)).float())
    H, C = torch.cat(H), torch.cat(C)
    C = (C - C.mean(0)) @ torch.linalg.svd((C - C.mean(0))[::6], full_matrices=False)[2][:200].T
    rows = torch.from_numpy(s.ds.train)
    A = torch.cat([standardised(H, rows, 8), C / C.std(0).max() * 2], 1).to(s.dev)
    last = s.E.fc1  # start: the mean of the encoder's rows
    base = (H @ last.weight.view(s.G.num_ws, s.width, -1).mean(0).T + last.bias.view(s.G.num_ws, -1).mean(0)).to(s.dev) + s.G.mapping.w_avg
    net, rng = Perceptron(A.shape[1], s.width).to(s.dev), np.random.default_rng([s.a.seed, 20])
    opt = torch.optim.AdamW(net.parameters(), lr=1e-3, weight_decay=.01, betas=(.9, .99))
    for k, share in enumerate(budget(s, minutes)):
        rate(opt, 1e-3, k, share, 40)
        res = (32, 64)[k % 2]
        j = rng.choice(s.ds.train, 1024 // res)
        loss = (s.draw(base[j] + net(A[j]), res)[0] - s.batch(j, res)[0]).square().mean()
        opt.zero_grad()
        (10 * loss).backward()
        opt.step()
    with torch.no_grad():
        w = base + net(A)
    s.log("codes of one w:", s.score(w[s.ds.test[:64]], s.ds.test[:64]))
    return w.cpu()


@torch.no_grad()
def metric(s, W, eps=.15):
    """Triangular matrix [width, width]: |change of w @ matrix|^2 is the mean squared change of 32-pixel pictures, plus the changes of
    fine detail and of the classes (square roots of their probabilities), scaled to half and seven tenths of the weight of the first."""
    side, (top, left, h, w) = s.ds.side, s.ds.crop
    rows, cols = (torch.arange(o + 1, o + n, 3, device=s.dev) for o, n in ((top, h), (left, w)))

    def look(w):
        img, feats = s.draw(w, side)
        img = img.float()
        fine = img - F.interpolate(F.avg_pool2d(img, 4), scale_factor=4, mode="bilinear", align_corners=False)
        kinds = s.S.at_grid([f.float() for f in feats], rows, cols, side).softmax(1).sqrt()
        return [t.flatten(1) for t in (F.avg_pool2d(img, side // 32), F.avg_pool2d(fine, 2), kinds)]

    Q = torch.zeros(3, s.width, s.width, device=s.dev)
    for w in W[s.ds.train[:6]]:
        at = torch.cat([w[None], w + eps * torch.eye(s.width, device=s.dev)])
        for q, part in zip(Q, zip(*[look(b) for b in at.split(32)])):
            J = torch.cat(part)
            J = (J[1:] - J[:1]) / eps
            q += J @ J.T / J.shape[1] / 6
    trace = Q.diagonal(dim1=1, dim2=2).sum(1)
    Q = (Q * (torch.tensor([1, .5, .7], device=s.dev) * trace[0] / trace)[:, None, None]).sum(0)
    return torch.linalg.cholesky(Q + .02 * Q.diagonal().mean() * torch.eye(s.width, device=s.dev))


def pool(s):
    """Factor rows (of the data set, then of fresh latent vectors) and what they look like."""
    ft = X_.Features(s.ds.gauss, s.ds.param_names, s.ds.P)
    fresh = ft.decode(np.random.default_rng([s.a.seed, 42]).standard_normal((s.a.fresh, s.ds.gauss.dim)))
    rows = np.concatenate([s.rows, fresh])
    look = appearance.Faces(s.a.renderer, s.a.assets, s.ds.param_names) if s.domain == "faces" else \
        appearance.Cars(s.a.renderer, s.a.data)
    means = ft(rows)
    return dict(rows=rows, look=standardised(np.concatenate([means, look(rows)], 1), torch.from_numpy(s.ds.train), 5),
                means=torch.from_numpy(means).clamp(-4, 4))


def teacher(s, W, A, Q, minutes, minutes_pictures):
    """The network that gives w of rows of A."""
    net = Perceptron(A.shape[1], s.width, W[s.ds.train].mean(0), .1).to(s.dev)
    train, gen = torch.from_numpy(s.ds.train).to(s.dev), torch.Generator().manual_seed(s.a.seed)
    opt = torch.optim.AdamW(net.parameters(), lr=1e-3, weight_decay=.03, betas=(.9, .99))
    for k, share in enumerate(budget(s, minutes)):
        rate(opt, 1e-3, k, share, 100)
        j = train[torch.randint(len(train), (256,), generator=gen).to(s.dev)]
        loss = ((net(A[j]) - W[j]) @ Q).square().sum(1).mean()
        opt.zero_grad()
        (10 * loss).backward()
        opt.step()
    opt = torch.optim.AdamW(net.parameters(), lr=4e-4, weight_decay=.03, betas=(.9, .99))
    rng, weight = np.random.default_rng([s.a.seed, 21]), torch.tensor(s.ds.class_weight, device=s.dev) ** .7
    small = torch.tensor(s.ds.class_freq < .015, dtype=torch.float32, device=s.dev)  # eyes, lips; lamps, wheels
    for k, share in enumerate(budget(s, minutes_pictures)):
        rate(opt, 4e-4, k, share, 40)
        res = s.ds.side if share > .4 else (32, 64)[k % 2]
        j = rng.choice(s.ds.train, max(12, 1024 // res))
        x, y = s.batch(j, res)
        img, feats = s.draw(net(A[j]), res)
        error = (img.float() - x).square().mean(1)
        loss = 10 * error.mean()
        if res == s.ds.side:
            rows, cols = (np.sort(rng.choice(m, min(48, m), replace=False)) for m in img.shape[2:])
            with torch.autocast(s.dev.type, torch.bfloat16, enabled=bool(s.a.bf16)):
                lo = s.S.at_grid(feats, *(torch.from_numpy(v + c).to(s.dev) for v, c in zip((rows, cols), s.ds.crop)), res)
            loss = loss + 30 * (error * F.max_pool2d(small[y][:, None], 5, 1, 2)[:, 0]).mean() \
                + .5 * F.cross_entropy(lo.float(), y[:, rows][:, :, cols], weight=weight)
        opt.zero_grad()
        loss.backward()
        opt.step()
    w = labels(net, A)
    for name, idx in (("training", s.ds.train[:64]), ("held out", s.ds.test[:64])):
        s.log("teacher,", name + ":", s.score(w[idx], idx))
    return net.cpu()


@torch.no_grad()
def labels(net, A):
    """The teacher's w of all rows of A."""
    net.eval()
    return torch.cat([net(b) for b in A.split(2048)])


class Latents:
    """Fresh latent vectors that stand for given factor rows; kinds by sorted tables, far faster than Gaussianiser.draw."""

    def __init__(self, gauss, rows, rng):
        prep = gauss.prepare(rows)
        self.lo, self.hi, self.kind, self.dim = prep["lo"], prep["hi"], prep["cat"], gauss.dim
        self.ranks, self.tables, o = [], [], 0
        for c in gauss.s["cols"]:
            if c["kind"] == "rank":
                self.ranks.append(o)
                o += 1
                continue
            k = len(c["values"])
            g = rng.standard_normal((60000, k)).astype(np.float32)
            won = (g + np.asarray(c["offsets"], np.float32)).argmax(1)
            count = np.bincount(won, minlength=k)
            if not count.all():  # a kind too rare for the table: lift it above the others
                for v in np.nonzero(count == 0)[0]:
                    g[v, v] = (g[v] + c["offsets"]).max() - c["offsets"][v] + .05
                    won[v] = v
                count = np.bincount(won, minlength=k)
            self.tables.append((o, g[won.argsort(kind="stable")], np.cumsum(count) - count, count))
            o += k

    def differ(self, a, b):
        """[n, dim]: which dimensions the rows a and b need to differ in."""
        out = np.zeros((len(a), self.dim), bool)
        out[:, self.ranks] = self.lo[a] != self.lo[b]
        for m, (o, table, *_) in enumerate(self.tables):
            out[:, o:o + table.shape[1]] = (self.kind[a, m] != self.kind[b, m])[:, None]
        return out

    def __call__(self, idx, rng):
        z = np.empty((len(idx), self.dim), np.float32)
        u = self.lo[idx] + (self.hi[idx] - self.lo[idx]) * rng.random((len(idx), len(self.ranks)))
        z[:, self.ranks] = torch.special.ndtri(torch.from_numpy(u).clamp(1e-5, 1 - 1e-5)).numpy()
        for m, (o, table, start, count) in enumerate(self.tables):
            v = self.kind[idx, m]
            z[:, o:o + table.shape[1]] = table[start[v] + (rng.random(len(idx)) * count[v]).astype(int)]
        return z


class Student(nn.Module):
    """A mapping network with plain weights (`export` scales them), for latent vectors whose norm the ballast fixes."""

    def __init__(self, n_in, hidden, n_out, layers, gain, mean):
        super().__init__()
        dims = [n_in] + [hidden] * (layers - 1) + [n_out]
        self.layers = nn.ModuleList(nn.Linear(a, b) for a, b in zip(dims, dims[1:]))
        for i, layer in enumerate(self.layers):
            w = torch.randn_like(layer.weight) / math.sqrt(dims[i])
            if i == 0:
                w = w * gain
            elif i < layers - 1:  # near the identity
                w = torch.eye(hidden) / SQRT2 + .3 * w
            else:
                w = .1 * w
            layer.weight.data.copy_(w)
            nn.init.zeros_(layer.bias)
        self.layers[-1].bias.data.copy_(torch.where(mean > 0, mean, 5 * mean) / SQRT2)

    def forward(self, x):
        for layer in self.layers:
            last, x = x, F.leaky_relu(layer(x), .2) * SQRT2
        return x.float(), last

    @torch.no_grad()
    def export(self, z_dim, multiplier=.01):
        """`mapping.*` of the published format; the dimensions after the factors are ballast."""
        out = {}
        for i, layer in enumerate(self.layers):
            w = layer.weight.cpu() if i else F.pad(layer.weight.cpu(), (0, z_dim - layer.in_features))
            out["mapping.fc%d.weight" % i] = w * math.sqrt(w.shape[1]) / multiplier
            out["mapping.fc%d.bias" % i] = layer.bias.cpu() / multiplier
        return out


def student(s, W, rows, means, Q, minutes):
    a, rng, n = s.a, np.random.default_rng([s.a.seed, 22]), len(s.rows)
    latents = Latents(s.ds.gauss, rows, rng)
    z = latents(np.arange(len(rows)), rng).astype(np.float64)  # influence of every latent dimension on w, as its gain at the start
    Y = ((W - W.mean(0)) @ Q).double().cpu().numpy()
    ridge = lambda B: np.linalg.solve(B.T @ B + .02 * len(B) * np.eye(B.shape[1]), B.T @ Y)
    gain = np.sqrt((ridge(z) ** 2).sum(1) + 2 * (ridge(z * z - 1) ** 2).sum(1))
    gain /= np.sqrt((gain ** 2).mean())
    for o, table, *_ in latents.tables:
        gain[o:o + table.shape[1]] = 1.5 * np.sqrt((gain[o:o + table.shape[1]] ** 2).mean())
    gain = np.clip(gain, .1, 5)
    gain = torch.tensor(gain / np.sqrt((gain ** 2).mean()), dtype=torch.float32)
    net = Student(latents.dim, a.hidden, s.width, a.layers, gain, W.mean(0).cpu()).to(s.dev)
    head = nn.Linear(a.hidden, means.shape[1]).to(s.dev)  # a read-out of what the factors mean; not exported
    params = [*net.parameters(), *head.parameters()]
    opt = torch.optim.Adam(params, lr=1.5e-3, betas=(.9, .99))
    mean = [p.detach().clone() for p in net.parameters()]
    means, ft = means.to(s.dev), X_.Features(s.ds.gauss, s.ds.param_names, s.ds.P)
    for k, share in enumerate(budget(s, minutes)):
        rate(opt, 1.5e-3, k, share, 100)
        own = a.map_batch * 3 // 10
        idx = np.concatenate([rng.choice(s.ds.train, own), rng.integers(n, len(rows), a.map_batch - own)])
        with torch.autocast(s.dev.type, torch.bfloat16, enabled=bool(a.bf16)):
            w, last = net(torch.from_numpy(latents(idx, rng)).to(s.dev))
            read = head(last)
        loss = 10 * ((w - W[idx]) @ Q).square().sum(1).mean() + .05 * (read.float() - means[idx]).square().mean()
        if k % 2:  # what the factors mean is known of any latent vector
            zf = rng.standard_normal((a.map_batch // 2, latents.dim)).astype(np.float32)
            with torch.autocast(s.dev.type, torch.bfloat16, enabled=bool(a.bf16)):
                read = head(net(torch.from_numpy(zf).to(s.dev))[1])
            truth = torch.from_numpy(ft(ft.decode(zf))).clamp(-4, 4).to(s.dev)
            loss = loss + .03 * (read.float() - truth).square().mean()
        opt.zero_grad()
        loss.backward()
        opt.step()
        with torch.no_grad():
            torch._foreach_lerp_(mean, list(net.parameters()), 1 - .5 ** (1 / np.clip(.05 * k, 10, 150)))
        if k % 1000 == 0:
            s.log("mapping %d: loss %.4f" % (k, loss.item()))
    with torch.no_grad():
        for p, m in zip(net.parameters(), mean):
            p.copy_(m)
    return net.cpu()


def export(s, net):
    """Writes the file with the new mapping network."""
    a, d = s.a, s.ds.gauss.dim
    z_dim = d + D_.ballast_dims(d)
    new = {k: v.half() for k, v in net.export(z_dim).items()}
    m = M_.Mapping(z_dim, s.width, s.G.num_ws, a.layers, hidden=a.hidden).to(s.dev).requires_grad_(False)
    m.load_state_dict({**{k[8:]: v.float() for k, v in new.items()}, "w_avg": m.w_avg})
    old = s.file["mapping.w_avg"].float()
    centre = m.w(torch.randn(20000, z_dim, generator=torch.Generator().manual_seed(1234)).to(s.dev)).mean(0).cpu().half()
    file = {k: v for k, v in s.file.items() if not k.startswith("mapping.")}
    file.update(new)
    file["mapping.w_avg"] = centre
    file["encoder.fc1.bias"] = file["encoder.fc1.bias"].float() + (old - centre.float()).repeat(s.G.num_ws)
    w = torch.cat([m.w(torch.from_numpy(D_.with_ballast(s.ds.gauss.draw(s.ds.prep, s.ds.test[i:i + 8], np.random.default_rng([77, i]), True),
                                                        z_dim)).to(s.dev)) for i in range(0, min(64, len(s.ds.test)), 8)])
    scores = s.score(w, s.ds.test[:64])
    s.log("known factors, held out:", scores)
    with safe_open(a.weights, "pt") as f:
        meta = dict(f.metadata())
    config = dict(s.meta["config"], z_dim=z_dim, mapping_layers=a.layers, mapping_hidden=a.hidden)
    provenance = dict(s.meta["provenance"], mapping="mapping.py: %d fresh latent vectors' factors, %.1f minutes" % (a.fresh, a.minutes))
    known = dict({"test_" + k: v for k, v in scores.items()}, per_class_iou=s.per_class)
    meta.update(config=json.dumps(config), provenance=json.dumps(provenance), scores=json.dumps(dict(s.meta.get("scores", {}), **known)),
                latent=json.dumps(dict(factors=d, names=s.ds.gauss.names(s.ds.param_names), ballast=z_dim - d)))
    T_.atomic(os.path.join(a.out, "generator.safetensors"), lambda p: save_file({k: v.contiguous() for k, v in file.items()}, p, metadata=meta))
    json.dump(scores, open(os.path.join(a.out, "mapping-scores.json"), "w"), indent=1)


def arguments():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--weights", required=True)
    p.add_argument("--data", required=True, help="stage with the factors of the backdrop (backdrop.py)")
    p.add_argument("--out", required=True)
    p.add_argument("--renderer", required=True)
    p.add_argument("--assets", default="")
    p.add_argument("--minutes", type=float, default=20, help="processor time of the three trainings together")
    p.add_argument("--fresh", type=int, default=40000, help="factor rows of fresh latent vectors")
    p.add_argument("--prepare", action="store_true", help="only compute what the factors look like (no GPU needed), then stop")
    p.add_argument("--layers", type=int, default=6)
    p.add_argument("--hidden", type=int, default=512)
    p.add_argument("--map-batch", dest="map_batch", type=int, default=256)
    p.add_argument("--limit", type=int, default=0, help="pictures of the data set (tests)")
    p.add_argument("--device", default="cpu")
    p.add_argument("--threads", type=int, default=0)
    p.add_argument("--bf16", type=int, default=0)
    p.add_argument("--seed", type=int, default=1)
    return p.parse_args()


def main():
    a = arguments()
    if a.threads:
        torch.set_num_threads(a.threads)
    os.makedirs(a.out, exist_ok=True)
    torch.manual_seed(a.seed)
    s = Setting(a)
    p = s.kept("pool.pt", lambda: pool(s))
    if a.prepare:
        return
    W = s.kept("codes.pt", lambda: codes(s, .3 * a.minutes))
    Q = metric(s, W)
    W = labels(s.kept("teacher-network.pt", lambda: teacher(s, W, p["look"], Q, .08 * a.minutes, .22 * a.minutes)).to(s.dev), p["look"])
    net = s.kept("mapping.pt", lambda: student(s, W, p["rows"], p["means"], Q, .4 * a.minutes))
    export(s, net)


if __name__ == "__main__":
    import mapping  # kept networks name this module, not the script
    mapping.main()
