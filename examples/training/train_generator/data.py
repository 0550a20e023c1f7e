"""Rendered data set (tar shards of image + label mask, params.npy, classes.json) and the map
between the renderer's random factors and Gaussian latent vectors."""
import glob
import io
import json
import math
import os
import re
import tarfile

import numpy as np
from PIL import Image


# ---------------------------------------------------------------- reading
def read_classes(folder, n_seen=None):
    p = os.path.join(folder, "classes.json")
    names, colors = None, None
    if os.path.exists(p):
        c = json.load(open(p))
        if isinstance(c, dict) and "classes" in c:
            c = c["classes"]
        if isinstance(c, dict):
            if all(str(k).isdigit() for k in c):
                c = [c[k] for k in sorted(c, key=int)]
            else:
                c = [k for k, _ in sorted(c.items(), key=lambda kv: kv[1] if isinstance(kv[1], int)
                                          else kv[1].get("id", kv[1].get("index", 0)))]
        names, colors = [], []
        for i, e in enumerate(c):
            if isinstance(e, str):
                names.append(e)
                colors.append(None)
            elif isinstance(e, dict):
                names.append(str(e.get("name", e.get("label", i))))
                col = e.get("color", e.get("rgb", e.get("colour")))
                if isinstance(col, str):
                    s = col.lstrip("#")
                    col = [int(s[j:j + 2], 16) for j in (0, 2, 4)]
                colors.append(col)
            else:
                names.append(str(e[0]))
                colors.append(list(e[1]) if len(e) > 1 and not isinstance(e[1], (int, str)) else None)
    else:
        names = ["class%d" % i for i in range(n_seen or 1)]
        colors = [None] * len(names)
    rng = np.random.default_rng(7)
    for i in range(len(names)):
        if colors[i] is None:
            colors[i] = [0, 0, 0] if i == 0 else [int(v) for v in rng.integers(60, 255, 3)]
    return names, colors


def read_shards(folder, limit=None, log=print, skip=frozenset()):
    """-> ids [N], images uint8 [N,H,W,3], labels uint8 [N,H,W].  Unfinished shards are skipped."""
    ids, ims, labs = [], [], []
    sub = os.path.join(folder, "train")
    folder = sub if os.path.isdir(sub) else folder
    tars = sorted(glob.glob(os.path.join(folder, "**", "*.tar"), recursive=True)
                  + glob.glob(os.path.join(folder, "**", "*.tar.tmp"), recursive=True)
                  + glob.glob(os.path.join(folder, "**", "*.tar.part"), recursive=True))
    loose = not tars
    pairs = {}

    def add(name, blob):
        m = re.match(r"^(?:.*/)?(\d{3,})\.(jpg|jpeg|png)$", name)
        m2 = re.match(r"^(?:.*/)?(\d{3,})[_.-]?(mask|label|seg|lab)[a-z]*\.png$", name)
        if m and int(m.group(1)) in skip:
            return
        if m:
            i, kind = int(m.group(1)), m.group(2)
            low = name.lower()
            is_lab = kind == "png" and "/img" not in low and "image" not in low
        elif m2:
            i, is_lab = int(m2.group(1)), True
        else:
            return
        pairs.setdefault(i, [None, None])[1 if is_lab else 0] = blob

    def flush():
        for i in sorted(pairs):
            a, b = pairs[i]
            if a is None or b is None:
                continue
            ids.append(i)
            ims.append(np.asarray(Image.open(io.BytesIO(a)).convert("RGB")))
            lab = Image.open(io.BytesIO(b))
            labs.append(np.asarray(lab if lab.mode in ("L", "P") else lab.convert("L")))
        pairs.clear()

    for t in tars:
        try:
            with tarfile.open(t) as tf:
                for m in tf:
                    b = os.path.basename(m.name).split(".")[0]
                    if m.isfile() and not (b.isdigit() and int(b) in skip):
                        add(m.name, tf.extractfile(m).read())
        except (tarfile.TarError, OSError, EOFError) as e:
            log("unfinished shard, taking its complete pairs:", os.path.basename(t), e)
        flush()
        if limit and len(ids) >= limit:
            break
    if loose:
        for p in sorted(glob.glob(os.path.join(folder, "**", "*.*"), recursive=True)):
            if p.lower().endswith((".jpg", ".jpeg", ".png")):
                add(os.path.relpath(p, folder), open(p, "rb").read())
        flush()
    if not ids and skip:
        return None
    if not ids:
        raise SystemExit("no images found in " + folder)
    return np.array(ids), np.stack(ims), np.stack(labs).astype(np.uint8)


