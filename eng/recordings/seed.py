"""Reference programs (their models.py, reverse_diffusion_process.py, diffusion_process.py, interpolate.py, imported as they are).
usage: python seed.py PATH_OF_THE_PROGRAMS OUT_FOLDER CHANNELS GROUPS SEED PATH_OF_CIFAR_MAT FACE_PNG"""
import sys, io
sys.path.insert(0, sys.argv[1])
import warnings; warnings.filterwarnings("ignore")
import scipy.io
from PIL import Image
import torch.nn as nn
import torch.nn.functional as F
import models, reverse_diffusion_process as rev, diffusion_process as fwd, interpolate as interp
from common import *

out, ch, groups, seed, cifar, face = sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), int(sys.argv[5]), sys.argv[6], sys.argv[7]
os.makedirs(out, exist_ok=True)
torch.manual_seed(seed)
torch.set_num_threads(2)
model = models.UNet(ch=ch, droprate=0.0, groups=groups, device="cpu")
info = {"channels": ch, "groups": groups, "parameters": sum(p.numel() for p in model.parameters()), "state_entries": len(model.state_dict()),
        "learning_rate": 2e-4, "forward_noise": 5, "reverse_noise": 0, "forward_strip": [100, 200, 300, 400, 500, 600, 700, 800, 999]}

# real images, as the programs read them: N x 3 x 32 x 32 in [-1, 1]
raw = scipy.io.loadmat(os.path.join(cifar, "data_batch_1.mat"))["data"].reshape(-1, 3, 32, 32)
images = torch.from_numpy(raw.astype(np.float32) / 127.5 - 1.0)
alpha_bar = torch.cumprod(1 - fwd.linear_beta_schedule(1e-4, 0.02, 1000), 0)
save(f"{out}/schedule.safetensors", {"beta": fwd.linear_beta_schedule(1e-4, 0.02, 1000), "alpha_bar": alpha_bar,
     "beta_50": fwd.linear_beta_schedule(1e-4, 0.02, 50), "alpha_bar_50": torch.cumprod(1 - fwd.linear_beta_schedule(1e-4, 0.02, 50), 0)})

# training: 50 Adam steps from the initial weights, t and noise given; gradients of the first step
initial = {k: v.clone() for k, v in model.state_dict().items()}
opt = torch.optim.Adam(model.parameters(), lr=info["learning_rate"])
loss_fn = nn.SmoothL1Loss()
g = torch.Generator().manual_seed(seed + 1)
ts = torch.stack([torch.randint(0, 1000, (8,), generator=g) for _ in range(50)])
losses, grads, after3 = [], None, None
model.train()
for i in range(50):
    x0 = images[(torch.arange(8) + 8 * i) % len(images)]
    eps = cosine_noise(x0.shape, i)
    ab = alpha_bar.gather(-1, ts[i]).view(8, 1, 1, 1)
    opt.zero_grad()
    loss = loss_fn(model(torch.sqrt(ab) * x0 + torch.sqrt(1 - ab) * eps, ts[i]), eps)
    loss.backward()
    if i == 0: grads = {k: p.grad.clone() for k, p in model.named_parameters()}
    opt.step(); losses.append(loss.item())
    if i == 2: after3 = {k: v.clone() for k, v in model.state_dict().items()}
keep = ["Proj.1.weight", "encoder.conv.weight", "encoder.resblock3_1.shortcut.weight", "attnblock.conv_q.weight", "encoder.resblock4_1.linear1.weight",
        "encoder.attnblock4_1.norm.weight", "decoder.upsample2.1.weight", "decoder.resblock6_3.norm1.bias", "decoder.to_rgb.2.weight"]
save(f"{out}/initial.safetensors", initial)
save(f"{out}/training.safetensors", {"t": ts, "losses": torch.tensor(losses, dtype=torch.float64), **{"grad." + k: grads[k] for k in keep}, **{"after3." + k: after3[k] for k in keep}})
info["gradient_norms_of_step_1"] = {k: float(v.double().norm()) for k, v in grads.items()}
info["losses"] = losses

# go on for a while with random noise, so that the weights mean something
g = torch.Generator().manual_seed(seed + 2)
for i in range(1500):
    x0 = images[torch.randint(0, len(images), (16,), generator=g)]
    t = torch.randint(0, 1000, (16,), generator=g); eps = torch.randn(x0.shape, generator=g)
    ab = alpha_bar.gather(-1, t).view(-1, 1, 1, 1)
    opt.zero_grad(); loss = loss_fn(model(torch.sqrt(ab) * x0 + torch.sqrt(1 - ab) * eps, t), eps); loss.backward(); opt.step()
