"""Trains the segmenter that `semblance evaluate synthesis` reads pictures with: a small U-Net on photos
and their true label maps.

  python train_segmenter.py --images IMAGES --labels LABELS --classes classes.json --out segmenter.safetensors

Photos NAME.jpg and label maps NAME.png (class ids) have the same size, a multiple of 16. Normalisations
are folded into the convolutions before the file is written, in half precision. Every --save-every steps
it writes segmenter.safetensors and segmenter.safetensors.state; with --resume a run that was stopped goes
on where the state ends, and ends in the same weights.
"""
import argparse
import glob
import json
import os
import time

import numpy as np
import torch
from PIL import Image
from torch import nn
from torch.nn import functional


def unit(inputs, outputs, stride=1):
    return nn.Sequential(nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False), nn.BatchNorm2d(outputs),
                         nn.ReLU(True))


class UNet(nn.Module):
    """One convolution at full size, two at every half size, then back up with skips."""

    def __init__(self, classes, down=(16, 32, 64, 96, 96), up=(64, 48, 32, 24)):
        super().__init__()
        self.down = nn.ModuleList([nn.ModuleList([unit(3, down[0])])])
        for inputs, outputs in zip(down, down[1:]):
            self.down.append(nn.ModuleList([unit(inputs, outputs, 2), unit(outputs, outputs)]))
        self.up = nn.ModuleList()
        channels = down[-1]
        for skipped, outputs in zip(reversed(down[:-1]), up):
            self.up.append(unit(channels + skipped, outputs))
            channels = outputs
        self.head = nn.Conv2d(channels, classes, 1)

    def forward(self, x):
        """-> scores, means of the lowest features"""
        levels = []
        for level in self.down:
            for convolution in level:
                x = convolution(x)
            levels.append(x)
        features = x.mean((2, 3))
        for convolution, skipped in zip(self.up, reversed(levels[:-1])):
            x = functional.interpolate(x, size=skipped.shape[2:], mode="bilinear", align_corners=False)
            x = convolution(torch.cat([x, skipped], 1))
        return self.head(x), features

    def folded(self):
        """-> the tensors of the file"""
        units = {f"down{i}.{j}": u for i, level in enumerate(self.down) for j, u in enumerate(level)}
        units.update({f"up{i}": u for i, u in enumerate(self.up)})
        out = {"unet.head.weight": self.head.weight, "unet.head.bias": self.head.bias}
        for name, (convolution, norm, _) in units.items():
            scale = norm.weight / (norm.running_var + norm.eps).sqrt()
            out[f"unet.{name}.weight"] = convolution.weight * scale[:, None, None, None]
            out[f"unet.{name}.bias"] = norm.bias - norm.running_mean * scale
        return {name: tensor.detach() for name, tensor in out.items()}


def write_safetensors(path, tensors, metadata):
    kinds = {torch.float16: "F16", torch.float32: "F32"}
    header, blobs, offset = {"__metadata__": metadata}, [], 0
    for name, tensor in sorted(tensors.items()):
        blob = tensor.contiguous().numpy().tobytes()
        header[name] = dict(dtype=kinds[tensor.dtype], shape=list(tensor.shape),
                            data_offsets=[offset, offset + len(blob)])
        blobs.append(blob)
        offset += len(blob)
    head = json.dumps(header).encode()
    head += b" " * (-len(head) % 8)
    with open(path + ".part", "wb") as file:
        file.write(len(head).to_bytes(8, "little") + head + b"".join(blobs))
    os.replace(path + ".part", path)


def read_classes(path):
    """A list of classes, or an object that has one under 'classes'."""
    with open(path) as file:
        classes = json.load(file)
    if isinstance(classes, dict):
        classes = classes["classes"]
    if all("id" in c for c in classes):
        classes.sort(key=lambda c: c["id"])
    return [dict(name=c["name"], color=c["color"] if "color" in c else c["rgb"]) for c in classes]