def read_params(folder):
    """params.npy and the column names of params.json, in the folder itself or in its train/."""
    def find(*names):
        for n in names:
            for q in (os.path.join(folder, n), os.path.join(folder, "train", n)):
                if os.path.exists(q):
                    return q

    p, q = find("params.npy"), find("params.json", "param_names.json", "params_columns.json")
    P = np.load(p).astype(np.float32) if p else None
    names = json.load(open(q)) if q else None
    if isinstance(names, dict):
        names = next((names[k] for k in ("columns", "names", "vector") if k in names), None)
    if P is not None and isinstance(names, list) and len(names) == P.shape[1] \
            and all(isinstance(n, str) for n in names):
        P, names = join_one_hot(P, names)
    return P, names


def join_one_hot(P, names):
    """Columns "hair=short", "hair=long", ... (one of them 1) -> one column "hair" of indices."""
    groups = {}
    for j, n in enumerate(names):
        if "=" in n:
            groups.setdefault(n.split("=")[0], []).append(j)
    cols, out, done = [], [], set()
    for j, n in enumerate(names):
        g = n.split("=")[0]
        if g in groups and len(groups[g]) > 1 and "=" in n:
            if g not in done:
                done.add(g)
                cols.append(P[:, groups[g]].argmax(1).astype(np.float32))
                cols[-1][~np.isfinite(P[:, j])] = np.nan
                out.append(g + "=" + "|".join(names[i].split("=", 1)[1] for i in groups[g]))
        else:
            cols.append(P[:, j])
            out.append(n)
    return np.stack(cols, 1), out


# ---------------------------------------------------------------- factors <-> Gaussian vectors
def probit(u):
    """Inverse of the standard normal distribution function (Acklam's rational approximation)."""
    a = [-3.969683028665376e+01, 2.209460984245205e+02, -2.759285104469687e+02,
         1.383577518672690e+02, -3.066479806614716e+01, 2.506628277459239e+00]
    b = [-5.447609879822406e+01, 1.615858368580409e+02, -1.556989798598866e+02,
         6.680131188771972e+01, -1.328068155288572e+01]
    c = [-7.784894002430293e-03, -3.223964580411365e-01, -2.400758277161838e+00,
         -2.549732539343734e+00, 4.374664141464968e+00, 2.938163982698783e+00]
    d = [7.784695709041462e-03, 3.224671290700398e-01, 2.445134137142996e+00,
         3.754408661907416e+00]
    u = np.clip(np.asarray(u, np.float64), 1e-6, 1 - 1e-6)
    lo, hi = u < 0.02425, u > 1 - 0.02425
    q = u - 0.5
    r = q * q
    x = (((((a[0] * r + a[1]) * r + a[2]) * r + a[3]) * r + a[4]) * r + a[5]) * q / \
        (((((b[0] * r + b[1]) * r + b[2]) * r + b[3]) * r + b[4]) * r + 1)
    q = np.sqrt(-2 * np.log(np.where(lo, u, np.where(hi, 1 - u, 0.5))))
    t = (((((c[0] * q + c[1]) * q + c[2]) * q + c[3]) * q + c[4]) * q + c[5]) / \
        ((((d[0] * q + d[1]) * q + d[2]) * q + d[3]) * q + 1)
    return np.where(lo, t, np.where(hi, -t, x))


