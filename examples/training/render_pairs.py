"""Renders pairs before and after one edit, none of which is part of the data sets, for `semblance vector learn`.

  python render_pairs.py cars ride_height OUT --count 86
  python render_pairs.py faces smile OUT --assets ASSETS --count 120

Writes OUT/before/NNN.jpg and OUT/after/NNN.jpg, the edit always in one direction: gaze to the subject's left, ride height upwards. For
paint_colour also OUT/strengths.csv: of every paint, +1 where it is put on and -1 where it is taken off.
"""
import argparse
import csv
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
FIRST = dict(faces=600, cars=80)  # the data sets have numbers below these


def face_pairs(a):
    sys.path.insert(0, os.path.join(HERE, "render_faces"))
    import render_faces as rf
    R = rf.Renderer(a.assets)
    for i in range(FIRST["faces"], FIRST["faces"] + a.count):
        before, after = rf.pair_factors(a.edit, i, R)
        if a.edit == "gaze" and before["gaze_x"] > after["gaze_x"]:
            before, after = after, before
        for folder, factors in (("before", before), ("after", after)):
            stem = os.path.join(a.out, folder, "%03d" % i)
            rf.save(R, stem, factors, 128, 3, 92)
            os.remove(stem + ".png")


def car_pairs(a):
    sys.path.insert(0, os.path.join(HERE, "render_cars"))
    import generate as g
    scratch = os.path.join(a.out, "pairs", a.edit)
    os.makedirs(scratch, exist_ok=True)
    rows = []
    for i in range(FIRST["cars"], FIRST["cars"] + a.count):
        old, new = g.pair_one((a.out, a.edit, i, 128, 96, 3))[6:8]
        sides = ("b", "a") if a.edit == "ride_height" and float(old) > float(new) else ("a", "b")
        for side, folder in zip(sides, ("before", "after")):
            os.replace("%s/%03d_%s.jpg" % (scratch, i, side), "%s/%s/%03d.jpg" % (a.out, folder, i))
            os.remove("%s/%03d_%s.png" % (scratch, i, side))
        rows.append(("%03d" % i, old, new))
    os.removedirs(scratch)
    if a.edit == "paint_colour":
        paints = sorted({r[1] for r in rows} | {r[2] for r in rows})
        with open(os.path.join(a.out, "strengths.csv"), "w", newline="") as f:
            w = csv.writer(f)
            w.writerow(["id"] + ["paint-" + p for p in paints])
            w.writerows([name] + [(p == new) - (p == old) for p in paints] for name, old, new in rows)


if __name__ == "__main__":
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("domain", choices=["faces", "cars"])
    ap.add_argument("edit")
    ap.add_argument("out")
    ap.add_argument("--assets", default="", help="folder of the faces' assets, see render_faces/README.md")
    ap.add_argument("--count", type=int, default=100)
    a = ap.parse_args()
    a.out = os.path.abspath(a.out)
    for folder in ("before", "after"):
        os.makedirs(os.path.join(a.out, folder), exist_ok=True)
    (face_pairs if a.domain == "faces" else car_pairs)(a)