info["loss_after_1550_steps"] = float(loss)
model.eval()
sd = model.state_dict()
torch.save(sd, f"{out}/model.pth"); save(f"{out}/model.safetensors", sd)
torch.save(sd, f"{out}/model-legacy.pth", _use_new_zipfile_serialization=False)
real_tag = torch.serialization.location_tag
torch.serialization.location_tag = lambda s: "cuda:0"          # as a file saved on a GPU says
torch.save(sd, f"{out}/model-from-gpu.pth")
torch.serialization.location_tag = real_tag
torch.save({k: v.half() for k, v in sd.items()}, f"{out}/model-half.pth")
torch.save({k: v.bfloat16() for k, v in sd.items()}, f"{out}/model-bfloat16.pth")

io_ = {}
with torch.no_grad():
    for name, (n, h, w) in {"square": (3, 32, 32), "tall": (2, 64, 32), "celeba": (1, 192, 160)}.items():
        x = cosine_noise((n, 3, h, w), info["forward_noise"]); t = torch.tensor([999, 0, 499][:n])
        io_[f"{name}.x"], io_[f"{name}.t"], io_[f"{name}.y"] = x, t, model(x, t)
    io_["time_embedding.t"] = torch.tensor([0, 1, 10, 499, 999]); io_["time_embedding.y"] = model.Proj(io_["time_embedding.t"])
del io_["celeba.x"]
save(f"{out}/forward.safetensors", io_)

# reverse process with given noise: the programs draw z by randn_like once a step, t from high to low
def given_noise():
    state = {"step": 0}
    def draw(x, **_):
        state["step"] += 1
        return cosine_noise(x.shape, state["step"])
    return draw
rev.tqdm = interp.tqdm = lambda x: x
chain = {}
for T, h in ((50, 32), (1000, 32)):
    real, torch.randn_like = torch.randn_like, given_noise()
    kept = []
    inner = model.forward
    def spy(x, t): kept.append(x.clone()); return inner(x, t)
    model.forward = spy
    res = rev.reverse_diffusion(model, cosine_noise((1, 3, h, h), info["reverse_noise"]), 1e-4, 0.02, T, "cpu")
    model.forward = inner; torch.randn_like = real
    for i in ([1, 2, 10, 25, 49] if T == 50 else [1, 10, 100, 500, 900, 999]): chain[f"T{T}.after_{i}_steps"] = kept[i]
    last = torch.from_numpy(res[-1].transpose(2, 0, 1)[None] / 127.5 - 1); chain[f"T{T}.final"] = last
    strip = np.clip(np.concatenate(res, axis=1), 0, 255)
    Image.fromarray(np.uint8(strip)).save(f"{out}/reverse-strip-T{T}.png")
save(f"{out}/reverse.safetensors", chain)

# forward process of the picture at 128 x 128
im = Image.open(face).resize([128, 128]); x0 = np.array(im, dtype=np.float32)[..., :3] / 127.5 - 1.0
Image.fromarray(np.array(im)[..., :3]).save(f"{out}/face-128.png")
strips = [(x0 + 1.0) * 127.5]; real = torch.randn_like
for k, t in enumerate(info["forward_strip"]):
    torch.randn_like = lambda x, k=k: cosine_noise(x.shape, k)       # H x W x 3 order, as the program holds it
    strips.append(np.clip((fwd.diffusion(x0, 1e-4, 0.02, 1000, t, "cpu").numpy() + 1.0) * 127.5, 0, 255))
torch.randn_like = real
Image.fromarray(np.uint8(np.concatenate(strips, axis=1))).save(f"{out}/forward-strip.png")

# interpolation of two real images, 60 steps in, 11 mixes
real = torch.randn_like
class Noise:
    n = 0
    def __call__(s, x, **_): s.n += 1; return cosine_noise(x.shape, s.n)
torch.randn_like = Noise()
strip = interp.interpolate(model, images[3:4].numpy(), images[7:8].numpy(), 60, 1e-4, 0.02, 1000, "cpu")
torch.randn_like = real
Image.fromarray(np.uint8(strip)).save(f"{out}/interpolation.png")
save(f"{out}/interpolation.safetensors", {"strip": torch.from_numpy(strip)})
info["interpolation"] = {"images": "3 and 7 of data_batch_1.mat", "interp_steps": 60, "noise": "cosine_noise, step 1 for image 1, 2 for image 2, then 3, 4, ... one a reverse step, mix by mix"}
save_json(f"{out}/info.json", info)