class Gaussianiser:
    """Continuous (also mixed or ordinal) column -> one N(0,1) dimension by its rank; a value that
    many images share owns an interval of ranks and a point is drawn in it.  Nominal column with
    k > 2 values -> k dimensions whose argmax (after fixed offsets that reproduce the frequencies)
    is the value; drawn by rejection.  Constant columns are dropped."""

    def __init__(self, state):
        self.s, self.means = state, {}

    @staticmethod
    def fit(P, nominal=None, max_table=2001, max_k=40):
        cols = []
        N = len(P)
        for j in range(P.shape[1]):
            v = np.sort(P[:, j].astype(np.float64))
            uniq, cnt = np.unique(v, return_counts=True)
            if len(uniq) < 2:
                continue
            nom = (nominal[j] if nominal is not None and nominal[j] is not None
                   else 3 <= len(uniq) <= max_k and np.median(cnt) >= 5)
            if nom and len(uniq) > 2:
                p = cnt / N
                off = np.log(p) - np.log(p).mean()
                rng = np.random.default_rng(1000 + j)
                g = rng.standard_normal((20000, len(uniq))).astype(np.float32)
                off = (off * 0.5).astype(np.float32)
                for i in range(60):
                    q = np.bincount(np.argmax(g + off, 1), minlength=len(uniq)) / len(g)
                    off += np.float32(0.4 if i < 40 else 0.15) * (np.log(p + 2e-3) - np.log(q + 2e-3)).astype(np.float32)
                cols.append(dict(col=j, kind="cat", values=uniq.tolist(), offsets=off.tolist()))
            else:
                t = v if N <= max_table else v[np.round(np.linspace(0, N - 1, max_table)).astype(int)]
                cols.append(dict(col=j, kind="rank", table=t.astype(np.float32)))
        return Gaussianiser(dict(cols=cols, n_params=P.shape[1]))

    @property
    def dim(self):
        return sum(1 if c["kind"] == "rank" else len(c["values"]) for c in self.s["cols"])

    def names(self, param_names=None):
        out = []
        for c in self.s["cols"]:
            n = str(c["col"]) if param_names is None else str(param_names[c["col"]])
            n, _, kinds = n.partition("=")
            kinds = kinds.split("|")
            out += [n] if c["kind"] == "rank" else [
                "%s=%s" % (n, kinds[int(v)] if len(kinds) > 1 else "%g" % v) for v in c["values"]]
        return out

    def prepare(self, P):
        """Per image: rank interval of every rank column, category index of every nominal one."""
        lo, hi, cat = [], [], []
        for c in self.s["cols"]:
            x = P[:, c["col"]].astype(np.float32)
            if c["kind"] == "rank":
                t = c["table"]
                m = len(t)
                a = np.searchsorted(t, x, "left")
                b = np.searchsorted(t, x, "right")
                mid = np.interp(x, t, (np.arange(m) + 0.5) / m)
                tied = (b - a) > 2
                lo.append(np.where(tied, a / m, np.clip(mid, 0.25 / m, 1 - 0.25 / m)))
                hi.append(np.where(tied, b / m, np.clip(mid, 0.25 / m, 1 - 0.25 / m)))
            else:
                v = np.asarray(c["values"], np.float32)
                cat.append(np.abs(x[:, None] - v[None]).argmin(1))
        n = len(P)
        z = lambda a: np.stack(a, 1) if a else np.zeros((n, 0))
        return dict(lo=z(lo), hi=z(hi), cat=z(cat).astype(int))

    def kind_means(self, o, offsets):
        """[k, k]: the mean of the latent vectors that stand for each value of the nominal column at dimension o.  Given the largest
        number the others are normal below a bound each; what is left are integrals over one number."""
        if o not in self.means:
            k = len(offsets)
            x = np.arange(-8, 8.01, 0.125)
            density = lambda v: np.exp(-0.5 * v * v) / math.sqrt(2 * math.pi)
            below = np.vectorize(lambda v: 0.5 * math.erfc(-v / math.sqrt(2)))
            M = np.zeros((k, k))
            for v in range(k):
                rest = np.arange(k) != v
                bounds = x[:, None] + offsets[v] - offsets[None, rest]
                cdf = np.maximum(below(bounds), 1e-300)
                share = density(x) * cdf.prod(1)
                M[v, v] = (share * x).sum() / share.sum()
                M[v, rest] = -(share[:, None] * density(bounds) / cdf).sum(0) / share.sum()
            self.means[o] = M
        return self.means[o]

    def draw(self, prep, idx, rng, canonical=False):
        """Latent vectors [len(idx), dim] for images idx; `canonical` takes the middle of an interval and the mean latent vector of a kind."""
        n = len(idx)
        out = np.empty((n, self.dim), np.float32)
        lo, hi = prep["lo"][idx], prep["hi"][idx]
        u = 0.5 if canonical else rng.random(lo.shape)
        zr = probit(lo + (hi - lo) * u)
        o = r = k = 0
        for c in self.s["cols"]:
            if c["kind"] == "rank":
                out[:, o] = zr[:, r]
                o += 1
                r += 1
            else:
                kk = len(c["values"])
                off = np.asarray(c["offsets"])
                want = prep["cat"][idx, k]
                k += 1
                if canonical:
                    out[:, o:o + kk] = self.kind_means(o, off)[want]
                    o += kk
                    continue
                g = np.zeros((n, kk))
                todo = np.arange(n)
                for _ in range(400):
                    cand = rng.standard_normal((len(todo), 8, kk))
                    ok = np.argmax(cand + off, 2) == want[todo][:, None]
                    first = ok.argmax(1)
                    hit = ok[np.arange(len(todo)), first]
                    g[todo[hit]] = cand[hit, first[hit]]
                    todo = todo[~hit]
                    if not len(todo):
                        break
                for i in todo:  # very rare category: lift it just above the others
                    g[i] = rng.standard_normal(kk)
                    g[i, want[i]] = (g[i] + off).max() - off[want[i]] + 0.05
                out[:, o:o + kk] = g
                o += kk
        return out


