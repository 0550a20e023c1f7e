#!/usr/bin/env python3
"""Times the same work in PyTorch and in Semblance, turn by turn, and prints the ratios.

    pip install torch
    python3 compare.py --semblance ../../.build/release/semblance

Every case runs in PyTorch with default and with channels-last tensors, each in a process of its own
that waits while the others work; a round is one run in each. The ratio is the least time of the
better PyTorch process over the least time of Semblance, and the same for medians.
"""
import argparse
import json
import math
import os
import resource
import statistics
import subprocess
import sys
import time

THREADS = 2
GENERATORS = [(256, 16384), (256, 32768), (512, 32768), (1024, 32768)]
CONVOLUTIONS = (
    [("stylegan2", c, c, s) for c, s in [(512, 4), (512, 8), (512, 16), (512, 32), (512, 64),
                                         (256, 128), (128, 256), (64, 512), (32, 1024)]]
    + [("vgg16", c, k, s) for c, k, s in [(3, 64, 256), (64, 64, 256), (64, 128, 128),
                                          (128, 128, 128), (128, 256, 64), (256, 256, 64),
                                          (256, 512, 32), (512, 512, 32), (512, 512, 16)]])
VGG = [64, 64, "M", 128, 128, "M", 256, 256, 256, "M", 512, 512, 512, "M", 512, 512, 512]


def convolution_name(network, inputs, outputs, side):
    channels = inputs if inputs == outputs else f"{inputs}-{outputs}"
    return f"{network} {channels}@{side}"


# --- The work in PyTorch ---------------------------------------------------------------------


def convolution(torch, layout, inputs, outputs, side, gradient):
    x = torch.randn(1, inputs, side, side).to(memory_format=layout)
    w = torch.randn(outputs, inputs, 3, 3).to(memory_format=layout)
    if not gradient:
        def run():
            with torch.no_grad():
                torch.nn.functional.conv2d(x, w, padding=1)
        return run
    x.requires_grad_(True)
    y = torch.nn.functional.conv2d(x, w, padding=1)
    seed = torch.randn_like(y)
    return lambda: torch.autograd.grad(y, x, seed, retain_graph=True)


