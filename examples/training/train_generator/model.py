"""Networks for the joint image + segmentation demo generator.

Written from the published facts about StyleGAN2 (Karras et al. 2020, arXiv:1912.04958 and
arXiv:2006.06676): equalised learning rate, weight demodulation, [1,3,3,1] resampling, "skip"
output architecture, leaky ReLU with gain sqrt(2), second-moment normalisation of z.  Parameter
and buffer names follow the publicly documented state dict of that generator, so that a trained
file can be exchanged with any implementation of it.
"""
import math

import torch
import torch.nn as nn
import torch.nn.functional as F

SQRT2 = math.sqrt(2.0)


def layer_res(img_resolution):
    return [2 ** i for i in range(2, int(math.log2(img_resolution)) + 1)]


def channel_table(img_resolution, base, cap):
    """{resolution: channels}: base / resolution, at most cap."""
    return {r: min(base // r, cap) for r in layer_res(img_resolution)}


def fir_kernel():
    k = torch.tensor([1.0, 3.0, 3.0, 1.0])
    k = torch.outer(k, k)
    return k / k.sum()


# ---------------------------------------------------------------- building blocks
class Dense(nn.Module):
    """Linear layer with equalised learning rate; stored weights have unit variance / lr_mul."""

    def __init__(self, n_in, n_out, act=False, lr_mul=1.0, bias_init=0.0):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(n_out, n_in) / lr_mul)
        self.bias = nn.Parameter(torch.full([n_out], float(bias_init)))
        self.w_gain = lr_mul / math.sqrt(n_in)
        self.b_gain = lr_mul
        self.act = act

    def forward(self, x):
        y = F.linear(x, self.weight * self.w_gain, self.bias * self.b_gain)
        return F.leaky_relu(y, 0.2) * SQRT2 if self.act else y


def fir_after_transposed(x):
    """4-tap [1,3,3,1]/8 low-pass in both directions (gain 4 in total), one pixel of zero padding:
    [B,C,2H+1,2W+1] -> [B,C,2H,2W]."""
    c = x.shape[1]
    k = torch.tensor([0.25, 0.75, 0.75, 0.25], dtype=x.dtype, device=x.device)
    k2 = torch.outer(k, k).expand(c, 1, 4, 4)
    return F.conv2d(x, k2, padding=1, groups=c)


def upsample_rgb(img):
    """Zero insertion followed by the [1,3,3,1] filter with gain 4, as the skip connections use."""
    c = img.shape[1]
    k = torch.tensor([0.25, 0.75, 0.75, 0.25], dtype=img.dtype, device=img.device)
    k2 = torch.outer(k, k).expand(c, 1, 4, 4)
    with torch.autocast(img.device.type, enabled=False):
        return F.conv_transpose2d(img, k2, stride=2, padding=1, groups=c)


class SynthesisLayer(nn.Module):
    def __init__(self, n_in, n_out, w_dim, res, up, conv_clamp=None):
        super().__init__()
        self.affine = Dense(w_dim, n_in, bias_init=1.0)
        self.weight = nn.Parameter(torch.randn(n_out, n_in, 3, 3))
        self.noise_strength = nn.Parameter(torch.zeros([]))
        self.bias = nn.Parameter(torch.zeros(n_out))
        self.register_buffer("noise_const", torch.randn(res, res))
        self.register_buffer("resample_filter", fir_kernel())
        self.up = up
        self.clamp = conv_clamp
        self.use_noise = True

    def forward(self, x, w):
        s = self.affine(w)
        demod = (s.square() @ self.weight.square().sum(dim=[2, 3]).t() + 1e-8).rsqrt()
        x = x * s[:, :, None, None]
        if self.up:
            x = F.conv_transpose2d(x, self.weight.transpose(0, 1), stride=2)
            x = fir_after_transposed(x)
        else:
            x = F.conv2d(x, self.weight, padding=1)
        # the gain sqrt(2) of the activation is folded into the scale and the bias (exact: the
        # leaky ReLU is positively homogeneous)
        b = (self.bias * SQRT2)[None, :, None, None]
        if self.use_noise:
            b = b + self.noise_const[None, None] * (self.noise_strength * SQRT2)
        x = torch.addcmul(b, x, (demod * SQRT2)[:, :, None, None])
        x = F.leaky_relu(x, 0.2)
        if self.clamp is not None:
            x = x.clamp(-self.clamp * SQRT2, self.clamp * SQRT2)
        return x


class ToRGB(nn.Module):
    def __init__(self, n_in, n_out, w_dim, conv_clamp=None):
        super().__init__()
        self.affine = Dense(w_dim, n_in, bias_init=1.0)
        self.weight = nn.Parameter(torch.randn(n_out, n_in, 1, 1))
        self.bias = nn.Parameter(torch.zeros(n_out))
        self.gain = 1.0 / math.sqrt(n_in)
        self.clamp = conv_clamp

    def forward(self, x, w):
        s = self.affine(w) * self.gain
        # 1x1 modulated convolution as one small matrix product per image
        b, c, h, wd = x.shape
        m = self.weight[:, :, 0, 0][None] * s[:, None, :]
        y = torch.bmm(x.permute(0, 2, 3, 1).reshape(b, h * wd, c), m.transpose(1, 2)).float()
        y = y.view(b, h, wd, -1).permute(0, 3, 1, 2) + self.bias[None, :, None, None]
        return y if self.clamp is None else y.clamp(-self.clamp, self.clamp)


class SynthesisBlock(nn.Module):
    def __init__(self, n_in, n_out, w_dim, res, img_channels, conv_clamp):
        super().__init__()
        self.register_buffer("resample_filter", fir_kernel())
        self.first = n_in == 0
        if self.first:
            self.const = nn.Parameter(torch.randn(n_out, res, res))
        else:
            self.conv0 = SynthesisLayer(n_in, n_out, w_dim, res, True, conv_clamp)
        self.conv1 = SynthesisLayer(n_out, n_out, w_dim, res, False, conv_clamp)
        self.torgb = ToRGB(n_out, img_channels, w_dim, conv_clamp)


class Synthesis(nn.Module):
    def __init__(self, w_dim, img_channels, channels, conv_clamp):
        super().__init__()
        self.resolutions = list(channels)
        prev = 0
        for r, c in channels.items():
            setattr(self, "b%d" % r, SynthesisBlock(prev, c, w_dim, r, img_channels, conv_clamp))
            prev = c
        self.num_ws = 2 * len(self.resolutions)

    def forward(self, ws, max_res=None, want_features=False):
        """ws [B,num_ws,w_dim] -> image at max_res (default: full) and the layer outputs."""
        img, x, feats, i = None, None, [], 0
        for r in self.resolutions:
            blk = getattr(self, "b%d" % r)
            if blk.first:
                x = blk.const[None].expand(ws.shape[0], -1, -1, -1)
            else:
                x = blk.conv0(x, ws[:, i])
                i += 1
                feats.append(x)
            x = blk.conv1(x, ws[:, i])
            i += 1
            feats.append(x)
            y = blk.torgb(x, ws[:, i])  # shares its w with the next block's first layer
            img = y if img is None else upsample_rgb(img) + y
            if max_res is not None and r >= max_res:
                break
        return (img, feats) if want_features else img


class Mapping(nn.Module):
    """`hidden`: width of the layers in between (`layer_features` of the published network), w_dim if not given."""

    def __init__(self, z_dim, w_dim, num_ws, num_layers, lr_mul=0.01, hidden=None):
        super().__init__()
        self.num_layers, self.num_ws = num_layers, num_ws
        dims = [z_dim] + [hidden or w_dim] * (num_layers - 1) + [w_dim]
        for i in range(num_layers):
            setattr(self, "fc%d" % i, Dense(dims[i], dims[i + 1], True, lr_mul))
        self.register_buffer("w_avg", torch.zeros(w_dim))

    def w(self, z):
        x = z * (z.square().mean(dim=1, keepdim=True) + 1e-8).rsqrt()
        for i in range(self.num_layers):
            x = getattr(self, "fc%d" % i)(x)
        return x

    def forward(self, z, psi=1.0):
        w = self.w(z)
        if psi != 1.0:
            w = self.w_avg + psi * (w - self.w_avg)
        return w[:, None].expand(-1, self.num_ws, -1)


class Generator(nn.Module):
    """`channels`: {resolution: channels} where it is not the table of channel_base and channel_max."""

    def __init__(self, z_dim, w_dim=256, img_resolution=128, img_channels=3, mapping_layers=4,
                 channel_base=4096, channel_max=256, conv_clamp=None, mapping_hidden=None, channels=None):
        super().__init__()
        channels = {int(r): c for r, c in (channels or channel_table(img_resolution, channel_base, channel_max)).items()}
        self.config = dict(z_dim=z_dim, c_dim=0, w_dim=w_dim, img_resolution=img_resolution,
                           img_channels=img_channels, mapping_layers=mapping_layers, mapping_hidden=mapping_hidden or w_dim,
                           mapping_lr_multiplier=0.01, channel_base=channel_base,
                           channel_max=channel_max, conv_clamp=conv_clamp, architecture="skip",
                           resample_filter=[1, 3, 3, 1])
        self.synthesis = Synthesis(w_dim, img_channels, channels, conv_clamp)
        self.num_ws = self.synthesis.num_ws
        self.mapping = Mapping(z_dim, w_dim, self.num_ws, mapping_layers, hidden=mapping_hidden)
        self.config["num_ws"] = self.num_ws
        self.config["channels"] = {str(r): c for r, c in channels.items()}

    def forward(self, z, psi=1.0):
        return self.synthesis(self.mapping(z, psi))


# ---------------------------------------------------------------- segmentation branch
def bilinear_matrix(n_in, n_out, device=None, dtype=torch.float32):
    """[n_out,n_in] matrix of 1-D linear interpolation with half-pixel centres."""
    e = torch.eye(n_in, device=device, dtype=dtype)[:, None]
    return F.interpolate(e, size=n_out, mode="linear", align_corners=False)[:, 0].t().contiguous()


class Segmentation(nn.Module):
    """Per-pixel MLP C_total -> h1 -> ReLU -> h2 -> ReLU -> classes over the hypercolumn.

    The first matrix acts on every layer at its own resolution, and the (linear) bilinear
    upsampling comes after it; the outcome equals upsampling first (selftest.py checks it)."""

    def __init__(self, layer_channels, n_classes, out_res, h1=128, h2=32):
        super().__init__()
        self.layer_channels = list(layer_channels)
        self.out_res = out_res
        self.fc0 = nn.Linear(sum(layer_channels), h1)
        self.fc1 = nn.Linear(h1, h2)
        self.fc2 = nn.Linear(h2, n_classes)

    def _tail(self, h):  # h [B,h1,N]
        h = F.relu(h + self.fc0.bias[None, :, None])
        h = F.relu(torch.einsum("oc,bcn->bon", self.fc1.weight, h) + self.fc1.bias[None, :, None])
        return torch.einsum("oc,bcn->bon", self.fc2.weight, h) + self.fc2.bias[None, :, None]

    def forward(self, feats, out_res=None):
        """All pixels: [B,classes,R,R]."""
        R = out_res or self.out_res
        groups, o = {}, 0
        for f, c in zip(feats, self.layer_channels):
            wt = self.fc0.weight[:, o:o + c]
            o += c
            y = torch.matmul(wt, f.flatten(2)).view(f.shape[0], -1, f.shape[2], f.shape[3])
            r = f.shape[2]
            groups[r] = y if r not in groups else groups[r] + y
        h = 0
        for r, y in groups.items():
            h = h + (y if r == R else F.interpolate(y, size=(R, R), mode="bilinear",
                                                    align_corners=False))
        return self._tail(h.flatten(2)).view(h.shape[0], -1, R, R)

    def at_grid(self, feats, rows, cols, R):
        """Only the pixels rows x cols of the R x R output (used to train cheaply):
        [B,classes,len(rows),len(cols)]."""
        h, o = 0, 0
        nr, nc = len(rows), len(cols)
        mats = {}
        by_res = {}
        for f, c in zip(feats, self.layer_channels):
            r = f.shape[2]
            wt = self.fc0.weight[:, o:o + c]
            o += c
            by_res.setdefault(r, []).append((f, wt))
        for r, items in by_res.items():
            f = torch.cat([a for a, _ in items], 1)
            wt = torch.cat([b for _, b in items], 1)
            if r == R:
                g = f.index_select(2, rows).index_select(3, cols)
                y = torch.matmul(wt, g.flatten(2))
            else:
                m = bilinear_matrix(r, R, f.device, f.dtype)
                mr, mc = m[rows], m[cols]
                if r * r < nr * nc:  # project first, then interpolate 128 channels
                    y = torch.matmul(wt, f.flatten(2)).view(f.shape[0], -1, r, r)
                    y = torch.matmul(torch.matmul(mr, y), mc.t()).flatten(2)
                else:
                    g = torch.matmul(torch.matmul(mr, f), mc.t())
                    y = torch.matmul(wt, g.flatten(2))
            h = h + y
        return self._tail(h).view(h.shape[0], -1, nr, nc)

    def at_grid_channels_last(self, feats, rows, cols, R):
        """`at_grid` for features whose channels lie together: every layer is projected first, then interpolated."""
        h, o = 0, 0
        for r in sorted({f.shape[2] for f in feats}):
            part = torch.cat([f.permute(0, 2, 3, 1) for f in feats if f.shape[2] == r], 3)
            weight = self.fc0.weight[:, o:o + part.shape[3]]
            o += part.shape[3]
            if r == R:
                part = F.linear(part.index_select(1, rows).index_select(2, cols), weight)
            else:
                m = bilinear_matrix(r, R, part.device)
                part = F.linear(part, weight)
                part = torch.matmul(m[rows], part.flatten(2)).view(part.shape[0], len(rows), r, -1)
                part = torch.matmul(m[cols], part)
            h = h + part
        return self.fc2(F.relu(self.fc1(F.relu(h + self.fc0.bias.to(h.dtype))))).permute(0, 3, 1, 2)

    def naive(self, feats, out_res=None):
        R = out_res or self.out_res
        col = torch.cat([F.interpolate(f, size=(R, R), mode="bilinear", align_corners=False)
                         for f in feats], 1).flatten(2)
        h = torch.einsum("oc,bcn->bon", self.fc0.weight[:, :col.shape[1]], col)
        return self._tail(h).view(h.shape[0], -1, R, R)


def feature_channels(cfg):
    out = []
    for r, c in cfg["channels"].items():
        out += [c] if int(r) == 4 else [c, c]
    return out


# ---------------------------------------------------------------- encoder
class Encoder(nn.Module):
    """image [B,3,128,128] in [-1,1] -> offset from w_avg for each layer [B,num_ws,w_dim].

    conv i: 3x3, stride 2, padding 1, leaky ReLU 0.2 (no gain); then flatten (C,H,W order),
    fc0, leaky ReLU 0.2, fc1."""

    def __init__(self, num_ws, w_dim, img_resolution=128, channels=(32, 64, 128, 192, 128),
                 hidden=160):
        super().__init__()
        self.num_ws, self.w_dim = num_ws, w_dim
        self.n_conv = len(channels)
        prev = 3
        for i, c in enumerate(channels):
            conv = nn.Conv2d(prev, c, 3, stride=2, padding=1)
            nn.init.kaiming_normal_(conv.weight, a=0.2)
            nn.init.zeros_(conv.bias)
            setattr(self, "conv%d" % i, conv)
            prev = c
        side = img_resolution >> len(channels)
        self.fc0 = nn.Linear(prev * side * side, hidden)
        self.fc1 = nn.Linear(hidden, num_ws * w_dim)
        nn.init.kaiming_normal_(self.fc0.weight, a=0.2)
        nn.init.normal_(self.fc1.weight, std=0.3 / math.sqrt(hidden))
        nn.init.zeros_(self.fc0.bias)
        nn.init.zeros_(self.fc1.bias)
        self.config = dict(channels=list(channels), hidden=hidden, kernel=3, stride=2, padding=1,
                           slope=0.2, output="offset from mapping.w_avg, [num_ws, w_dim]",
                           input="RGB in [-1,1], [3,%d,%d]" % (img_resolution, img_resolution))

    def forward(self, x):
        for i in range(self.n_conv):
            x = F.leaky_relu(getattr(self, "conv%d" % i)(x), 0.2)
        x = F.leaky_relu(self.fc0(x.flatten(1)), 0.2)
        return self.fc1(x).view(-1, self.num_ws, self.w_dim)


# ---------------------------------------------------------------- discriminator (not exported)
class EqConv(nn.Module):
    def __init__(self, n_in, n_out, k, down=False, bias=True, act=True):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(n_out, n_in, k, k))
        self.bias = nn.Parameter(torch.zeros(n_out)) if bias else None
        self.gain = 1.0 / math.sqrt(n_in * k * k)
        self.k, self.down, self.act = k, down, act

    def forward(self, x):
        w = self.weight * (self.gain * (SQRT2 if self.act else 1.0))
        b = None if self.bias is None else self.bias * (SQRT2 if self.act else 1.0)
        if self.down:
            x = F.avg_pool2d(x, 2) if self.k == 1 else x
        x = F.conv2d(x, w, b, stride=2 if (self.down and self.k == 3) else 1, padding=self.k // 2)
        return F.leaky_relu(x, 0.2) if self.act else x


class DBlock(nn.Module):
    def __init__(self, n_in, n_out):
        super().__init__()
        self.conv0 = EqConv(n_in, n_in, 3)
        self.conv1 = EqConv(n_in, n_out, 3, down=True)
        self.skip = EqConv(n_in, n_out, 1, down=True, bias=False, act=False)

    def forward(self, x):
        return (self.conv1(self.conv0(x)) + self.skip(x)) * (1 / SQRT2)


class Discriminator(nn.Module):
    """Residual, fully convolutional down to 4x4 (for a square input of side `res`)."""

    def __init__(self, res, base=2048, cap=128, in_channels=3, width=32):
        super().__init__()
        c = width
        self.from_rgb = EqConv(in_channels, c, 1)
        blocks = []
        r = res
        while r > 4:
            n = min(cap, c * 2)
            blocks.append(DBlock(c, n))
            c = n
            r //= 2
        self.blocks = nn.ModuleList(blocks)
        self.final = EqConv(c + 1, c, 3)
        self.out = nn.Sequential(Dense(c * 16, c, act=True), Dense(c, 1))

    def forward(self, x, want_features=False):
        feats = []
        x = self.from_rgb(x)
        for b in self.blocks:
            x = b(x)
            feats.append(x)
        b = x.shape[0]
        g = next(k for k in (4, 2, 1) if b % k == 0)
        y = x.reshape(g, b // g, *x.shape[1:])
        sd = (y.var(0, unbiased=False) + 1e-8).sqrt().mean(dim=[1, 2, 3])
        sd = sd.repeat(g)[:, None, None, None].expand(-1, 1, x.shape[2], x.shape[3])
        x = self.final(torch.cat([x, sd], 1))
        x = self.out(x.flatten(1))
        return (x, feats) if want_features else x
