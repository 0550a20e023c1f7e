"""Wider networks that compute the same as narrower ones at the start."""
import torch
import torch.nn as nn

import mapping as P_
import model as M_


def widen(S, hidden):
    """The same branch with a wider second hidden layer; the new units start without influence."""
    if S.fc1.out_features >= hidden:
        return S
    old, n = S, S.fc1.out_features
    S = M_.Segmentation(old.layer_channels, old.fc2.out_features, old.out_res, old.fc0.out_features, hidden)
    with torch.no_grad():
        S.fc0.load_state_dict(old.fc0.state_dict())
        S.fc2.weight.zero_()
        S.fc1.weight[:n], S.fc1.bias[:n] = old.fc1.weight, old.fc1.bias
        S.fc2.weight[:, :n], S.fc2.bias[:] = old.fc2.weight, old.fc2.bias
    return S


@torch.no_grad()
def widen_mapping(M, head, hidden):
    """The same mapping network and read-out with wider layers; the new units start without influence on the old ones and on w."""
    n = M.layers[0].out_features
    if n >= hidden:
        return M, head
    old, count = M.layers, len(M.layers)
    gain = old[0].weight.square().mean(0).mul(old[0].in_features).sqrt()
    M = P_.Student(old[0].in_features, hidden, old[-1].out_features, count, gain, torch.zeros(old[-1].out_features))
    for i, (new, was) in enumerate(zip(M.layers, old)):
        rows, cols = was.weight.shape
        if i:
            new.weight[:rows, cols:] = 0
        new.weight[:rows, :cols] = was.weight
        new.bias[:rows] = was.bias
    wide = nn.Linear(hidden, head.out_features)
    wide.weight.zero_()
    wide.weight[:, :n] = head.weight
    wide.bias.copy_(head.bias)
    return M, wide
