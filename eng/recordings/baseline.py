"""A DDPM trained with PyTorch 2.13 and diffusers 0.42.1 on 5,000 real CIFAR-10 images (the first 1,000 of each batch file): the figures to be met with the same recipe, and a trained pipeline to try samplers on.
usage: python baseline.py CIFAR_MAT_FOLDER OUT_FOLDER STEPS"""
import sys, os, json, time, warnings; warnings.filterwarnings("ignore")
import numpy as np, scipy.io, torch, torch.nn.functional as F
import diffusers; diffusers.utils.logging.set_verbosity_error()
from diffusers import UNet2DModel, DDPMScheduler, DDPMPipeline
cifar, out, steps = sys.argv[1], sys.argv[2], int(sys.argv[3])
torch.set_num_threads(2); torch.manual_seed(0)
read = lambda f: torch.from_numpy(scipy.io.loadmat(os.path.join(cifar, f))["data"].reshape(-1, 3, 32, 32)[:1000].astype(np.float32) / 127.5 - 1)
train = torch.cat([read(f"data_batch_{i}.mat") for i in range(1, 6)]); held = read("test_batch.mat")[:200]
net = UNet2DModel(sample_size=32, block_out_channels=[32, 64, 64], down_block_types=["DownBlock2D", "AttnDownBlock2D", "DownBlock2D"], up_block_types=["UpBlock2D", "AttnUpBlock2D", "UpBlock2D"],
                  attention_head_dim=None, downsample_padding=0, flip_sin_to_cos=False, freq_shift=1, norm_eps=1e-6, norm_num_groups=8, dropout=0.1)
with torch.no_grad():                                   # the paper's zero last convolutions
    for n, p in net.named_parameters():
        if n.startswith("conv_out.") or ".conv2." in n or ".to_out.0." in n: p.zero_()
sched = DDPMScheduler(variance_type="fixed_large")
ab = sched.alphas_cumprod
opt = torch.optim.Adam(net.parameters(), lr=3e-4, fused=True)
ema = [p.detach().clone() for p in net.parameters()]
log = {"recipe": "batch 64 of uniformly drawn images, flips with probability 1/2, t uniform, L2 on epsilon, Adam 3e-4 with 500 steps of linear warm-up, gradient norm clipped to 1, EMA min(0.999, (1+k)/(10+k)), dropout 0.1, bf16 autocast",
       "held_out": "first 200 images of test_batch.mat, t = 25, 75, ..., 975, epsilon = randn([200,3,32,32]) of a CPU generator seeded 1000 + t; mean squared error in float32, dropout off, by t and their mean", "train_loss": {}, "raw": {}, "ema": {}}
def held_out():
    net.eval(); r = {}
    with torch.no_grad():
        for t in range(25, 1000, 50):
            e = torch.randn(held.shape, generator=torch.Generator().manual_seed(1000 + t)); x = ab[t].sqrt() * held + (1 - ab[t]).sqrt() * e
            r[t] = float(np.mean([F.mse_loss(net(x[i:i + 50], t).sample, e[i:i + 50]).item() for i in range(0, 200, 50)]))
    net.train(); r["mean"] = float(np.mean([r[t] for t in r])); return r
def with_ema(f):
    keep = [p.detach().clone() for p in net.parameters()]
    with torch.no_grad(): [p.copy_(q) for p, q in zip(net.parameters(), ema)]
    r = f()
    with torch.no_grad(): [p.copy_(q) for p, q in zip(net.parameters(), keep)]
    return r
net.train(); recent = []; start = time.time()
for k in range(1, steps + 1):
    for g in opt.param_groups: g["lr"] = 3e-4 * min(1, k / 500)
    x0 = train[torch.randint(0, len(train), (64,))]; flip = torch.rand(64) < 0.5; x0 = torch.where(flip[:, None, None, None], x0.flip(3), x0)
    t = torch.randint(0, 1000, (64,)); e = torch.randn_like(x0); a = ab[t][:, None, None, None]
    with torch.autocast("cpu", torch.bfloat16): y = net((a.sqrt() * x0 + (1 - a).sqrt() * e).contiguous(memory_format=torch.channels_last), t).sample
    loss = F.mse_loss(y.float(), e); opt.zero_grad(); loss.backward(); torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0); opt.step()
    d = min(0.999, (1 + k) / (10 + k))
    with torch.no_grad(): torch._foreach_lerp_(ema, list(net.parameters()), 1 - d)
    recent.append(loss.item())
    if k in (100, 500, 1000, 2000, 3000, steps):
        log["train_loss"][k] = float(np.mean(recent[-100:])); log["raw"][k] = held_out(); log["ema"][k] = with_ema(held_out)
        print(k, round(time.time() - start), log["train_loss"][k], log["raw"][k]["mean"], log["ema"][k]["mean"], flush=True)
        json.dump(log, open(f"{out}/curve.json", "w"), indent=1)
        with_ema(lambda: DDPMPipeline(net, sched).save_pretrained(f"{out}/trained"))