class Generator:
    """StyleGAN2 synthesis with frozen weights: activations are scaled, weights are not."""

    def __init__(self, torch, layout, resolution, base):
        self.torch, self.layout = torch, layout
        channels = lambda side: min(base // side, 512)
        self.constant = torch.randn(1, channels(4), 4, 4)
        taps = torch.tensor([1.0, 3, 3, 1])
        self.filter = torch.outer(taps, taps) / taps.sum() ** 2
        self.blocks, inputs, side = [], channels(4), 4
        while side <= resolution:
            outputs, layers = channels(side), []
            for up in ([False] if side == 4 else [True, False]):
                w = torch.randn(outputs, inputs, 3, 3)
                layers.append(dict(
                    up=up, energy=w.square().sum((2, 3)),
                    weight=(w.transpose(0, 1) if up else w).contiguous(memory_format=layout),
                    affine=torch.randn(inputs, 512) / math.sqrt(512), noise=torch.randn(side, side),
                    bias=torch.zeros(1, outputs, 1, 1)))
                inputs = outputs
            image = dict(weight=torch.randn(3, outputs, 1, 1),
                         affine=torch.randn(outputs, 512) / math.sqrt(512))
            self.blocks.append((layers, image))
            side *= 2
        self.rows = sum(len(layers) for layers, _ in self.blocks) + 1

    def blurred(self, x, gain, padding):
        c = x.shape[1]
        f = (self.filter * gain).expand(c, 1, 4, 4)
        conv = self.torch.nn.functional.conv2d
        return conv(self.torch.nn.functional.pad(x, padding), f, groups=c)

    def upsampled(self, x):
        n, c, h, w = x.shape
        wide = x.new_zeros(n, c, h, 2, w, 2)
        wide[:, :, :, 0, :, 0] = x
        return self.blurred(wide.reshape(n, c, 2 * h, 2 * w), 4, (2, 1, 2, 1))

    def __call__(self, w_plus):
        functional = self.torch.nn.functional
        h = self.constant.contiguous(memory_format=self.layout)
        row, image, features = 0, None, []
        for layers, to_image in self.blocks:
            for layer in layers:
                style = w_plus[:, row] @ layer["affine"].T + 1
                demodulation = (style.square() @ layer["energy"].T + 1e-8).rsqrt()
                h = h * style[:, :, None, None]
                if layer["up"]:
                    h = functional.conv_transpose2d(h, layer["weight"], stride=2)
                    h = self.blurred(h, 4, (1, 1, 1, 1))
                else:
                    h = functional.conv2d(h, layer["weight"], padding=1)
                h = self.torch.addcmul(layer["noise"] * 0.1, h, demodulation[:, :, None, None])
                h = functional.leaky_relu(h + layer["bias"], 0.2) * math.sqrt(2)
                features.append(h)
                row += 1
            style = (w_plus[:, row] @ to_image["affine"].T + 1) / math.sqrt(h.shape[1])
            picture = functional.conv2d(h * style[:, :, None, None], to_image["weight"])
            image = picture if image is None else self.upsampled(image) + picture
        return image, features


def generator(torch, layout, resolution, base, gradient):
    network = Generator(torch, layout, resolution, base)
    w_plus = torch.randn(1, network.rows, 512)
    if not gradient:
        def run():
            with torch.no_grad():
                network(w_plus)
        return run
    w_plus.requires_grad_(True)
    seed = torch.randn(1, 3, resolution, resolution)
    return lambda: torch.autograd.grad(network(w_plus)[0], w_plus, seed)


class LPIPS:
    def __init__(self, torch, layout, target):
        self.torch, inputs, self.layers = torch, 3, []
        self.shift = torch.tensor([-0.030, -0.088, -0.188])[None, :, None, None]
        self.scale = torch.tensor([0.458, 0.448, 0.450])[None, :, None, None]
        for item in VGG:
            if item == "M":
                self.layers.append(None)
                continue
            weight = torch.randn(item, inputs, 3, 3) * math.sqrt(2 / (9 * inputs))
            self.layers.append((weight.contiguous(memory_format=layout), torch.zeros(item)))
            inputs = item
        with torch.no_grad():
            self.target = self.features(target)

    def features(self, image):
        functional, found = self.torch.nn.functional, []
        h = (image - self.shift) / self.scale
        for layer in self.layers + [None]:
            if layer is None:
                length = (h.square().sum(1, keepdim=True) + 1e-30).sqrt()
                found.append(h / (length + 1e-10))
                h = functional.max_pool2d(h, 2)
            else:
                h = functional.relu(functional.conv2d(h, layer[0], layer[1], padding=1))
        return found

    def __call__(self, image):
        return sum((a - b).square().sum(1).mean() for a, b in zip(self.features(image), self.target))


def lpips(torch, layout, side, gradient):
    network = LPIPS(torch, layout, torch.tanh(torch.randn(1, 3, side, side)))
    image = torch.tanh(torch.randn(1, 3, side, side)).contiguous(memory_format=layout)
    if not gradient:
        def run():
            with torch.no_grad():
                network(image)
        return run
    image.requires_grad_(True)
    return lambda: torch.autograd.grad(network(image), image)


def edit_step(torch, layout, resolution, base, projects_first, members=10, classes=34):
    """One step: `projects_first` applies the first linear layer before features are enlarged,
    otherwise the enlarged features are stacked; both evaluate only the region's pixels."""
    functional = torch.nn.functional
    network = Generator(torch, layout, resolution, base)
    w_plus = torch.randn(1, network.rows, 512).requires_grad_(True)
    optimizer = torch.optim.Adam([w_plus], lr=1e-4)
    with torch.no_grad():
        picture, features = network(w_plus)
    channels = [f.shape[1] for f in features]
    linear = lambda k, c: (torch.randn(k, c) * math.sqrt(2 / c), torch.zeros(k))
    ensemble = [(linear(128, sum(channels)), linear(32, 128), linear(classes, 32))
                for _ in range(members)]
    first = torch.cat([m[0][0] for m in ensemble])
    side = resolution * 5 // 16
    begin = (resolution - side) // 2
    region = slice(begin, begin + side)
    targets = torch.randint(0, classes, (side * side,))
    mask = torch.ones(1, 1, resolution, resolution)
    mask[:, :, region, region] = 0
    goal = torch.tanh(torch.randn(1, 3, resolution, resolution))
    # LPIPS sees at most 256 pixels, as in StyleGAN2's projector.
    reduced = lambda picture: functional.interpolate(
        picture, size=(256, 256), mode="area") if resolution > 256 else picture
    perceptual = LPIPS(torch, layout, reduced((goal + 1) * mask - 1))

    def hidden(features):
        if not projects_first:
            stacked = torch.cat([functional.interpolate(
                f, size=(resolution, resolution), mode="bilinear", align_corners=False)
                for f in features], 1)
            pixels = stacked[0, :, region, region].reshape(sum(channels), -1).T
            return [functional.linear(pixels, *m[0]) for m in ensemble]
        sums, start = {}, 0
        for f in features:
            weight = first[:, start:start + f.shape[1], None, None]
            start += f.shape[1]
            part = functional.conv2d(f, weight)
            key = f.shape[2]
            sums[key] = part if key not in sums else sums[key] + part
        total = 0
        for part in sums.values():
            if part.shape[2] != resolution:
                part = functional.interpolate(
                    part, size=(resolution, resolution), mode="bilinear", align_corners=False)
            total = total + part[:, :, region, region]
        return total.reshape(members, 128, -1).transpose(1, 2)

    def run():
        image, features = network(w_plus)
        scores = 0
        for h, member in zip(hidden(features), ensemble):
            h = functional.relu(h)
            h = functional.relu(functional.linear(h, *member[1]))
            scores = scores + functional.linear(h, *member[2]) / members
        loss = functional.cross_entropy(scores, targets)
        loss = loss + ((image - goal) * mask).square().sum() / mask.sum() / 3
        loss = loss + perceptual(reduced((image + 1) * mask - 1))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    return run


class SPADE:
    """The SPADE generator of COCO-Stuff at 256 pixels; spectral norms are divided out before."""

    def __init__(self, torch, layout, filters=64, channels=184, hidden=128):
        self.torch, self.layout = torch, layout
        wide = 16 * filters
        conv = lambda k, c, size: (
            (torch.randn(k, c, size, size) / math.sqrt(c * size * size)).contiguous(
                memory_format=layout), torch.zeros(k))
        norm = lambda c: dict(
            mean=torch.zeros(c), variance=torch.ones(c), shared=conv(hidden, channels, 3),
            gamma=conv(c, hidden, 3), beta=conv(c, hidden, 3))
        self.start, self.blocks = conv(wide, channels, 3), []
        sizes = [(wide, wide, False), (wide, wide, True), (wide, wide, False)]
        sizes += [(wide >> i, wide >> (i + 1), True) for i in range(4)]
        for inputs, outputs, doubles in sizes:
            middle = min(inputs, outputs)
            block = dict(doubles=doubles, norm_0=norm(inputs), conv_0=conv(middle, inputs, 3),
                         norm_1=norm(middle), conv_1=conv(outputs, middle, 3))
            if inputs != outputs:
                block.update(norm_s=norm(inputs), conv_s=(conv(outputs, inputs, 1)[0], None))
            self.blocks.append(block)
        self.image = conv(3, filters, 3)

    def modulated(self, x, labels, norm):
        functional = self.torch.nn.functional
        normalized = functional.batch_norm(x, norm["mean"], norm["variance"])
        labels = functional.interpolate(labels, size=x.shape[2:], mode="nearest")
        hidden = functional.relu(functional.conv2d(labels, *norm["shared"], padding=1))
        gamma = functional.conv2d(hidden, *norm["gamma"], padding=1)
        beta = functional.conv2d(hidden, *norm["beta"], padding=1)
        return normalized * (1 + gamma) + beta

    def __call__(self, labels):
        functional = self.torch.nn.functional
        small = functional.interpolate(labels, size=(8, 8), mode="nearest")
        x = functional.conv2d(small, *self.start, padding=1)
        for block in self.blocks:
            if block["doubles"]:
                x = functional.interpolate(x, scale_factor=2, mode="nearest")
            skip = x
            if "norm_s" in block:
                skip = functional.conv2d(
                    self.modulated(x, labels, block["norm_s"]), block["conv_s"][0])
            for index in ["0", "1"]:
                x = functional.leaky_relu(self.modulated(x, labels, block["norm_" + index]), 0.2)
                x = functional.conv2d(x, *block["conv_" + index], padding=1)
            x = skip + x
        x = functional.conv2d(functional.leaky_relu(x, 0.2), *self.image, padding=1)
        return self.torch.tanh(x)


def spade(torch, layout, side):
    network = SPADE(torch, layout)
    classes = torch.randint(0, 183, (1, 1, side, side))
    labels = torch.zeros(1, 184, side, side).scatter_(1, classes, 1)
    labels = labels.contiguous(memory_format=layout)
    def run():
        with torch.no_grad():
            network(labels)
    return run


def torch_work(torch, case, layout):
    kind, rest = case["kind"], case["arguments"]
    return {"conv": convolution, "generator": generator, "lpips": lpips,
            "edit-step": edit_step, "spade": spade}[kind](torch, layout, *rest)


def work():
    """The PyTorch side: a line 'run' on standard input is one run, its seconds are printed."""
    import torch
    case = json.loads(sys.argv[2])
    torch.set_num_threads(case["threads"])
    torch.manual_seed(1)
    layout = torch.channels_last if case["layout"] == "last" else torch.contiguous_format
    run = torch_work(torch, case, layout)
    run()
    for line in sys.stdin:
        times = []
        for _ in range(int(line)):
            begin = time.perf_counter()
            run()
            times.append(time.perf_counter() - begin)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        print(json.dumps({"times": times, "peak": peak}), flush=True)


# --- Comparison ------------------------------------------------------------------------------


class Torch:
    def __init__(self, case, layout, threads):
        setup = dict(case["torch"], layout=layout, threads=threads)
        environment = dict(os.environ, OMP_NUM_THREADS=str(threads))
        self.process = subprocess.Popen(
            [sys.executable, __file__, "--work", json.dumps(setup)], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, text=True, env=environment)
        self.times, self.peak = [], 0

    def run(self, count):
        self.process.stdin.write(f"{count}\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        self.times += answer["times"]
        self.peak = answer["peak"]

    def end(self):
        self.process.stdin.close()
        self.process.wait()


def cases():
    for sizes in CONVOLUTIONS:
        name = convolution_name(*sizes)
        for direction in ["forward", "gradient"]:
            yield dict(bench="conv", name=f"{name} {direction}", torch=dict(
                kind="conv", arguments=[*sizes[1:], direction == "gradient"]), runs=8)
    for resolution, base in GENERATORS:
        for direction in ["forward", "gradient"]:
            yield dict(bench="generator", name=f"{resolution} base {base} {direction}", torch=dict(
                kind="generator", arguments=[resolution, base, direction == "gradient"]), runs=1)
    for direction in ["forward", "gradient"]:
        yield dict(bench="lpips", name=f"vgg16 256 {direction}", torch=dict(
            kind="lpips", arguments=[256, direction == "gradient"]), runs=2)
    for resolution, base in [(128, 4096)] + GENERATORS:
        for first in [False, True]:
            yield dict(
                bench="edit-step", name=f"{resolution} base {base} step",
                label=f"{resolution} base {base} step, {'project first' if first else 'stacked'}",
                torch=dict(kind="edit-step", arguments=[resolution, base, first]), runs=1,
                bytes=0 if first else stacked_bytes(resolution, base))
    for kind in ["segments", "noise"]:
        yield dict(bench="spade", name=f"256 ngf 64 {kind}", torch=dict(
            kind="spade", arguments=[256]), runs=1)


def stacked_bytes(resolution, base):
    """What a step that stacks the enlarged features holds at least: the features, their stack and
    the gradients of both."""
    sides = [4 << i for i in range(resolution.bit_length() - 2)]
    channels = sum(min(base // side, 512) * (1 if side == 4 else 2) for side in sides)
    return 4 * channels * resolution**2 * 4


def free_bytes():
    with open("/proc/meminfo") as file:
        sizes = dict(line.split(":") for line in file)
    return int(sizes["MemAvailable"].split()[0]) * 1024


def compare(case, arguments):
    """None where PyTorch would not fit into memory; one memory format where two do not."""
    room = free_bytes() / max(case.get("bytes", 0), 1)
    layouts = ["default", "last"][:int(min(room, 2))]
    if not layouts:
        return None
    peers = {layout: Torch(case, layout, arguments.threads) for layout in layouts}
    own = dict(minimum=[], median=[], resident=0)
    for _ in range(arguments.rounds):
        for peer in peers.values():
            peer.run(case["runs"])
        result = subprocess.run(
            [arguments.semblance, "bench", case["bench"], "--filter", case["name"], "--json",
             "--threads", str(arguments.threads), "--seconds", str(arguments.seconds)],
            check=True, capture_output=True, text=True).stdout
        measured = json.loads(result)["measurements"][0]
        own["minimum"].append(measured["minimumSeconds"])
        own["median"].append(measured["medianSeconds"])
        own["resident"] = max(own["resident"], measured["peakResidentBytes"])
    for peer in peers.values():
        peer.end()
    best = min(peers.values(), key=lambda peer: min(peer.times))
    return dict(
        name=f"{case['bench']} {case.get('label', case['name'])}",
        torch=min(best.times), semblance=min(own["minimum"]),
        ratio=min(best.times) / min(own["minimum"]),
        median_ratio=min(statistics.median(p.times) for p in peers.values())
        / statistics.median(own["median"]),
        torch_bytes=best.peak, semblance_bytes=own["resident"],
        memory=own["resident"] / best.peak)


def startup(arguments):
    """Wall time of both programs doing nothing."""
    pairs = [([sys.executable, "-c", "import torch"], [arguments.semblance, "--help"])]
    for torch_line, own_line in pairs:
        times = ([], [])
        for _ in range(max(3, arguments.rounds)):
            for line, found in zip((torch_line, own_line), times):
                begin = time.perf_counter()
                subprocess.run(line, check=True, stdout=subprocess.DEVNULL)
                found.append(time.perf_counter() - begin)
        yield dict(
            name="startup", torch=min(times[0]), semblance=min(times[1]),
            ratio=min(times[0]) / min(times[1]),
            median_ratio=statistics.median(times[0]) / statistics.median(times[1]),
            torch_bytes=None, semblance_bytes=None, memory=None)


def row(result):
    def size(count):
        return "-" if count is None else f"{count / 2**20:.0f}"
    memory = "-" if result["memory"] is None else f"{result['memory']:.2f}"
    return (f"| {result['name']} | {result['torch'] * 1000:.1f} | {result['semblance'] * 1000:.1f} "
            f"| {result['ratio']:.2f} | {result['median_ratio']:.2f} "
            f"| {size(result['torch_bytes'])} | {size(result['semblance_bytes'])} | {memory} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--semblance", default="semblance", help="the program")
    parser.add_argument("--filter", default="", help="only cases whose name contains this text")
    parser.add_argument("--rounds", type=int, default=3, help="rounds of each case")
    parser.add_argument("--seconds", type=float, default=1, help="of Semblance in each round")
    parser.add_argument("--threads", type=int, default=THREADS)
    parser.add_argument("--output", help="write the results as JSON")
    arguments = parser.parse_args()
    print("| case | PyTorch ms | Semblance ms | ratio | of medians | PyTorch MiB | Semblance MiB "
          "| memory |\n|---|---|---|---|---|---|---|---|", flush=True)
    results = []
    for case in cases():
        if arguments.filter in f"{case['bench']} {case.get('label', case['name'])}":
            result = compare(case, arguments)
            if result is None:
                print(f"| {case['bench']} {case['label']} | does not fit into memory |", flush=True)
            else:
                results.append(result)
                print(row(result), flush=True)
    if arguments.filter in "startup":
        for result in startup(arguments):
            results.append(result)
            print(row(result), flush=True)
    forward = [r["ratio"] for r in results
               if r["name"].startswith("conv") and r["name"].endswith("forward")]
    if forward:
        mean = math.exp(sum(map(math.log, forward)) / len(forward))
        print(f"\nGeometric mean of {len(forward)} convolutions, forward: {mean:.2f}")
    if arguments.output:
        with open(arguments.output, "w") as file:
            json.dump(results, file, indent=1)


if __name__ == "__main__":
    work() if sys.argv[1:2] == ["--work"] else main()
