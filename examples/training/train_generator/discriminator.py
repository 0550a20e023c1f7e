"""Tells rendered from generated pictures place by place, given the classes of their pixels."""
import torch
import torch.nn as nn
import torch.nn.functional as F

import model as M_


class MaskDiscriminator(nn.Module):
    """Pictures [n, 3, h, w] and classes [n, h, w] (their number where they are not given) -> logits [n, places], one for every 4 x 4 and every 8 x 8 pixels, and all layers.

    Given the classes, a part that the picture only hints at (a plate, a mirror, the horizon) tells it from a rendering at once, and the
    gradient stays where that part is."""

    def __init__(self, classes, widths=(16, 32, 64, 96)):
        super().__init__()
        a, b, c, d = widths
        self.classes = classes
        self.picture, self.place = M_.EqConv(3, a, 3), M_.EqConv(classes, a, 1, bias=False, act=False)
        self.body = nn.ModuleList([M_.EqConv(2 * a, b, 3, down=True), M_.EqConv(b, b, 3), M_.EqConv(b, c, 3, down=True), M_.EqConv(c, c, 3),
                                   M_.EqConv(c, d, 3, down=True), M_.EqConv(d, d, 3)])
        self.quarter, self.eighth = M_.EqConv(c, 1, 1, act=False), M_.EqConv(d, 1, 1, act=False)

    def forward(self, x, y):
        place = self.place(F.one_hot(y, self.classes + 1)[..., :-1].movedim(-1, 1).to(x.dtype))
        layers = [self.picture(x)]
        x = torch.cat([layers[0], place], 1)
        for layer in self.body:
            x = layer(x)
            layers.append(x)
        return torch.cat([self.quarter(layers[4]).flatten(1), self.eighth(layers[6]).flatten(1)], 1), layers