def ballast_dims(d):
    """Extra latent dimensions that the generator ignores.  They take up the slack of |z|, so that
    the second-moment normalisation in the mapping network loses nothing of the factors."""
    return int(np.ceil((d + 5 * np.sqrt(2 * d) + 16) / 16) * 16 - d)


def with_ballast(zf, z_dim):
    n, d = zf.shape
    z = np.zeros((n, z_dim), np.float32)
    z[:, :d] = zf
    z[:, d] = np.sqrt(np.maximum(z_dim - (zf.astype(np.float64) ** 2).sum(1), 0))
    return z


class Mirror:
    """What a left-right flip of the picture does to the renderer's factors and to the classes."""
    SCALED = ("gaze_x", "expr_asym", "yaw", "roll", "hair_part", "key_az", "fill_az", "rim_side")

    def __init__(self, classes, names):
        swap = {"left": "right", "right": "left"}
        other = [n if n.split("_")[0] not in swap else swap[n.split("_")[0]] + n[n.index("_"):] for n in classes]
        self.classes = np.array([list(classes).index(n) for n in other], np.uint8)
        self.flip = [j for j, n in enumerate(names) if n in self.SCALED]      # 0..1, 0.5 is the middle
        self.sign = [j for j, n in enumerate(names) if re.match(r"asym\d|backdrop_odd", n)]
        self.turn = [j for j, n in enumerate(names) if n == "bg12"]           # direction of the gradient
        if len(self.flip) != len(self.SCALED):
            raise SystemExit("mirrored factors are known for faces only")

    def params(self, P):
        P = P.copy()
        P[:, self.flip] = 1 - P[:, self.flip]
        P[:, self.sign] = -P[:, self.sign]
        P[:, self.turn] = (0.5 - P[:, self.turn]) % 1.0
        return P


