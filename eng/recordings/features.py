"""Images resized by PyTorch, Pillow and TensorFlow 1's formula; a TorchScript network with what it computes; statistics as NumPy writes them.
usage: python features.py OUT_FOLDER SEED"""
import os, sys, warnings; warnings.filterwarnings("ignore")
import numpy as np, torch
from PIL import Image
out, seed = sys.argv[1], int(sys.argv[2]); os.makedirs(out, exist_ok=True)
rng = np.random.default_rng(seed); torch.manual_seed(seed)

# --- resizing: float32 of bytes, no rounding
def bilinear(x, size): return torch.nn.functional.interpolate(torch.tensor(x).float(), size=size, mode="bilinear", align_corners=False).numpy()
def pillow(x, size):
    return np.array([[np.asarray(Image.fromarray(c.astype(np.float32), mode="F").resize(size[::-1], resample=Image.BICUBIC)) for c in i] for i in x])
def tensorflow(x, size):  # output i looks at input i * in / out, and beyond the last one at that: what np.interp does, axis by axis, in float64
    for axis, n in ((2, size[0]), (3, size[1])):
        at = np.arange(n) * x.shape[axis] / n
        x = np.apply_along_axis(lambda v: np.interp(at, np.arange(len(v)), v), axis, x.astype(np.float64))
    return x
def tensorflow32(x, size):  # the same by its own steps: the four neighbours, in float32
    f = np.float32; x = x.astype(f)
    def taps(n, m):
        at = np.arange(m, dtype=f) * (f(n) / f(m)); lo = np.floor(at).astype(int); return lo, np.minimum(lo + 1, n - 1), (at - lo.astype(f)).astype(f)
    (t, b, v), (l, r, u) = taps(x.shape[2], size[0]), taps(x.shape[3], size[1]); v = v[:, None]
    row = lambda i: x[:, :, i][..., l] + (x[:, :, i][..., r] - x[:, :, i][..., l]) * u
    return row(t) + (row(b) - row(t)) * v
resized = {}
for name, shape, size, step in (("up", (2, 3, 8, 6), (21, 17), 1), ("down", (2, 3, 24, 20), (7, 9), 1), ("mixed", (1, 1, 5, 30), (12, 11), 1),
                                ("cifar", (1, 3, 32, 32), (299, 299), 23)):
    x = rng.integers(0, 256, shape, dtype=np.uint8); resized[name] = x; resized[name + ".size"] = np.array(size); resized[name + ".step"] = np.array(step)
    for way in (bilinear, pillow, tensorflow, tensorflow32): resized[f"{name}.{way.__name__}"] = way(x, size)[:, :, ::step, ::step]
np.savez_compressed(f"{out}/resized.npz", **resized)

# --- TorchScript
class Network(torch.nn.Module):
    def __init__(self):
        super().__init__(); self.conv = torch.nn.Conv2d(3, 8, 3, stride=2); self.classes = torch.nn.Linear(8, 4)
    def forward(self, img: torch.Tensor, return_features: bool = False, scale: float = 1.0):
        x = self.conv(img.float() / 255).relu().mean([2, 3])
        return (x if return_features else self.classes(x)) * scale
net = Network().eval(); torch.jit.script(net).save(f"{out}/network.pt"); torch.save(net.state_dict(), f"{out}/weights.pth")
images = rng.integers(0, 256, (5, 3, 12, 12), dtype=np.uint8); x = torch.tensor(images)
with torch.no_grad():
    np.savez_compressed(f"{out}/network.npz", images=images, features=net(x, True), classes=net(x), doubled=net(x, True, 2.0),
        symmetric=net(x.float() / 255 * 2 - 1, True), resized=net(torch.nn.functional.interpolate(x.float(), size=(20, 20), mode="bilinear", align_corners=False), True),
        imagenet=net((x.float() / 255 - torch.tensor([0.485, 0.456, 0.406]).view(3, 1, 1)) / torch.tensor([0.229, 0.224, 0.225]).view(3, 1, 1), True))

# --- statistics, as pytorch-fid and clean-fid write them, and as ADM's reference batches hold them
features = rng.normal(size=(40, 6)); mu, sigma = features.mean(0), np.cov(features, rowvar=False)
np.savez(f"{out}/statistics.npz", mu=mu, sigma=sigma)
np.savez_compressed(f"{out}/statistics-more.npz", arr_0=rng.integers(0, 256, (4, 8, 8, 3), dtype=np.uint8), mu=mu.astype(np.float32),
    sigma=sigma.astype(np.float32), mu_s=np.zeros(3), sigma_s=np.eye(3))
