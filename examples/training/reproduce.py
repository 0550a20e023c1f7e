"""Renders a data set and trains a demo generator on it, from nothing.

  python reproduce.py cars --out OUT --quick                       about ten minutes on two cores
  python reproduce.py faces --out OUT --assets ASSETS --quick      the same with faces
  python reproduce.py cars --out OUT --minutes 600                 the full recipe on a CPU
  python reproduce.py cars --out OUT --minutes 60 --device cuda    the full recipe on a GPU

Every step leaves finished work alone, so the command can be repeated after an interruption; a longer
--minutes goes on training.  --dry-run prints the commands only.
"""
import argparse
import json
import os
import shlex
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
RENDERS = dict(faces=8000, cars=10000)


def commands(a):
    """-> [(command, file that shows that it is done)]"""
    py, j = sys.executable, os.path.join
    data, stage, run = j(a.out, a.domain), j(a.out, a.domain + "-factors"), j(a.out, a.domain + "-run")
    renderer = ["--renderer", j(HERE, "render_" + a.domain)] + (["--assets", a.assets] if a.assets else [])
    n = a.renders or (300 if a.quick else RENDERS[a.domain])
    out = []
    if a.domain == "cars":
        gen = [py, j(HERE, "render_cars", "generate.py"), data]
        shard = 100 if n < 1000 else 1000
        out.append((gen + ["train", "--n", str(n), "--shard", str(shard), "--workers", str(a.workers)],
                    j(data, "train", "params.npy")))
        out.append((gen + ["meta"], j(data, "train", "params.npy")))
    else:
        ren = [py, j(HERE, "render_faces", "render_faces.py"), "--assets", a.assets, "--out", data]
        out.append((ren + ["--train", str(n), "--merge"], j(data, "train", "params.npy")))
        plain = j(a.out, "faces-plain")
        out.append(([py, j(HERE, "train_generator", "face_params.py"), *renderer, "--data", data, "--out", plain, "--n", str(n)],
                    j(plain, "params.npy")))
        data = plain
    out.append(([py, j(HERE, "train_generator", "backdrop.py"), a.domain, *renderer, "--data", data, "--out", stage],
                j(stage, "params.npy")))
    if a.domain == "cars" and not a.quick:
        out.append(([py, j(HERE, "train_generator", "layout.py"), *renderer, "--data", stage], j(stage, "layout.npz")))
    train = [py, j(HERE, "train_generator", "train.py"), "--data", stage, "--domain", a.domain, "--out", run,
             "--seed", str(a.seed), "--device", a.device, "--resume", "--rescan", "0"]
    if a.domain == "faces":
        train += ["--mirror", "1"]
    if a.quick:
        train += ["--minutes", str(a.minutes or 4), "--channel-base", "1024", "--channel-max", "128",
                  "--stages", "16:0.35,32:0.35,64:0.15,128:0.15", "--z-noise", "0.12", "--features", "0.3",
                  "--map-steps", "150", "--eval-minutes", "2", "--encoder-share", "0.15", "--embed-steps", "40"]
    else:
        train += ["--minutes", str(a.minutes or 600), "--features", "0.3", "--map-steps", "1500", "--z-noise", "0.05",
                  "--coded", "2", "--e-hidden", "320", "--encoder-share", "0", "--seg-weight", "0.3",
                  "--stages", "16:0.1,32:0.15,64:0.15,128:0.35,128d:0.25"]
        train += ["--batch", "32", "--threads", "8"] if a.device == "cuda" else ["--channel-base", "2048"]
    train += ["--bf16", str(a.bf16)]
    if a.threads:
        train += ["--threads", str(a.threads)]
    out.append((train, None))
    sizes = [["--fresh", "600", "--hidden", "256"], ["--pairs", "40", "--mapping-hidden", "256"]] if a.quick else [
        [], ["--pairs", "3500", "--map-batch", "512", "--discriminator", j(run, "checkpoint.pt"), "--discriminator-from", "0.3",
             "--adv", "0.12", "--match", "1.2"]]
    weights, mapping, run = j(run, "generator.safetensors"), j(a.out, a.domain + "-mapping"), j(a.out, a.domain + "-joint")
    more = ["--data", stage, *renderer, "--device", a.device, "--bf16", str(a.bf16)] + (["--threads", str(a.threads)] if a.threads else [])
    minutes = a.minutes or (4 if a.quick else 600)
    out.append(([py, j(HERE, "train_generator", "mapping.py"), "--weights", weights, "--out", mapping, *more,
                 "--minutes", str(minutes / 5), *sizes[0]], j(mapping, "generator.safetensors")))
    out.append(([py, j(HERE, "train_generator", "joint.py"), "--weights", j(mapping, "generator.safetensors"), "--mapping", mapping,
                 "--out", run, *more, "--minutes", str(minutes / 4), "--mapping-minutes", str(minutes / 20),
                 *sizes[1]], None))
    start, run = run, j(a.out, a.domain + "-synthesis")
    wider = ["--channels", "64:64,128:32", "--horizon", "20", "--layout", "2", "--free", "1", "--adv-whole", "0.5"] if a.domain == "cars" else []
    out.append(([py, j(HERE, "train_generator", "synthesis.py"), "--weights", j(start, "generator.safetensors"), "--out", run, *more,
                 "--minutes", str(minutes / 8), *(["--pairs", "40", "--discriminator-from", "0.7"] if a.quick else ["--pairs", "3500", *wider])], None))
    best = j(run, "generator.safetensors")
    if a.domain == "cars" and not a.quick:
        sides = j(a.out, "cars-sides")
        out.append(([py, j(HERE, "train_generator", "sides.py"), "--weights", best, "--data", stage, "--out", sides, "--minutes", "5",
                     "--device", a.device, "--bf16", str(a.bf16)], None))
        best = j(sides, "generator.safetensors")
    return out, run, best


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("domain", choices=["faces", "cars"])
    p.add_argument("--out", required=True)
    p.add_argument("--assets", default="", help="faces: folder of the CC0 assets, see render_faces/README.md")
    p.add_argument("--quick", action="store_true", help="300 renders, small networks, six minutes of training")
    p.add_argument("--renders", type=int, default=0)
    p.add_argument("--minutes", type=float, default=0)
    p.add_argument("--device", default="cpu")
    p.add_argument("--bf16", type=int, default=0, help="1: bfloat16 (a GPU, or a CPU with avx512_bf16)")
    p.add_argument("--workers", type=int, default=2, help="processes that render cars")
    p.add_argument("--threads", type=int, default=0, help="threads of the trainer")
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--dry-run", dest="dry_run", action="store_true")
    a = p.parse_args()
    if a.domain == "faces" and not a.assets:
        p.error("faces need --assets; render_faces/README.md lists the four public CC0 sources")
    steps, run, best = commands(a)
    for c, done in steps:
        if done and os.path.exists(done):
            continue
        print("+", " ".join(shlex.quote(t) for t in c), flush=True)
        if not a.dry_run:
            subprocess.run(c, check=True)
    if not a.dry_run:
        s = json.load(open(os.path.join(a.out, a.domain + "-run", "scores.json")))
        e = s.get("embedding", {})
        print("known factors: PSNR %.2f dB, SSIM %.3f, mIoU %.3f; encoder %.2f dB, after %d steps %.2f dB" % (
            s["test_psnr"], s["test_ssim"], s["test_miou"], e.get("encoder_psnr", float("nan")), e.get("steps", 0),
            e.get("optimised_psnr", float("nan"))))
        s = json.load(open(os.path.join(run, "scores.json")))
        print("in the end: PSNR %.2f dB, SSIM %.3f, mIoU %.3f; encoder %.2f dB" % (
            *[s["mapping"][k] for k in ("psnr", "ssim", "miou")], s["encoder"]["psnr"]))
        print("weights:", best)


if __name__ == "__main__":
    main()