class DataSet:
    def __init__(self, folder, z_state=None, limit=None, log=print, drop=(), mirror=False):
        self.folder, self.log, self.drop = folder, log, drop
        self.ids, self.images, self.labels = read_shards(folder, limit, log)
        P, self.param_names = read_params(folder)
        if P is None:
            raise SystemExit("params.npy is missing in " + folder)
        P_all = P[np.isfinite(P).all(1)].copy()
        keep = self._known(self.ids, P)
        self.ids, self.images, self.labels = self.ids[keep], self.images[keep], self.labels[keep]
        self.P = P[self.ids]
        self.classes, self.colors = read_classes(folder, int(self.labels.max()) + 1)
        n_missing = int(self.labels.max()) + 1 - len(self.classes)
        if n_missing > 0:
            raise SystemExit("labels exceed classes.json")
        nominal = self._nominal(P.shape[1])
        self.dropped = []
        if self.param_names:  # pure noise (seeds) says nothing that a network could learn
            self.dropped = [j for j, n in enumerate(self.param_names) if any(d in n for d in drop)]
            self.P[:, self.dropped] = 0
            P_all[:, self.dropped] = 0
        self.gauss = Gaussianiser(z_state) if z_state else Gaussianiser.fit(P_all, nominal)
        self.mirror = Mirror(self.classes, self.param_names) if mirror else None
        self._index()
        h, w = self.images.shape[1:3]
        side = max(h, w)
        self.crop = ((side - h) // 2, (side - w) // 2, h, w)  # top, left, height, width
        self.side = side
        freq = np.bincount(self.labels[self.ids % 25 != 24][::7].ravel(), minlength=len(self.classes)) + 1.0
        freq /= freq.sum()
        wt = (freq.mean() / freq) ** 0.5
        wt = np.clip(wt, 0.6, 4.0)
        self.class_weight = (wt / (wt * freq).sum()).astype(np.float32)
        self.class_freq = freq

    @staticmethod
    def _known(ids, P):
        ok = ids < len(P)
        ok[ok] = np.isfinite(P[ids[ok]]).all(1)
        return ok

    def rescan(self):
        """Take in images that were written since (the data set may still be rendered)."""
        new = read_shards(self.folder, None, lambda *a: None, set(self.ids.tolist()))
        P, _ = read_params(self.folder)
        if new is None or P is None:
            return 0
        keep = self._known(new[0], P)
        if not keep.any():
            return 0
        P = P[new[0][keep]].copy()
        P[:, self.dropped] = 0
        self.ids = np.concatenate([self.ids, new[0][keep]])
        self.images = np.concatenate([self.images, new[1][keep]])
        self.labels = np.concatenate([self.labels, new[2][keep]])
        self.P = np.concatenate([self.P, P])
        self._index()
        return int(keep.sum())

    def _index(self):
        """Held-out and training indices; index N + i is the mirror image of image i."""
        n = len(self.ids)
        self.test = np.nonzero(self.ids % 25 == 24)[0]
        self.train = np.nonzero(self.ids % 25 != 24)[0]
        if self.mirror:
            self.prep = self.gauss.prepare(np.concatenate([self.P, self.mirror.params(self.P)]))
            self.train = np.concatenate([self.train, n + self.train])
        else:
            self.prep = self.gauss.prepare(self.P)

    def take(self, idx):
        """-> images and labels of these indices, mirrored ones included."""
        n = len(self.ids)
        idx = np.asarray(idx)
        images, labels = self.images[idx % n], self.labels[idx % n]
        m = idx >= n
        if m.any():
            images[m] = images[m][:, :, ::-1]
            labels[m] = self.mirror.classes[labels[m][:, :, ::-1]]
        return images, labels

    def _nominal(self, n):
        """Column kinds named in params.json ({"name":..., "kind"/"type": "categorical"|...}), if any."""
        out = [None] * n
        pn = self.param_names
        if isinstance(pn, list) and len(pn) == n and all(isinstance(e, dict) for e in pn):
            for i, e in enumerate(pn):
                t = str(e.get("kind", e.get("type", "")))
                if t:
                    out[i] = t.startswith(("cat", "nom"))
            self.param_names = [e.get("name", str(i)) for i, e in enumerate(pn)]
        elif not (isinstance(pn, list) and len(pn) == n):
            self.param_names = None
        else:
            joined = any("|" in str(e) for e in pn)  # then every category is named as one
            out = [True if "|" in str(e) else (False if joined else None) for e in pn]
        return out

    def latent(self, idx, rng, z_dim, canonical=False):
        return with_ballast(self.gauss.draw(self.prep, idx, rng, canonical), z_dim)
