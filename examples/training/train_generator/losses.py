"""Losses of `joint.py` and `synthesis.py` that are not those of `train.py`."""
import torch
import torch.nn.functional as F


def ssim(a, b, weight=None):
    """Mean SSIM as `train.ssim`, by separable filters, with gradient; weighted by [n, 1, h, w]."""
    k = torch.exp(-(torch.arange(11, dtype=a.dtype, device=a.device) - 5) ** 2 / 4.5)
    k = k / k.sum()
    a, b = a * .5 + .5, b * .5 + .5
    x = torch.cat([a, b, a * a, b * b, a * b], 1)
    c = x.shape[1]
    x = F.conv2d(x, k.view(1, 1, 11, 1).expand(c, 1, 11, 1), groups=c)
    x = F.conv2d(x, k.view(1, 1, 1, 11).expand(c, 1, 1, 11), groups=c)
    ma, mb, aa, bb, ab = x.chunk(5, 1)
    va, vb, cv = aa - ma * ma, bb - mb * mb, ab - ma * mb
    similar = ((2 * ma * mb + 1e-4) * (2 * cv + 9e-4)) / ((ma ** 2 + mb ** 2 + 1e-4) * (va + vb + 9e-4))
    if weight is None:
        return similar.mean()
    weight = weight[:, :, 5:-5, 5:-5]
    return (similar.mean(1, keepdim=True) * weight).sum() / weight.sum()


def soft_jaccard(logits, y):
    """1 - mean over the classes present of the intersection of probability and truth over their union."""
    p = logits.softmax(1)
    t = F.one_hot(y, p.shape[1]).movedim(-1, 1).float()
    both, truth = (p * t).sum((0, 2, 3)), t.sum((0, 2, 3))
    union = p.sum((0, 2, 3)) + truth - both
    there = truth > 0
    return 1 - (both[there] / union[there]).mean()


def change(img, x):
    """Squared error of the change in pairs (all before, then all after) at three scales, relative to the rendered change where there is
    one, plain elsewhere; and the pixels that change [m, 1, h, w]."""
    (g0, g1), (x0, x1) = img.chunk(2), x.chunk(2)
    error, true = (g1 - g0) - (x1 - x0), x1 - x0
    moved = F.max_pool2d((F.avg_pool2d(true, 3, 1, 1).abs().amax(1, keepdim=True) > .06).float(), 3, 1, 1)
    loss, here = 0, moved
    for level in range(3):
        if level:
            error, true, here = (F.avg_pool2d(t, 2) for t in (error, true, here))
        e, t = (v.square().mean(1, keepdim=True) for v in (error, true))
        loss = loss + ((e * here).sum((1, 2, 3)) / ((t * here).sum((1, 2, 3)) + 1.5 / 4 ** level)).mean() / 3 + 18 * (e * (1 - here)).mean()
    return loss, moved


def edges(y, among=None):
    """[n, 1, h, w]: 1 within two pixels of where classes [n, h, w] meet, else 0.  `among` [classes]: only where two of these meet."""
    down, right = y[:, 1:] != y[:, :-1], y[:, :, 1:] != y[:, :, :-1]
    if among is not None:
        inside = among[y]
        down, right = down & inside[:, 1:] & inside[:, :-1], right & inside[:, :, 1:] & inside[:, :, :-1]
    meet = F.pad(down, (0, 0, 0, 1)) | F.pad(right, (0, 1))
    return F.max_pool2d(meet[:, None].float(), 5, 1, 2)


def coarse(error, free):
    """[n, c, h, w] with what lies where `free` [n, 1, h, w] is 1 in place of its Gaussian mean (sigma 3) over such pixels."""
    k = torch.exp(-(torch.arange(13, dtype=error.dtype, device=error.device) - 6) ** 2 / 18)
    both = torch.cat([error * free, free], 1)
    c = both.shape[1]
    both = F.conv2d(both, k.view(1, 1, 13, 1).expand(c, 1, 13, 1), padding=(6, 0), groups=c)
    both = F.conv2d(both, k.view(1, 1, 1, 13).expand(c, 1, 1, 13), padding=(0, 6), groups=c)
    return error * (1 - free) + free * both[:, :-1] / both[:, -1:].clamp(min=1e-3)
