"""Adds to the factors of a data set what its pictures show behind and below the subject.

  python backdrop.py faces --renderer ../render_faces --assets ASSETS --data STAGE --out STAGE2   (STAGE: of face_params.py)
  python backdrop.py cars --renderer ../render_cars --data DATA --out STAGE2

The renderers draw blobs of the background (faces), ground, sky and horizon (cars) from a seed, which is no factor: a fifth of the
squared error of the faces and half of that of the cars is in what no factor says.  STAGE2 has principal components of a small
picture of the backdrop as further factors; for faces they replace the colours and the kind of the background (`bg*`).
"""
import argparse
import json
import os
import sys

import numpy as np

SIDE = 6           # side of the small picture of a face's background
EVEN, ODD = 10, 8  # its components that stay and that change their sign in a mirror


def filmic(x):
    """The renderers' tone curve and gamma: linear light -> 0..1."""
    x = np.clip(x, 0, None)
    return np.clip((x * (2.51 * x + .03)) / (x * (2.43 * x + .59) + .14), 0, 1) ** (1 / 2.2)


def components(A, count):
    """Principal components [n, count] of the rows of A, and the share of the variance in them."""
    A = A - A.mean(0)
    _, s, Vt = np.linalg.svd(A[:6000], full_matrices=False)
    return A @ Vt[:count].T, (s[:count] ** 2).sum() / (s ** 2).sum()


def faces(a, count):
    import factors
    import render_faces
    import scene
    R = scene.Renderer(a.assets)
    small = []
    for i in range(count):
        f = factors.sample(render_faces.TRAIN0 + i, R.mods)
        P = R.params(f, np.eye(3, dtype=np.float32), dict(k=0., soft=.05, on=0.))
        picture = filmic(R.background(f, P) * P[scene.PIX["EXPOSURE"]])
        k = picture.shape[0] // SIDE
        small.append(picture.reshape(SIDE, k, SIDE, k, 3).mean((1, 3)))
    b = np.stack(small).astype(np.float64)
    flipped = b[:, :, ::-1]
    half = lambda t: t[:, :, :SIDE // 2].reshape(count, -1)
    even, share = components(half(b + flipped) / 2, EVEN)
    odd, share_odd = components(half(b - flipped) / 2, ODD)
    print("components hold %.3f (even) and %.3f (odd) of the variance" % (share, share_odd))
    return np.concatenate([even, odd], 1), ["backdrop_even%d" % i for i in range(EVEN)] + ["backdrop_odd%d" % i for i in range(ODD)]


FLAGS = dict(cos="gca", sin="gsa", edge="gedge", grain="ggrain", noise="gnoise", line="gline", kerb="gkerb", park="gpark", soft="sunsoft")


def cars(a, count):
    import cars as renderer
    rows, flags = [], []
    for i in range(count):
        f = renderer.factors(i)
        p, _, _, panoramas, _ = renderer.derive(f)
        rgb = lambda *names: np.array([getattr(p, n) for n in names])
        eye, target = rgb("cx", "cy", "cz"), rgb("tx", "ty", "tzz")
        forward = (target - eye) / np.linalg.norm(target - eye)
        right = np.array([forward[1], -forward[0], 0]) / np.hypot(forward[0], forward[1])
        up = np.cross(right, forward)
        sun, ambient, horizon = rgb("sunr", "sung", "sunb"), rgb("ambr", "ambg", "ambb"), rgb("hzr", "hzg", "hzb")
        light = ambient + .5 * sun * max(p.sdz, 0)
        colours = [rgb("gr", "gg", "gb") * light, rgb("g2r", "g2g", "g2b") * light, horizon, ambient, sun, light]
        height, turn = panoramas.shape[1:3]
        for x in (-.9, -.45, 0, .45, .9):  # the panorama where the camera sees it
            for y in (.35, .5, .62, .72):
                ray = forward + right * (x - p.offx) / p.foc + up * (y - p.offy) / p.foc
                ray /= np.linalg.norm(ray)
                column = int(np.arctan2(ray[1], ray[0]) / (2 * np.pi) % 1 * turn) % turn
                colours.append(panoramas[0, min(height - 1, int(np.sqrt(ray[2]) * (height - 1))), column] if ray[2] > 0 else horizon)
        rows.append(filmic(np.array(colours) * f["expo"]).ravel())
        flag = {k: getattr(p, v) for k, v in FLAGS.items()}
        flag["cos"], flag["edge"] = flag["cos"] * np.sign(f["az"]), min(flag["edge"], 9)
        flags.append(list(flag.values()))
    weight = np.concatenate([np.full(6, 3.), np.full(12, 1.), np.full(60, .7)])  # much of the picture is ground
    C, share = components(np.array(rows) * weight, 20)
    print("components hold %.3f of the variance" % share)
    return np.concatenate([C, np.array(flags)], 1), ["backdrop%d" % i for i in range(20)] + ["ground_" + k for k in FLAGS]


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("domain", choices=["faces", "cars"])
    ap.add_argument("--renderer", required=True)
    ap.add_argument("--assets", default="")
    ap.add_argument("--data", required=True)
    ap.add_argument("--out", required=True)
    a = ap.parse_args()
    sys.dont_write_bytecode = True
    sys.path.insert(0, a.renderer)
    pick = lambda n: next(p for p in (os.path.join(a.data, n), os.path.join(a.data, "train", n)) if os.path.exists(p))
    P, about = np.load(pick("params.npy")), json.load(open(pick("params.json")))
    names = about["names"]
    keep = [j for j, n in enumerate(names) if a.domain == "cars" or not n.startswith("bg")]
    extra, extra_names = (faces if a.domain == "faces" else cars)(a, len(P))
    os.makedirs(a.out, exist_ok=True)
    np.save(os.path.join(a.out, "params.npy"), np.concatenate([P[:, keep], extra], 1).astype(np.float32))
    about["names"] = [names[j] for j in keep] + extra_names
    json.dump(about, open(os.path.join(a.out, "params.json"), "w"))
    open(os.path.join(a.out, "classes.json"), "w").write(open(pick("classes.json")).read())
    os.makedirs(os.path.join(a.out, "train"), exist_ok=True)
    for name in sorted(os.listdir(os.path.join(a.data, "train"))):
        link = os.path.join(a.out, "train", name)
        if name.endswith(".tar") and not os.path.lexists(link):
            os.symlink(os.path.abspath(os.path.join(a.data, "train", name)), link)


if __name__ == "__main__":
    main()
