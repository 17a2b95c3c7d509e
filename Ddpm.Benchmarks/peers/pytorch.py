"""PyTorch as a peer of compare-sampling: pytorch.py LAYOUT[,compile] NETWORK BATCH PRECISION THREADS; LAYOUT is nchw or channels_last.
Writes "ready"; then, for each line read, computes a step and writes its milliseconds."""
import sys
import time

import torch

import network

how, name, batch, precision, threads = sys.argv[1:]
layout, *more = how.split(",")
torch.set_num_threads(int(threads))
kind = getattr(torch, precision)
laid = torch.channels_last if layout == "channels_last" else torch.contiguous_format
model = network.make(name).to(kind).to(memory_format=laid)
if "compile" in more:
    model = torch.compile(model)
x, t = torch.randn(int(batch), 3, 32, 32), torch.full((int(batch),), 333.0)
with torch.no_grad():
    step = lambda: model(x.to(kind).contiguous(memory_format=laid), t).float()
    step()
    print("ready", flush=True)
    for _ in sys.stdin:
        began = time.perf_counter()
        step()
        print(f"{(time.perf_counter() - began) * 1e3:.4f}", flush=True)
