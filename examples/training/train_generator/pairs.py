"""Rows of factors that differ from others in one factor, and pictures of some of them: what a small part looks like before and after.

Most factors change few pixels, and hardly any loss over whole pictures notices a lamp that grows by a fifth.  `joint.py --pairs` and
`synthesis.py --pairs` compare the generated change with the rendered change instead, where every error that both pictures share cancels.
"""
import io

import numpy as np
import torch
from PIL import Image

import appearance
import directions
import features as X_
import mapping as P_

# factors that move together, the share of pairs that change them, and the class that must be seen (and its pixels), if any
CHANGES = {
    "faces": [(["smile"], 2, None), (["mouth_open"], 2, None), (["eyes_open"], 2, None), (["brow_raise"], 2, None), (["gaze_x"], 1, None),
              (["yaw"], 1, None), (["hair_len"], 3, None), (["teeth_show"], 1, None)],
    "cars": [(["hl_size"], 8, "headlight"), (["hl_size", "hl_a", "hl_b"], 6, "headlight"), (["hl_a"], 2, "headlight"), (["hl_b"], 2, "headlight"),
             (["lights_on"], 3, "headlight"), (["hl_dark"], 1, "headlight"), (["hl_style"], 2, "headlight"), (["gr_w"], 1, "grille"),
             (["gr_h"], 1, "grille"), (["R"], 4, None), (["ride"], 6, None), (["rim_lum"], 1, None)],
}
SEEN = 25  # pixels


def changed_rows(s, rows, base, rng):
    """Copies of rows[base] with one change each (None where the part is not seen): far towards the other end of the factor's range."""
    names, changes = [str(n).partition("=")[0] for n in s.ds.param_names], CHANGES[s.domain]
    odds = np.array([c[1] for c in changes]) / sum(c[1] for c in changes)
    ends = np.percentile(s.rows[s.ds.train[:4000]], (2, 25, 75, 98), 0)
    own, out = len(s.rows), rows[base].copy()
    kept = np.ones(len(base), bool)
    for i, (b, c) in enumerate(zip(base, rng.choice(len(changes), len(base), p=odds))):
        factors, _, part = changes[c]
        if part and b < own:
            kept[i] = (s.ds.take([b])[1] == list(s.ds.classes).index(part)).sum() >= SEEN
        columns = [names.index(n) for n in factors]
        up = out[i, columns].mean() < ends[1:3, columns].mean()
        for j in columns:
            kinds = np.unique(s.rows[:, j])
            if len(kinds) < 12:
                out[i, j] = rng.choice(kinds[kinds != out[i, j]])
            else:  # all of them to the same side
                out[i, j] = rng.uniform(*(ends[2:, j] if up else ends[:2, j]))
    return out, kept & (out != rows[base]).any(1)


def drawn(s, rows, base, count, rng):
    """The first `count` of the rows `base` with a part that is seen: their numbers and the changed rows."""
    changed, kept = changed_rows(s, rows, base, rng)
    return base[kept][:count], changed[kept][:count]


def rendered(s, renderer, assets, of, rows):
    """Pictures [n, h, w, 3] and classes [n, h, w] of the pictures `of` of the data set with the factors of rows."""
    R = directions.Renderings(renderer, assets, s.a.data, s.domain, s.ds)
    images, labels = zip(*[R.one(s.ds.ids[b], R.unscaled(row, np.nonzero(row != s.rows[b])[0])) for b, row in zip(of, rows)])
    images = [np.asarray(Image.open(io.BytesIO(jpeg(i)))) for i in images]  # like the pictures of the data set
    return np.stack(images), np.stack(labels)


def of_pictures(s, renderer, assets, count):
    """`count` pairs of training pictures -> of: rows of the data set; rows: with one change each; images, labels: of these."""
    rng, train = np.random.default_rng([s.a.seed, 32]), s.ds.train[s.ds.train < len(s.ds.P)]
    of, rows = drawn(s, s.rows, rng.choice(train, 4 * count), count, rng)
    images, labels = rendered(s, renderer, assets, of, rows)
    return dict(of=of, rows=rows, images=images, labels=labels)


def make(s, pool, renderer, assets, count):
    """`count` pairs of training pictures, then three times as many of any rows without pictures.

    -> of: rows of the pool; rows, look, means: of the changed ones as in the pool; images, labels: of the first of them."""
    rng, train = np.random.default_rng([s.a.seed, 31]), s.ds.train[s.ds.train < len(s.ds.P)]
    parts = [drawn(s, pool["rows"], base, want, rng)
             for base, want in ((rng.choice(train, 4 * count), count), (rng.integers(0, len(pool["rows"]), 4 * count), 3 * count))]
    of, rows = (np.concatenate(p) for p in zip(*parts))
    ft = X_.Features(s.ds.gauss, s.ds.param_names, s.ds.P)
    look = appearance.Faces(renderer, assets, s.ds.param_names) if s.domain == "faces" else appearance.Cars(renderer, s.a.data)
    both = [np.concatenate([m, look(r)], 1) for r in (s.rows, rows) for m in [ft(r)]]
    n = len(s.rows)
    A = P_.standardised(np.concatenate(both), torch.from_numpy(s.ds.train), 5)
    if (A[:n] - pool["look"][:n]).abs().max() > 1e-2:
        raise SystemExit("pool.pt describes other rows")
    images, labels = rendered(s, renderer, assets, *(v[:len(parts[0][0])] for v in (of, rows)))
    return dict(of=of, rows=rows, look=A[n:], means=torch.from_numpy(both[1][:, :ft(rows[:1]).shape[1]]).clamp(-4, 4), images=images, labels=labels)


def jpeg(image):
    out = io.BytesIO()
    Image.fromarray(image).save(out, "JPEG", quality=92)
    return out.getvalue()
