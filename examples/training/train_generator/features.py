"""What a latent vector means to the renderer: smooth features of the decoded factors, as targets for
the mapping network.  Latent vectors can be drawn without end, pictures cannot: a linear read-out of w
that must predict these features teaches the mapping network how a category is decoded (the argmax
of some latent dimensions), that hue is a circle, and the like, with nothing to learn by heart."""
import numpy as np
import torch

HAIR = dict(black=(14, 12, 12), darkbrown=(38, 25, 18), brown=(70, 45, 28), auburn=(96, 44, 24), chestnut=(92, 60, 38),
            darkblond=(134, 102, 66), blond=(188, 154, 104), platinum=(222, 206, 172), red=(138, 62, 28), grey=(132, 128, 124),
            white=(206, 204, 200), blue=(40, 70, 130), pink=(190, 90, 130), teal=(30, 110, 110))
TWO_PI = 2 * np.pi


def hsv(h, s, v):
    """HSV -> RGB [n,3] of arrays in 0..1."""
    k = (np.array([5.0, 3.0, 1.0])[None] + h[:, None] * 6) % 6
    return v[:, None] * (1 - s[:, None] * np.clip(np.minimum(k, 4 - k), 0, 1))


class Features:
    def __init__(self, gauss, names, P):
        """gauss: Gaussianiser, names: names of the columns of P (training factors)."""
        self.cols = gauss.s["cols"]
        self.names = [str(n) for n in names]
        self.index = {n.split("=")[0]: j for j, n in enumerate(self.names)}
        self.width = P.shape[1]
        f = self.raw(P)
        self.mean = f.mean(0)
        self.std = f.std(0) + 1e-6
        self.dim = f.shape[1]

    def decode(self, z):
        """Latent vectors [n,d] -> the factors (columns of P) that they stand for."""
        z = np.asarray(z, np.float64)
        P = np.zeros((len(z), self.width), np.float32)
        u = torch.special.ndtr(torch.from_numpy(z)).numpy()
        o = 0
        for c in self.cols:
            if c["kind"] == "rank":
                t = c["table"]
                P[:, c["col"]] = t[np.minimum((u[:, o] * len(t)).astype(int), len(t) - 1)]
                o += 1
            else:
                k = len(c["values"])
                P[:, c["col"]] = np.asarray(c["values"])[np.argmax(z[:, o:o + k] + np.asarray(c["offsets"]), 1)]
                o += k
        return P

    def raw(self, P):
        out = []
        for c in self.cols:
            x = P[:, c["col"]].astype(np.float64)
            if c["kind"] == "rank":
                out.append(x[:, None])
            else:
                v = np.asarray(c["values"])
                out.append((np.abs(x[:, None] - v[None]).argmin(1)[:, None] == np.arange(len(v))).astype(float))
        g = lambda n: P[:, self.index[n]].astype(np.float64)
        if "hair_color" in self.index:
            out += self._faces(P, g)
        if "az" in self.index:
            out += self._cars(P, g)
        return np.concatenate(out, 1)

    def _background(self, g):
        out = []
        col = [hsv(g("bg%d" % (3 * i)), g("bg%d" % (3 * i + 1)) ** 1.5 * .6, .12 + .75 * g("bg%d" % (3 * i + 2)))
               for i in range(4)]
        amb = (.55 + .5 * (.45 + .55 * g("amb_int")))[:, None]
        a = g("bg12") * 6.28
        kind = g("bg_kind")
        for y in (0., 1.):
            for x in (0., .5, 1.):
                m = np.clip(.5 + (x - .5) * np.cos(a) + (y - .5) * np.sin(a), 0, 1)[:, None]
                im = (col[0] * (1 - m) + col[1] * m)
                dim = col[0] * 1.2 * np.exp(-3 * ((x - .5) ** 2 + (y - .45) ** 2)) + col[1] * .25
                im = np.where((kind == 3)[:, None], dim, im)
                im = np.where(((kind == 1) | (kind == 2))[:, None], .4 * im + .15 * sum(col), im)
                out.append(im * amb)
        return out + [col[2], col[3]]

    def _faces(self, P, g):
        out = self._background(g) if "bg12" in self.index else []
        styles = self.names[self.index["hair_color"]].split("=")[1].split("|")
        rgb = np.array([HAIR[s] for s in styles])[g("hair_color").astype(int)] / 255.
        rgb = np.clip(rgb * (.75 + .55 * g("hair_var"))[:, None], 0, 1)
        beards = self.names[self.index["beard"]].split("=")[1].split("|")
        bearded = np.isin(g("beard").astype(int), [i for i, b in enumerate(beards) if b not in ("none", "stubble")])
        out += [rgb, rgb * bearded[:, None]]
        shirt = [hsv(g("cloth_hsv0"), g("cloth_hsv1"), g("cloth_hsv2"))]
        out += shirt
        az = np.radians(g("key_az") * 170 - 85)
        el = np.radians(g("key_el") * 73 - 5)
        k = .8 + 1.3 * g("key_int")
        out.append(np.stack([np.sin(az) * np.cos(el), np.sin(el), np.cos(az) * np.cos(el)], 1) * k[:, None])
        return out

    def _cars(self, P, g):
        lo, hi = -158., 158.
        a = np.radians(lo + (hi - lo) * g("az"))
        side = np.stack([np.sin(a), np.cos(a), np.sin(2 * a), np.cos(2 * a), np.sin(3 * a), np.cos(3 * a)], 1)
        fill = (g("fill") - .5)[:, None]
        return [side, side * fill]

    def __call__(self, P):
        """Standardised features [n,dim] of factors P."""
        return ((self.raw(P) - self.mean) / self.std).astype(np.float32)
