"""The two networks of the comparisons in PyTorch, as one writes them down; what PlainUNet.cs is in TorchSharp."""
import math

import torch
from torch import nn
from torch.nn import functional as F


class Residual(nn.Module):
    def __init__(self, inputs, outputs, time, groups):
        super().__init__()
        self.norm1, self.norm2 = (nn.GroupNorm(groups, width, eps=1e-6) for width in (inputs, outputs))
        self.conv1, self.conv2 = (nn.Conv2d(width, outputs, 3, padding=1) for width in (inputs, outputs))
        self.shift = nn.Linear(time, outputs)
        self.shortcut = nn.Identity() if inputs == outputs else nn.Conv2d(inputs, outputs, 1)

    def forward(self, x, time):
        h = self.conv1(F.silu(self.norm1(x))) + self.shift(time)[:, :, None, None]
        return self.conv2(F.silu(self.norm2(h))) + self.shortcut(x)


class Attention(nn.Module):
    def __init__(self, width, groups):
        super().__init__()
        self.norm = nn.GroupNorm(groups, width, eps=1e-6)
        self.query, self.key, self.value, self.output = (nn.Conv2d(width, width, 1) for _ in range(4))

    def forward(self, x):
        n, c, h, w = x.shape
        normed = self.norm(x)
        q, k, v = (layer(normed).reshape(n, c, h * w) for layer in (self.query, self.key, self.value))
        weights = (torch.bmm(q.transpose(1, 2), k) * c**-0.5).softmax(-1)
        return x + self.output(torch.bmm(v, weights.transpose(1, 2)).reshape(n, c, h, w))


class Block(nn.Module):
    def __init__(self, inputs, outputs, time, groups, attends):
        super().__init__()
        self.residual = Residual(inputs, outputs, time, groups)
        self.attention = Attention(outputs, groups) if attends else nn.Identity()

    def forward(self, x, time):
        return self.attention(self.residual(x, time))


class UNet(nn.Module):
    def __init__(self, channels, multipliers, groups, image=32, blocks=2):
        super().__init__()
        time, widths = 4 * channels, [channels * multiplier for multiplier in multipliers]
        levels, width, skips = range(len(widths)), channels, [channels]
        self.channels = channels
        self.time1, self.time2 = nn.Linear(channels, time), nn.Linear(time, time)
        self.first, self.down, self.up = nn.Conv2d(3, channels, 3, padding=1), nn.ModuleList(), nn.ModuleList()
        for level in levels:
            for _ in range(blocks):
                self.down.append(Block(width, widths[level], time, groups, image >> level == 16))
                width = widths[level]
                skips.append(width)
            if level != levels[-1]:
                self.down.append(nn.Conv2d(width, width, 3, stride=2, padding=1))
                skips.append(width)
        self.middle1, self.middle2 = (Residual(width, width, time, groups) for _ in range(2))
        self.middle = Attention(width, groups)
        for level in reversed(levels):
            for _ in range(blocks + 1):
                self.up.append(Block(width + skips.pop(), widths[level], time, groups, image >> level == 16))
                width = widths[level]
            if level:
                self.up.append(nn.Conv2d(width, width, 3, padding=1))
        self.norm, self.last = nn.GroupNorm(groups, width, eps=1e-6), nn.Conv2d(width, 3, 3, padding=1)

    def forward(self, x, t):
        half = self.channels // 2
        angles = t[:, None] * torch.exp(torch.arange(half, dtype=torch.float32) * (-math.log(10000) / (half - 1)))
        waves = torch.cat([angles.sin(), angles.cos()], 1).to(x.dtype)
        time = F.silu(self.time2(F.silu(self.time1(waves))))
        h = self.first(x)
        skips = [h]
        for part in self.down:
            h = part(h, time) if isinstance(part, Block) else part(h)
            skips.append(h)
        h = self.middle2(self.middle(self.middle1(h, time)), time)
        for part in self.up:
            if isinstance(part, Block):
                h = part(torch.cat([h, skips.pop()], 1), time)
            else:
                h = part(F.interpolate(h, scale_factor=2.0, mode="nearest"))
        return self.last(F.silu(self.norm(h)))


def make(name):
    torch.manual_seed(0)
    return (UNet(128, (1, 2, 2, 2), 32) if name == "paper" else UNet(32, (1, 2, 2), 8)).eval()
