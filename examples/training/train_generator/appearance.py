"""What the renderers make of the factors, without rendering: where points of the face or the car lie in the picture, and the colours
of its parts in the light that there is.  A network that sees these, beside features.py, generalises to held-out pictures far better
than one that sees the factors (at 32 px, from 7,700 faces: 22.5 against 17.6 dB).  Made for `mapping.py`.
"""
import json
import os
import sys

import numpy as np

from backdrop import filmic


class Faces:
    """Factor rows (columns as of the data set) -> [n, d]."""
    NEUTRAL = np.tile(np.array([0., 0., .5], np.float32), 8)

    def __init__(self, renderer, assets, names):
        sys.path.insert(0, renderer)
        import factors
        import scene
        self.factors, self.scene = factors, scene
        self.R = R = scene.Renderer(assets)
        names = [str(n).split("=")[0] for n in names]
        self.at = {n: j for j, n in enumerate(names)}
        many = lambda start: [j for j, n in enumerate(names) if n.startswith(start)]
        self.arrays = dict(shape=many("shape:"), asym=many("asym"), cloth_hue=many("cloth_hsv"), cloth_hue2=many("cloth2_hsv"))
        body, V = R.d["bodyidx"], R.V0
        neck = body[np.abs(V[body][:, 1] - 6.3) < .1]
        key = np.concatenate([self._spread(110), R.lipidx()[::max(1, len(R.lipidx()) // 12)]])
        self.parts = [key, np.arange(14598, 14670, 4), np.arange(14670, 14742, 4), neck, R.lipidx()]  # eyes in between
        self.points = np.concatenate(self.parts)
        self.targets, self.moves, self.found = {}, [], []

    def _spread(self, count):
        """Vertices of head and shoulders far from each other, denser in the face."""
        V = self.R.V0
        ids = self.R.d["bodyidx"]
        ids = ids[(ids < 13380) & (V[ids][:, 1] > 5.6) & (V[ids][:, 2] > -.3)]
        P = V[ids]
        P = P * np.where((P[:, 2] > .9) & (P[:, 1] > 6.3) & (P[:, 1] < 7.7), 2.2, 1.)[:, None]
        out, distance = [int(P[:, 2].argmax())], np.full(len(P), np.inf)
        for _ in range(count - 1):
            distance = np.minimum(distance, ((P - P[out[-1]]) ** 2).sum(1))
            out.append(int(distance.argmax()))
        return ids[out]

    def as_dict(self, row):
        """A factor row as the renderer's dictionary; background and moles are left neutral."""
        f = dict(seed=0, bg=self.NEUTRAL, bg_kind=0, moles=np.zeros((5, 3), np.float32))
        for name, low, high in self.factors.SCALARS:
            f[name] = float(low + (high - low) * row[self.at[name]])
        for name, kinds in self.factors.CATS:
            if name != "bg_kind":
                f[name] = kinds[int(round(float(row[self.at[name]])))]
        f.update({k: row[j] for k, j in self.arrays.items()}, brow_color=f["hair_color"])
        return f

    # the renderer's identity() and expression() call these instead of moving vertices
    V0 = np.zeros((1, 3), np.float32)
    d = property(lambda self: self.R.d)
    mods = property(lambda self: self.R.mods)

    def add(self, _, name, weight):
        if abs(weight) < 1e-4 or name not in self.R.d["targets"]:
            return
        if name not in self.targets:
            i, move = self.R.d["targets"][name]
            full = np.zeros((len(self.R.V0), 3), np.float32)
            full[i] = move
            self.targets[name] = len(self.moves)
            self.moves.append(full[self.points].ravel())
        self.found.append((self.targets[name], weight))

    def positions(self, dicts):
        """Key points in the picture (halves of its side from the middle), scale, eyes, mouth, direction of the head."""
        rot, lists = self.scene.rot, []
        for f in dicts:
            self.found = []
            type(self.R).identity(self, f)
            neutral = len(self.found)
            type(self.R).expression(self, None, f)
            lists.append((self.found, neutral))
        neutral, moved = np.zeros((2, len(dicts), len(self.moves)), np.float32)
        for i, (found, count) in enumerate(lists):
            for k, (j, weight) in enumerate(found):
                moved[i, j] += weight
                neutral[i, j] += weight * (k < count)
        rest, D = self.R.V0[self.points], np.stack(self.moves)
        split = np.cumsum([len(p) for p in self.parts])[:-1]
        _, left, right, neck, mouth = [p.mean(1) for p in np.split((neutral @ D).reshape(len(dicts), -1, 3) + rest, split, 1)]
        key = ((moved @ D).reshape(len(dicts), -1, 3) + rest)[:, :split[0]]
        share, out = self.R.d["headw"][self.parts[0]][:, None], []
        for i, f in enumerate(dicts):  # pose and camera as Renderer.render has them
            Rb = rot("y", .45 * f["yaw"]) @ rot("x", .35 * -f["pitch"])
            Rh = rot("y", .55 * f["yaw"]) @ rot("x", .65 * -f["pitch"]) @ rot("z", f["roll"])
            turned = lambda P: (P - neck[i]) @ Rh.T + neck[i]
            pose = lambda P, w=1.: (P * (1 - w) + turned(P) * w - neck[i]) @ Rb.T + neck[i]
            camera = pose((left[i] + right[i]) / 2) + [0, 0, 15.]
            project = lambda p: (p[..., :2] - camera[:2]) / (camera[2] - p[..., 2:])
            a, b, m = (project(pose(p[i])) for p in (left, right, mouth))
            eyes = (a + b) / 2
            side = 2 * max(2 * np.linalg.norm(a - b), 1.8 * np.linalg.norm(m - eyes)) * f["zoom"]
            centre = eyes + .1 * (m - eyes) - [0, .012 * side]
            bridge = project(pose(np.array([0, mouth[i, 1] * .5 + left[i, 1] * .5, .75 * left[i, 2]])))
            centre[0] = .45 * centre[0] + .55 * bridge[0]
            head = Rb @ Rh
            out.append(np.concatenate([((project(pose(key[i], share)) - centre) / side).ravel(), [10 * side],
                                       ((np.stack([a, b, m]) - centre) / side).ravel(), head[:, 2], head[:, 1]]))
        return np.array(out)

    def colours(self, f):
        P, at = self.R.params(f, np.eye(3, dtype=np.float32), dict(k=0., soft=.05, on=0.)), self.scene.PIX
        g = lambda name, n=3: P[at[name]:at[name] + n]
        box, exposure = P[at["BOX"]:at["BOX"] + 6], P[at["EXPOSURE"]]
        light = (.5 * (g("SKY") + g("GROUND")) + .45 * g("KEYCOL") + .3 * box[3:]) * exposure
        parts = {k: g(k) for k in ("SKIN", "LIP", "HAIRCOL", "HAIRCOL2", "CLOTH", "CLOTH2", "BROWCOL", "IRIS", "IRIS2", "HATCOL",
                                   "GLASSCOL", "EYESHCOL")}
        lit = {k: filmic(v * light) for k, v in parts.items()}
        out = list(lit.values()) + [
            lit["HAIRCOL"] * (f["beard"] not in ("none", "stubble")), lit["HATCOL"] * (f["hat"] != "none"),
            filmic(parts["GLASSCOL"]) * (f["glasses"] != "none"), parts["EYESHCOL"] * f["makeup"] * f["makeup_eye"],
            g("KEYDIR") * g("KEYCOL").mean() * exposure, g("KEYDIR"), g("KEYCOL") * exposure, g("SKY") * exposure,
            g("GROUND") * exposure, box[:3] * box[3:].mean() * exposure, g("RIMDIR") * P[at["RIMCOL"]] * exposure, [exposure],
            g("BEARDMASK", 4) * P[at["BEARDK"]], g("STUBBLE", 1), g("AGE", 1), g("FOREHEAD", 1)]
        return np.concatenate(out)

    def products(self, f):
        """Of the hair style and the factors that act differently in each; of factors of eyes and mouth."""
        styles = self.factors.STYLES
        out = np.zeros((len(styles), 6))
        if f["hat"] == "none":
            shade = sum(self.factors.HAIR[f["hair_color"]]) / 300 - .8
            out[styles.index(f["hair_style"])] = [f[k] for k in ("hair_len", "hair_vol", "hair_wave", "hair_part", "hairline")] + [shade]
        pairs = [("eyes_open", "gaze_x"), ("eyes_open", "gaze_y"), ("smile", "teeth_show"), ("mouth_open", "teeth_show"),
                 ("smile", "mouth_open"), ("makeup", "makeup_hue")]
        return np.concatenate([out.ravel(), [f[a] * f[b] for a, b in pairs]])

    def __call__(self, P):
        out = []
        for i in range(0, len(P), 500):
            dicts = [self.as_dict(row) for row in P[i:i + 500]]
            out.append(np.concatenate([self.positions(dicts), [self.colours(f) for f in dicts], [self.products(f) for f in dicts]], 1))
        return np.concatenate(out).astype(np.float32)


class Cars:
    """Factor rows -> [n, d]; data: folder with the params.json that holds the scale of the columns."""
    SUN = dict(studio=((1, .98, .95), .35), field=((1., .93, .80), 1.45), city=((1., .94, .84), 1.2), wall=((1., .94, .85), 1.1),
               dusk=((1., .66, .42), .8), overcast=((1, 1, 1), .10))
    KINDS = ("type_id", "mix_id", "paint_id", "scene_id", "hl_style", "tl_style", "rim_style", "rim_n", "hl_n", "drl", "gr_pat",
             "tl_pat", "pl_col")

    def __init__(self, renderer, data):
        sys.path.insert(0, renderer)
        import cars
        self.cars = cars
        path = next(p for p in (os.path.join(data, "params.json"), os.path.join(data, "train", "params.json")) if os.path.exists(p))
        about = json.load(open(path))
        self.low, self.high = np.array(about["lo"]), np.array(about["hi"])
        self.names = about["names"][:len(self.low)]

    def as_dict(self, row):
        f = dict(zip(self.names, (self.low + row[:len(self.low)] * (self.high - self.low)).tolist()))
        f.update({k: float(round(f[k])) for k in self.KINDS})
        f.update({k: int(f[k]) for k in ("type_id", "mix_id", "paint_id")}, env_seed=0., noise_seed=0.)
        f.update(type=self.cars.TYPES[f["type_id"]], paint=self.cars.PAINTS[f["paint_id"]][0], scene=list(self.SUN)[int(f["scene_id"])])
        return f

    def environment(self, f):
        """In place of the renderer's: the sun as it is, everything random neutral (and no panorama to paint)."""
        colour, strength = self.SUN[f["scene"]]
        az, el = np.radians(f["sun_az"]), np.radians(f["sun_el"] * (.45 if f["scene"] == "dusk" else 1))
        sun = np.array(colour) * strength * f["sun_k"]
        d = dict(sdx=-np.cos(az) * np.cos(el), sdy=np.sin(az) * np.cos(el), sdz=np.sin(el), sunr=sun[0], sung=sun[1], sunb=sun[2])
        d.update({k: .5 for k in ("sunsoft", "ambr", "ambg", "ambb", "gr", "gg", "gb", "g2r", "g2g", "g2b", "gca", "gsa", "gedge",
                                  "ggrain", "gnoise", "gline", "gkerb", "gpark", "gfade", "gfademax", "hzr", "hzg", "hzb")})
        return np.zeros((2, 64, 512, 3), np.float32), d

    def one(self, f):
        p = self.cars.derive(f)[0]
        eye, target = np.array([p.cx, p.cy, p.cz]), np.array([p.tx, p.ty, p.tzz])
        forward = (target - eye) / np.linalg.norm(target - eye)
        right = np.array([forward[1], -forward[0], 0]) / np.hypot(forward[0], forward[1])
        up = np.cross(right, forward)
        x0, x1, wide, low, lamp = p.x0, p.x1, p.Wh, p.zbot, p.hlz
        belt = lambda x: p.bz0 + p.bz1 * x
        pts = [(x + dx * r, p.yface, p.R + dz * r) for x in (p.xaf, p.xar) for r in (p.R, p.Rr, p.ra)
               for dx, dz in ((0, 1), (1, 0), (-1, 0), (0, -1))]
        for z in (low, (low + lamp) / 2, lamp):
            pts += [(x0 + .05, wide * .6, z), (x1 - .03, wide * .6, z), (x0 + .25, wide * .9, z), (x1 - .25, wide * .9, z)]
        for k in (-1, 0, 1):
            pts += [(x0 + .2, p.hls + k * p.hla, lamp), (x0 + .2, p.hls, lamp + k * p.hlb),
                    (x1 - .08, p.tls + k * p.tla, p.tlz), (x1 - .08, p.tls, p.tlz + k * p.tlb)]
        grille = f["gr_w"] * .8
        pts += [(x0 + .05, grille, p.grtop), (x0 + .05, grille, p.grtop - 2 * f["gr_h"]), (x0 + .05, f["in_w"] * .8, p.intop),
                (p.wsx0, wide * .75, p.wsz0), (p.wsx1, wide * .62, p.wsz1), ((p.wsx1 + p.rgx0) / 2, wide * .6, p.ztop),
                (p.rgx0, wide * .62, p.rgz0), (p.rgx1, wide * .7, p.rgz1)]
        for x in (p.wsx0, p.xB, p.rgx1):
            pts += [(x, wide * .9, belt(x)), (x, wide * .95, p.zsill)]
        pts += [(p.mirx, p.miry, p.mirz), (p.hx0, .5, lamp + .15), (p.h2x if p.h2x > -50 else p.h1x, wide, p.h1z),
                (p.fplx, p.plw, p.fplz), (p.rplx, p.plw, p.rplz), (x1 - .05, .5, p.tz)]
        pts = np.array(pts)
        pts = np.stack([pts, pts * [1, -1, 1]], 1).reshape(-1, 3) - eye
        depth = pts @ forward
        place = np.stack([pts @ right / depth * p.foc + p.offx, pts @ up / depth * p.foc + p.offy], 1).ravel()
        to = -forward
        seen = np.array([max(-to[0], 0), max(to[0], 0), max(to[1], 0), max(-to[1], 0), to[2]])
        az = np.radians(f["az"])
        turn = np.array([g(k * az) for k in (1, 2, 3) for g in (np.sin, np.cos)])
        sun = np.array([p.sdx, p.sdy, p.sdz])
        facing = np.array([sun @ right, sun @ up, sun @ to])
        lit = [max(sun @ np.array(n), 0) for n in ((-1, 0, 0), (1, 0, 0), (0, np.sign(to[1]), 0), (0, 0, 1))]
        paint = np.array([f["paint_r"], f["paint_g"], f["paint_b"]]) ** .45
        scene, kind = np.eye(6)[int(f["scene_id"])], np.eye(7)[f["type_id"]]
        return np.concatenate([
            place, seen, turn, sun, facing, lit, paint,
            [f["rim_lum"] ** .4, f["int_lum"], f["tint"], f["tint"] * f["int_lum"], f["expo"], p.foc], turn, turn * (f["fill"] - .5),
            np.outer(scene, [1, sun[2], f["expo"], f["sun_k"], facing[0], facing[1]]).ravel(), np.outer(scene, paint).ravel(),
            np.outer(kind, seen).ravel()])

    def __call__(self, P):
        keep, self.cars.environment = self.cars.environment, self.environment
        try:
            return np.array([self.one(self.as_dict(row)) for row in np.asarray(P, np.float64)], np.float32)
        finally:
            self.cars.environment = keep