def mirrored_classes(names):
    swap = {"left_": "right_", "right_": "left_"}
    def other(name):
        for side, opposite in swap.items():
            if name.startswith(side) and opposite + name[len(side):] in names:
                return opposite + name[len(side):]
        return name
    return np.array([names.index(other(name)) for name in names])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--images", required=True)
    parser.add_argument("--labels", required=True)
    parser.add_argument("--classes", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--epochs", type=float, default=2.5)
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--rate", type=float, default=4e-3)
    parser.add_argument("--limit", type=int, help="only the first pairs")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--save-every", type=int, default=100, help="steps between two states")
    parser.add_argument("--resume", action="store_true", help="go on from OUT.state")
    parser.add_argument("--seed", type=int, default=0)
    a = parser.parse_args()
    torch.set_num_threads(a.threads)
    torch.manual_seed(a.seed)
    classes = read_classes(a.classes)
    mirror = mirrored_classes([c["name"] for c in classes])
    stems = sorted(os.path.basename(p)[:-4] for p in glob.glob(f"{a.labels}/*.png"))[:a.limit]
    if not stems:
        parser.error(f"{a.labels} has no label map *.png")
    photos = np.stack([np.array(Image.open(f"{a.images}/{s}.jpg").convert("RGB")) for s in stems])
    labels = np.stack([np.array(Image.open(f"{a.labels}/{s}.png")) for s in stems])
    if labels.max() >= len(classes):
        parser.error(f"{a.labels} has the label {labels.max()}, {a.classes} {len(classes)} classes")
    # Rare classes count more, by the root of how rare they are.
    share = np.bincount(labels.ravel(), minlength=len(classes)) / labels.size
    weight = torch.tensor((1 / np.sqrt(share + 1e-4)).astype("float32"))
    weight /= weight.mean()
    network = UNet(len(classes))
    steps = max(1, int(len(stems) * a.epochs / a.batch))
    optimizer = torch.optim.AdamW(network.parameters(), a.rate)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, a.rate, total_steps=steps)
    parts, state = dict(network=network, optimizer=optimizer, schedule=schedule), a.out + ".state"
    settings = dict(steps=steps, batch=a.batch, rate=a.rate, seed=a.seed, stems=stems)
    first = 0
    if a.resume:
        saved = torch.load(state, weights_only=True)
        if saved["settings"] != settings:
            parser.error(f"{state} was begun with other pairs or settings")
        first = saved["step"]
        for name, part in parts.items():
            part.load_state_dict(saved[name])

    def save(step):
        network.eval()
        write_safetensors(
            a.out, {name: tensor.half() for name, tensor in network.folded().items()},
            dict(kind="segmenter", classes=json.dumps(classes), picture_width=str(photos.shape[2]),
                 provenance=f"train_segmenter.py, {step} of {steps} steps of {a.batch} on "
                            f"{len(stems)} pairs"))
        network.train()
        torch.save(dict(step=step, settings=settings,
                        **{name: part.state_dict() for name, part in parts.items()}), state + ".part")
        os.replace(state + ".part", state)

    start = time.time()
    for step in range(first, steps):
        # A source for every step, so that a resumed run draws the same numbers.
        rng = np.random.default_rng([a.seed, step])
        chosen = rng.integers(0, len(stems), a.batch)
        x, y = photos[chosen], labels[chosen]
        if rng.random() < 0.5:
            x, y = x[:, :, ::-1], mirror[y[:, :, ::-1]]
        x = torch.tensor(np.ascontiguousarray(x)).permute(0, 3, 1, 2).float() / 127.5 - 1
        y = torch.tensor(np.ascontiguousarray(y)).long()
        loss = functional.cross_entropy(network(x)[0], y, weight=weight)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        done = step + 1
        if done % 50 == 0:
            print(f"{done} of {steps}: {loss.item():.3f}, {time.time() - start:.0f} s", flush=True)
        if done % a.save_every == 0 or done == steps:
            save(done)


if __name__ == "__main__":
    main()
