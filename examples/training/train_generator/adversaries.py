"""The two discriminators of `synthesis.py`, each with its optimiser and the loss that it gives the generator."""
import torch
import torch.nn.functional as F

import discriminator as X_
import model as M_

LAST = dict(memory_format=torch.channels_last)


class Adversary:
    """A discriminator that learns from as many renderings as generated pictures; its weight rises over the first `rise` steps."""
    rise = 1000

    def __init__(self, net, a, rate, penalty, ready):
        self.a, self.net, self.penalty, self.steps = a, net.to(a.device).to(**LAST), penalty, 0
        self.tell = ready(self.net)
        self.opt = torch.optim.Adam(net.parameters(), lr=rate, betas=(0., .99), fused=True)
        self.rate = rate

    def state(self):
        return dict(net=self.net.state_dict(), opt=self.opt.state_dict(), steps=self.steps)

    def restore(self, state):
        self.net.load_state_dict(state["net"])
        self.opt.load_state_dict(state["opt"])
        for g in self.opt.param_groups:
            g["lr"] = self.rate
        self.steps = state["steps"]

    def cast(self):
        return torch.autocast(torch.device(self.a.device).type, torch.bfloat16, enabled=bool(self.a.bf16))

    def learn(self, logits_of, penalised):
        """One step: `logits_of()` gives logits of generated pictures and of renderings, `penalised()` renderings and logits with a small slope in them."""
        self.net.requires_grad_(True)
        with self.cast():
            no, yes = (v.float() for v in logits_of())
        loss = F.softplus(no).mean() + F.softplus(-yes).mean()
        self.opt.zero_grad(set_to_none=True)
        loss.backward()
        if self.steps % 16 == 0:
            r, logits = penalised()
            g, = torch.autograd.grad(logits.sum(), r, create_graph=True)
            (8 * self.penalty * g.square().sum(dim=[1, 2, 3]).mean()).backward()
        self.opt.step()
        self.steps += 1
        self.net.requires_grad_(False)
        return loss

    def weight(self):
        return min(1, self.steps / self.rise)


class Crops(Adversary):
    """Judges crops place by place and knows their classes; the generator also learns to match its layers."""
    side = 64

    def __init__(self, classes, a, ready):
        super().__init__(X_.MaskDiscriminator(classes), a, a.lr_discriminator, a.r1, ready)

    def loss(self, img, x, y, clear, rng, out):
        """Of generated pictures, their renderings and classes; layers match less where `clear` [n, 1, h, w] is 1 (if not None)."""
        h, w = x.shape[2:]
        tops, lefts = rng.integers(0, h - self.side + 1, len(x)), rng.integers(0, w - self.side + 1, len(x))
        cut = lambda v: torch.stack([p[..., t:t + self.side, l:l + self.side] for p, t, l in zip(v, tops, lefts)])
        fake, real, y = cut(img).contiguous(**LAST), cut(x).contiguous(**LAST), cut(y)

        def penalised():
            r = real[:4].detach().contiguous(**LAST).requires_grad_(True)
            logits, _ = self.net(r, y[:4])
            return r, logits[:, rng.integers(0, logits.shape[1])]  # the slope of one logit: the size of the crop does not count

        out["d"] = self.learn(lambda: self.tell(torch.cat([fake.detach(), real]), torch.cat([y, y]))[0].chunk(2), penalised)
        with self.cast():
            logits, layers = self.tell(torch.cat([fake, real]), torch.cat([y, y]))
        match, tied = 0, None if clear is None else 1 - .8 * cut(clear)
        for layer in layers:
            here, there = layer.float().chunk(2)
            error = (here - there.detach()).abs()
            if tied is not None:
                error = error * F.adaptive_avg_pool2d(tied, error.shape[2:])
            match = match + error.mean() / (there.detach().abs().mean() + 1e-3) / len(layers)
        out.update(adv=F.softplus(-logits[:len(x)].float()).mean(), match=match)
        return self.weight() * (self.a.adv * out["adv"] + self.a.match * match)


class Wholes(Adversary):
    """Judges whole pictures of half the side, without classes: also of random latent vectors, which nothing else teaches."""
    rise = 500

    def __init__(self, side, a, ready):
        super().__init__(M_.Discriminator(side // 2), a, a.lr_discriminator / 2, a.r1_whole, ready)

    def loss(self, known, samples, x, out):
        """Of square generated pictures of factors and of random latent vectors, and as many renderings."""
        small = lambda v: F.avg_pool2d(v, 2).contiguous(**LAST)
        fake, real = small(torch.cat([known, samples])), small(x)

        def penalised():
            r = real.detach().contiguous(**LAST).requires_grad_(True)
            return r, self.net(r)

        out["d_whole"] = self.learn(lambda: (self.tell(fake.detach()), self.tell(real)), penalised)
        with self.cast():
            adv = F.softplus(-self.tell(fake).float())
        out.update(adv_whole=adv[:len(known)].mean(), adv_samples=adv[len(known):].mean())
        return self.weight() * self.a.adv_whole * adv.mean()
