"""Goes on after mapping.py: trains synthesis network, branch, encoder, teacher and mapping network together.

  python joint.py --weights RUN/generator.safetensors --data STAGE2 --mapping RUN --out RUN2 --renderer ... --minutes 100

One step draws pictures of the data set from three kinds of codes: the teacher's w (from what the factors look like), the mapping network's w
(from the factors themselves) and the encoder's w for each layer; then small pictures from the first two; then the mapping network learns the
teacher's w at factors drawn without end.  With --pairs half of the pictures are pairs that differ in one factor (pairs.py), and the generated
change learns to be the rendered one.  Repeated after an interruption, it goes on where it was saved last.
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
import torch.nn as nn
import torch.nn.functional as F

import data as D_
import losses as L_
import mapping as P_
import model as M_
import pairs as C_
import train as T_
import widening as W_


class Joint:
    def __init__(self, a):
        self.a = a
        s = self.s = P_.Setting(a)
        pool = torch.load(os.path.join(a.mapping, "pool.pt"), map_location=s.dev, weights_only=False)
        self.look, self.means = pool["look"], pool["means"]
        self.rows, self.own = pool["rows"], len(pool["look"])
        self.pairs = None
        if a.pairs:
            path = os.path.join(a.mapping, "pairs.pt")
            if not os.path.exists(path):
                T_.atomic(path, lambda p, v=C_.make(s, pool, a.renderer, a.assets, a.pairs): torch.save(v, p))
            self.pairs = torch.load(path, map_location=s.dev, weights_only=False)
            self.rows = np.concatenate([self.rows, self.pairs["rows"]])
            self.look, self.means = (torch.cat([pool[k], self.pairs[k]]) for k in ("look", "means"))
        self.G, self.E = s.G, s.E
        self.S = W_.widen(s.S, a.branch_hidden)
        self.T = torch.load(os.path.join(a.mapping, "teacher-network.pt"), map_location=s.dev, weights_only=False).train()
        self.M = torch.load(os.path.join(a.mapping, "mapping.pt"), map_location=s.dev, weights_only=False)
        self.head = nn.Linear(self.M.layers[-1].in_features, self.means.shape[1])
        self.path = os.path.join(a.out, "joint.pt")
        state = torch.load(self.path, map_location=s.dev, weights_only=False) if os.path.exists(self.path) else None
        had = state["nets"]["M"]["layers.0.bias"].numel() if state else 0
        before, self.head = W_.widen_mapping(self.M, self.head, had)
        fits = had in (0, a.mapping_hidden)
        if state and not fits:  # the wider network starts from the narrower one of that run
            for n, part in ((before, "M"), (self.head, "H")):
                n.load_state_dict(state["mean"]["M"] if part == "M" else state["nets"]["H"])
        self.M, self.head = W_.widen_mapping(before, self.head, a.mapping_hidden)
        self.D = M_.Discriminator(64, width=16)
        if a.discriminator:
            self.D.load_state_dict(torch.load(a.discriminator, map_location="cpu", weights_only=False)["models"]["D"])
        self.nets = dict(G=self.G.synthesis, S=self.S, E=self.E, T=self.T, M=self.M, H=self.head, D=self.D)
        for n in self.nets.values():
            n.to(s.dev).requires_grad_(True)
        for n in (self.G, self.E, self.D):
            n.to(memory_format=torch.channels_last)
        for m in self.G.modules():
            if isinstance(m, M_.SynthesisLayer):
                m.noise_strength.requires_grad_(False)
        self.synthesis = torch.compile(self.G.synthesis, dynamic=False) if a.compile else self.G.synthesis
        self.mean = {k: copy.deepcopy(self.nets[k]).requires_grad_(False) for k in "GSETM"}
        adam = lambda n, lr: dict(params=[p for p in self.nets[n].parameters() if p.requires_grad], lr=0., rel=lr)
        self.opt = torch.optim.Adam([adam("G", a.lr), adam("S", .5 * a.lr), adam("E", .15 * a.lr), adam("T", .12 * a.lr),
                                     adam("M", .15 * a.lr), adam("H", .15 * a.lr)], betas=(.9, .99), fused=True)
        self.opt_d = torch.optim.Adam(self.D.parameters(), lr=.002, betas=(0., .99), fused=True)
        self.k = self.seen = self.d_steps = 0
        self.used = self.finished = 0.  # seconds; minutes after which everything was done
        if state:
            self.restore(state, fits)
        self.centre, self.latents = self.G.mapping.w_avg.clone(), P_.Latents(s.ds.gauss, self.rows, np.random.default_rng([a.seed, 22]))
        self.std = self.T(self.look[:4096]).std(0).detach().clamp_min(.05)
        self.class_w = torch.tensor(s.ds.class_weight, device=s.dev)
        self.stop = False
        for sig in (signal.SIGTERM, signal.SIGINT):
            signal.signal(sig, lambda *_: setattr(self, "stop", True))

    # ---- state
    def save(self):
        state = dict(nets={k: n.state_dict() for k, n in self.nets.items()}, mean={k: n.state_dict() for k, n in self.mean.items()},
                     opt=self.opt.state_dict(), opt_d=self.opt_d.state_dict(), k=self.k, seen=self.seen, d_steps=self.d_steps,
                     used=self.used, finished=self.finished)
        T_.atomic(self.path, lambda p: torch.save(state, p))

    def restore(self, state, fits):
        for nets, part in ((self.nets, "nets"), (self.mean, "mean")):
            for k, n in nets.items():
                if fits or k not in "MH":
                    n.load_state_dict(state[part][k])
        if not fits:  # fresh moments for the networks that became wider
            group = {id(p) for k in "MH" for p in self.nets[k].parameters()}
            flat = [p for g in self.opt.param_groups for p in g["params"]]
            state["opt"]["state"] = {i: v for i, v in state["opt"]["state"].items() if id(flat[i]) not in group}
        for o, name in ((self.opt, "opt"), (self.opt_d, "opt_d")):
            rel = [g.get("rel") for g in o.param_groups]
            o.load_state_dict(state[name])
            for g, r in zip(o.param_groups, rel):
                g["rel"] = r
        self.k, self.seen, self.d_steps, self.used = (state[n] for n in ("k", "seen", "d_steps", "used"))
        self.finished = state.get("finished", 0.)
        self.s.log("resumed at step %d, %d pictures, %.1f minutes" % (self.k, self.seen, self.used / 60))

    # ---- one step
    def cast(self):
        return torch.autocast(self.s.dev.type, torch.bfloat16, enabled=bool(self.a.bf16))

    def codes(self, idx, rng, teacher):
        """w for each layer of pictures idx: of the teacher for the first, of the mapping network for the rest."""
        with self.cast():
            w = [self.T(self.look[torch.from_numpy(idx[:teacher])]).float(),
                 self.M(torch.from_numpy(self.latents(idx[teacher:], rng)).to(self.s.dev))[0]]
        return torch.cat(w)[:, None].expand(-1, self.G.num_ws, -1)

    def latents_of_pairs(self, which, rng):
        """Indices before and after, and their latent vectors, which differ only where the changed factors are."""
        before, after = self.pairs["of"][which], self.own + which
        z = self.latents(before, rng)
        return before, after, z, np.where(self.latents.differ(before, after), self.latents(after, rng), z)

    def codes_of_pairs(self, which, rng):
        """w for each layer of pairs, all before and then all after; in turn of the teacher and of the mapping network."""
        before, after, *z = self.latents_of_pairs(which, rng)
        with self.cast():
            if self.k % 2:
                w = self.T(self.look[torch.from_numpy(np.concatenate([before, after]))])
            else:
                w = self.M(torch.from_numpy(np.concatenate(z)).to(self.s.dev))[0]
        return w.float()[:, None].expand(-1, self.G.num_ws, -1)

    def step(self, share):
        a, s = self.a, self.s
        rng = np.random.default_rng([a.seed, 1, self.k])
        m = a.batch // 4 if self.pairs else 0
        n, side = a.batch - 2 * m, s.ds.side
        epoch, at = divmod(self.k * n, len(s.ds.train) // n * n)
        idx = np.random.default_rng([a.seed, 11, epoch]).permutation(s.ds.train)[at:at + n]
        x, y = s.batch(idx, side)
        x = x.contiguous(memory_format=torch.channels_last)
        coded = a.batch // 4
        known = n - coded
        ws = self.codes(idx[:known], rng, known // 2)
        top, left, h, w = s.ds.crop
        square = F.pad(x[known:], (left, side - w - left, top, side - h - top), value=-1.)
        with self.cast():
            offset = self.E(square.contiguous(memory_format=torch.channels_last)).float()
        with torch.no_grad():
            target = (self.mean["T"](self.look[torch.from_numpy(idx[known:])]) - self.centre) / self.std
        near = F.smooth_l1_loss(offset / self.std, target[:, None].expand_as(offset))
        ws = torch.cat([ws, self.centre + offset])
        if m:
            which = rng.choice(len(self.pairs["images"]), m, replace=False)
            ws = torch.cat([ws, self.codes_of_pairs(which, rng)])
            x, y = (torch.cat(t) for t in zip((x, y), s.batch(self.pairs["of"][which], side), self.after(which)))
        with self.cast():
            full, feats = self.synthesis(ws, None, True)
        full = full.float()
        img = s.crop(full)
        weight = self.class_w[y][:, None]
        if m:
            changed, moved = L_.change(img[n:], x[n:])
            weight = torch.cat([weight[:n], weight[n:] * (1 + 2 * moved.repeat(2, 1, 1, 1))])
        rec = T_.recon_loss(img, x, weight, levels=4, tex=a.tex)
        mse, sim = (img - x).square().mean(), L_.ssim(img, x)
        rows, cols = (np.sort(rng.choice(m, min(44, m), replace=False)) for m in img.shape[2:])
        with self.cast():
            lo = self.S.at_grid_channels_last(feats, *(torch.from_numpy(v + c).to(s.dev) for v, c in zip((rows, cols), s.ds.crop)), side).float()
        labels = y[:, rows][:, :, cols]
        ce, jac = F.cross_entropy(lo, labels, weight=self.class_w ** .5), L_.soft_jaccard(lo, labels)
        loss = a.rec * rec + a.mse * mse + a.ssim * (1 - sim) + .3 * ce + a.jaccard * jac + .1 * near
        out = dict(rec=rec, mse=mse, ssim=sim, ce=ce, jaccard=jac, near=near)
        if m:
            out["changed"] = changed
            loss = loss + a.changed * changed
        if img.shape != full.shape:  # the rows around: weakly towards black
            around = torch.ones(side, side, device=s.dev)
            around[top:top + h, left:left + w] = 0
            loss = loss + .1 * ((full + 1).abs() * around).mean()
        if share >= a.discriminator_from:
            loss = loss + self.adversarial(img, x, rng, out)
        if self.k % 2:
            small = rng.choice(s.ds.train, 2 * a.batch)
            xs, ys = s.batch(small, 32)
            with self.cast():
                img = self.G.synthesis(self.codes(small, rng, a.batch), 32)
            img = s.crop(img.float())
            out["low"] = (img - xs).square().mean()
            loss = loss + a.low * (8 * out["low"] + .5 * T_.recon_loss(img, xs, self.class_w[ys][:, None], levels=3))
        far = out["far"] = self.distil(rng)
        for g in self.opt.param_groups:
            g["lr"] = g["rel"] * min(1, (self.k + 1) / 100) * (.03 + .97 * .5 * (1 + math.cos(math.pi * min(1, share))))
        self.opt.zero_grad(set_to_none=True)
        (loss + far).backward()
        self.opt.step()
        self.k += 1
        self.seen += a.batch
        with torch.no_grad():
            for k, m in self.mean.items():
                torch._foreach_lerp_(list(m.parameters()), list(self.nets[k].parameters()), 1 - .5 ** (1 / min(200, 10 + .05 * self.k)))
        return {k: v.item() for k, v in out.items()}

    def after(self, which):
        """Pictures and classes after the change."""
        images, labels = (torch.from_numpy(np.ascontiguousarray(self.pairs[k][which])).to(self.s.dev) for k in ("images", "labels"))
        return images.permute(0, 3, 1, 2).float() / 127.5 - 1, labels.long()

    def follow(self, net, teacher, rng):
        """How far the changes of the mapping network's w are from those of the teacher's w of indices, relative to the latter."""
        before, after, z, y = self.latents_of_pairs(rng.choice(len(self.pairs["of"]), self.a.map_batch // 4, replace=False), rng)
        with self.cast():
            w = net(torch.from_numpy(np.concatenate([z, y])).to(self.s.dev))[0]
        with torch.no_grad():
            true = (teacher(torch.from_numpy(after)) - teacher(torch.from_numpy(before))) @ self.metric
        error = (w[len(z):] - w[:len(z)]) @ self.metric - true
        size = true.square().sum(1)
        return (error.square().sum(1) / (size + .3 * size.mean())).mean()

    def distil(self, rng):
        """The mapping network learns the teacher's w, and to read what the factors mean."""
        idx = np.concatenate([rng.choice(self.s.ds.train, self.a.map_batch // 4), rng.integers(len(self.s.rows), len(self.look), self.a.map_batch * 3 // 4)])
        z = torch.from_numpy(self.latents(idx, rng)).to(self.s.dev)
        idx = torch.from_numpy(idx)
        with self.cast():
            with torch.no_grad():
                truth = self.mean["T"](self.look[idx]).float()
            w, last = self.M(z)
            read = self.head(last)
        loss = 10 * ((w - truth) @ self.metric).square().sum(1).mean() + .03 * (read.float() - self.means[idx]).square().mean()
        return loss + self.a.follow * self.follow(self.M, lambda i: self.mean["T"](self.look[i]).float(), rng) if self.pairs else loss

    def adversarial(self, img, x, rng, out):
        a, c, (h, w) = self.a, 64, x.shape[2:]
        ty, tx = rng.integers(0, h - c + 1, len(x)), rng.integers(0, w - c + 1, len(x))
        cut = lambda t: torch.stack([t[i, :, ty[i]:ty[i] + c, tx[i]:tx[i] + c] for i in range(len(x))]).contiguous(memory_format=torch.channels_last)
        half = rng.permutation(len(x))[:len(x) // 2]
        fake, real = cut(img)[half], cut(x)[half]
        self.D.requires_grad_(True)
        with self.cast():
            no = self.D(fake.detach()).float()
            yes, there = self.D(real, True)
        loss = F.softplus(no).mean() + F.softplus(-yes.float()).mean()
        self.opt_d.zero_grad(set_to_none=True)
        loss.backward()
        if self.d_steps % 16 == 0:
            r = real.detach().requires_grad_(True)
            g, = torch.autograd.grad(self.D(r).sum(), r, create_graph=True)
            (8 * g.square().sum(dim=[1, 2, 3]).mean()).backward()
        self.opt_d.step()
        self.d_steps += 1
        self.D.requires_grad_(False)
        with self.cast():
            no, here = self.D(fake, True)
        adv = F.softplus(-no.float()).mean()
        match = sum((p - q.detach()).abs().mean() / (q.detach().abs().mean() + 1e-3) for p, q in zip(here, there)) / len(here)
        out.update(d=loss, adv=adv, match=match)
        return min(1, self.d_steps / 100) * (a.adv * adv + a.match * match)

    # ---- judging
    @torch.no_grad()
    def evaluate(self, n=64):
        s, m, idx = self.s, self.mean, self.s.ds.test[:n]
        keep = s.G.synthesis, s.S
        s.G.synthesis, s.S = m["G"], m["S"]
        m["T"].eval()
        draw = lambda canonical: torch.from_numpy(np.concatenate([s.ds.gauss.draw(
            s.ds.prep, idx[i:i + 8], np.random.default_rng([77, i]), canonical) for i in range(0, n, 8)])).to(s.dev)
        out = {}
        for name, w in (("teacher", m["T"](self.look[torch.from_numpy(idx)])), ("mapping", m["M"](draw(True))[0])):
            out[name] = s.score(w, idx)
        self.per_class = s.per_class
        x = s.batch(idx, s.ds.side)[0]
        top, left, h, w = s.ds.crop
        e = m["E"](F.pad(x, (left, s.ds.side - w - left, top, s.ds.side - h - top), value=-1.))
        img = torch.cat([s.crop(s.G.synthesis(self.centre + b)) for b in e.split(8)]).clamp(-1, 1)
        out["encoder"] = dict(psnr=float((10 * torch.log10(4 / (img - x).square().mean(dim=[1, 2, 3]))).mean()), ssim=float(T_.ssim(img, x).mean()))
        self.sheet(x, m["M"](draw(True)[:10])[0], m["T"](self.look[torch.from_numpy(idx[:10])]), img)
        s.G.synthesis, s.S = keep
        return out

    def sheet(self, x, w, wt, coded):
        """Rows: pictures, from the mapping network, its mask, from the teacher, encoder, samples at psi 0.7 (two rows)."""
        s = self.s
        gen = torch.Generator().manual_seed(99)
        z = torch.randn(4096, s.ds.gauss.dim, generator=gen).to(s.dev)
        ws = self.mean["M"](z)[0]
        ws = ws.mean(0) + .7 * (ws[:20] - ws.mean(0))
        pal, rows = np.array(s.ds.colors, np.uint8), [T_.to_uint8(x[:10])]
        for v in (w, wt, ws[:10], ws[10:]):
            img, feats = s.G.synthesis(v[:, None].expand(-1, s.G.num_ws, -1), None, True)
            rows.append(T_.to_uint8(s.crop(img)))
            if v is w:
                rows.append(pal[s.crop(s.S(feats).argmax(1, keepdim=True))[:, 0].cpu().numpy()])
        rows.insert(4, T_.to_uint8(coded[:10]))
        im = np.concatenate([np.concatenate(list(r), 1) for r in rows], 0)
        T_.atomic(os.path.join(self.a.out, "sheet.png"), lambda p: T_.Image.fromarray(im).save(p, format="PNG"))

    def judge(self):
        scores = self.evaluate()
        for k, v in scores.items():
            self.s.log("  " + k, v)
        return scores

    def run(self):
        a, s = self.a, self.s
        if self.finished >= a.minutes:
            s.log("finished before; give more --minutes to go on")
            return
        keep = s.G.synthesis, s.S
        s.G.synthesis, s.S = self.mean["G"], self.mean["S"]
        self.mean["T"].eval()
        with torch.no_grad():
            self.metric = P_.metric(s, self.mean["T"](self.look[:len(s.rows)]))
        s.G.synthesis, s.S = keep
        if not self.k:
            self.judge()
        clock = time.process_time if a.clock == "cpu" else time.time
        last, saved, judged, sums, count = clock(), time.time(), time.time(), {}, 0
        while self.used < 60 * a.minutes and not self.stop:
            for k, v in self.step(self.used / (60 * a.minutes)).items():
                sums.setdefault(k, []).append(v)
            if not math.isfinite(sums["rec"][-1]):
                raise SystemExit("the loss is not finite")
            now = clock()
            self.used, last = self.used + now - last, now
            if self.k % 100 == 0:
                s.log("step %d, %d pictures, %.1f minutes:" % (self.k, self.seen, self.used / 60), {k: float(np.mean(v)) for k, v in sums.items()})
                sums = {}
            if time.time() - saved > 180:
                self.save()
                saved = time.time()
            if time.time() - judged > 60 * a.judge_minutes:
                self.judge()
                judged = time.time()
                last = clock()
        self.save()
        if self.stop:
            return
        centre = self.export()  # codes and edits count from here: what is left changes the mapping network alone
        if a.mapping_minutes:
            self.mapping_alone()
            if self.stop:
                return
            self.export(centre)
        self.finished = a.minutes
        self.save()

    def mapping_alone(self):
        """The mapping network learns on from the finished teacher; nothing else changes."""
        a, s, net, head = self.a, self.s, self.mean["M"].requires_grad_(True), self.head
        with torch.no_grad():
            W = torch.cat([self.mean["T"](b) for b in self.look.split(4096)])
        opt = torch.optim.Adam([*net.parameters(), *head.parameters()], betas=(.9, .99), fused=True)
        rng, mean, n = np.random.default_rng([a.seed, 23]), copy.deepcopy(net).requires_grad_(False), a.map_batch
        for k, share in enumerate(P_.budget(s, a.mapping_minutes)):
            P_.rate(opt, 8e-4, k, share, 100)
            idx = np.concatenate([rng.choice(s.ds.train, n // 4), rng.integers(len(s.rows), len(W), n * 3 // 4)])
            z = torch.from_numpy(self.latents(idx, rng)).to(s.dev)
            idx = torch.from_numpy(idx)
            with self.cast():
                w, last = net(z)
                read = head(last)
            far = ((w - W[idx]) @ self.metric).square().sum(1).mean()
            opt.zero_grad(set_to_none=True)
            loss = 10 * far + .03 * (read.float() - self.means[idx]).square().mean()
            if self.pairs:
                loss = loss + a.follow * self.follow(net, lambda i: W[i], rng)
            loss.backward()
            opt.step()
            with torch.no_grad():
                torch._foreach_lerp_(list(mean.parameters()), list(net.parameters()), 1 - .5 ** (1 / np.clip(.05 * k, 10, 150)))
            if k % 500 == 0:
                s.log("mapping network alone, step %d: %.5f" % (k, far.item()))
            if self.stop:
                return
        for n in (self.mean["M"].requires_grad_(False), self.M):
            n.load_state_dict(mean.state_dict())

    @torch.no_grad()
    def export(self, centre=None):
        """Writes generator.safetensors: everything of the file that it started from, with the new weights."""
        a, s, m = self.a, self.s, self.mean
        scores = self.judge()
        dim = s.ds.gauss.dim
        z_dim, hidden = dim + D_.ballast_dims(dim), m["M"].layers[0].out_features
        mapping = {k: v.half() for k, v in m["M"].export(z_dim).items()}
        net = M_.Mapping(z_dim, s.width, s.G.num_ws, len(m["M"].layers), hidden=hidden).requires_grad_(False)
        net.load_state_dict({**{k[8:]: v.float() for k, v in mapping.items()}, "w_avg": net.w_avg})
        if centre is None:
            centre = net.w(torch.randn(20000, z_dim, generator=torch.Generator().manual_seed(1234))).mean(0).half()
        file = {"synthesis." + k: v for k, v in m["G"].state_dict().items()}
        file.update({"segmentation." + k: v for k, v in m["S"].state_dict().items()})
        file.update({"encoder." + k: v for k, v in m["E"].state_dict().items()})
        file = {k: v.detach().cpu().half().contiguous() for k, v in file.items()}
        file.update(mapping)
        file["mapping.w_avg"] = centre  # the encoder counts its offsets from it
        file["encoder.fc1.bias"] = m["E"].fc1.bias.cpu() + (self.centre.cpu() - centre.float()).repeat(s.G.num_ws)
        if set(file) - set(k for k in s.file if not k.startswith("mapping.fc")) - set(mapping):
            raise SystemExit("other tensors than in %s" % a.weights)
        with P_.safe_open(a.weights, "pt") as f:
            meta = dict(f.metadata())
        branch = dict(s.meta["config"]["segmentation"], hidden=[m["S"].fc0.out_features, m["S"].fc1.out_features])
        config = dict(s.meta["config"], z_dim=z_dim, mapping_layers=len(m["M"].layers), mapping_hidden=hidden, segmentation=branch)
        known = {"test_" + k: v for k, v in scores["mapping"].items()}
        known.update(encoder=scores["encoder"], teacher=scores["teacher"], per_class_iou=self.per_class)
        seen = s.meta["provenance"]["images_seen"] + self.seen
        provenance = dict(s.meta["provenance"], images_seen=seen, joint="joint.py: %d pictures, %.0f minutes; then %.0f minutes of the mapping network alone" % (
            self.seen, self.used / 60, a.mapping_minutes))
        meta.update(config=json.dumps(config), provenance=json.dumps(provenance), scores=json.dumps(known),
                    latent=json.dumps(dict(factors=dim, names=s.ds.gauss.names(s.ds.param_names), ballast=z_dim - dim)))
        T_.atomic(os.path.join(a.out, "generator.safetensors"), lambda p: P_.save_file(file, p, metadata=meta))
        json.dump(scores, open(os.path.join(a.out, "scores.json"), "w"), indent=1)
        s.log("written; the largest entry of the centre moved by %.3f" % (centre.float() - self.centre.cpu()).abs().max().item())
        return centre


def arguments():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--weights", required=True)
    p.add_argument("--data", required=True)
    p.add_argument("--mapping", required=True, help="folder of mapping.py")
    p.add_argument("--out", required=True)
    p.add_argument("--renderer", default="", help="as mapping.py; for --pairs")
    p.add_argument("--assets", default="", help="likewise")
    p.add_argument("--minutes", type=float, default=100)
    p.add_argument("--mapping-minutes", dest="mapping_minutes", type=float, default=0, help="of the mapping network alone, afterwards")
    p.add_argument("--clock", default="wall")
    p.add_argument("--discriminator", default="", help="a checkpoint of train.py, for the start of the discriminator")
    p.add_argument("--discriminator-from", dest="discriminator_from", type=float, default=.5)
    p.add_argument("--adv", type=float, default=.03)
    p.add_argument("--match", type=float, default=.3)
    p.add_argument("--batch", type=int, default=8)
    p.add_argument("--mapping-hidden", dest="mapping_hidden", type=int, default=1024)
    p.add_argument("--map-batch", dest="map_batch", type=int, default=384)
    p.add_argument("--branch-hidden", dest="branch_hidden", type=int, default=64)
    p.add_argument("--lr", type=float, default=.006)
    p.add_argument("--rec", type=float, default=.6)
    p.add_argument("--mse", type=float, default=6)
    p.add_argument("--ssim", type=float, default=.8)
    p.add_argument("--jaccard", type=float, default=.3)
    p.add_argument("--low", type=float, default=.5)
    p.add_argument("--pairs", type=int, default=0, help="pictures with one factor changed (needs --renderer; 0.07 to 0.25 s each)")
    p.add_argument("--changed", type=float, default=1.5, help="weight of the change in pairs")
    p.add_argument("--follow", type=float, default=.2, help="weight of the mapping network's change in pairs")
    p.add_argument("--tex", type=float, default=.5)
    p.add_argument("--compile", type=int, default=0, help="torch.compile of the synthesis network (a C++ compiler is needed)")
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
    Joint(a).run()
