"""EDM's preconditioning and loss (k-diffusion's Denoiser), flow matching (torchcfm's matcher; diffusers' FlowMatch schedulers), run as they are.
usage: python edm_flow.py K_DIFFUSION_FOLDER TORCHCFM_FOLDER OUT_FOLDER CASE    (CASE a: the recorded one; b: other sizes, levels and shifts)
The network is a formula: F(x, c) = 0.8 sin(x) c/(1 + |c|) + 0.2 x, c as long as the batch: what the network is told."""
import sys, json, os, types
import numpy as np, torch

def cosine_noise(shape, step=0):
    i = np.arange(int(np.prod(shape)), dtype=np.float64)
    return torch.from_numpy(np.sqrt(2.0) * np.cos(1.7 * i + 0.61 * (i % 7 + 1) * (step + 1))).reshape(shape)      # double here: no cast

def save(path, tensors):
    kinds = {torch.float32: "F32", torch.float64: "F64", torch.int64: "I64"}
    at, head, body = 0, {}, b""
    for k, v in tensors.items():
        raw = v.detach().contiguous().numpy().tobytes()
        head[k] = {"dtype": kinds[v.dtype], "shape": list(v.shape), "data_offsets": [at, at + len(raw)]}; at += len(raw); body += raw
    h = json.dumps(head).encode(); h += b" " * (-len(h) % 8)
    with open(path, "wb") as f: f.write(len(h).to_bytes(8, "little") + h + body)

# what the originals import and these values do not need
for name in ("dctorch", "dctorch.functional", "einops"):
    sys.modules[name] = types.ModuleType(name)
sys.modules["dctorch"].functional = sys.modules["dctorch.functional"]
sys.modules["einops"].rearrange = sys.modules["einops"].repeat = None
import importlib.util
def original(name, path, package=None):
    spec = importlib.util.spec_from_file_location(name, path); m = importlib.util.module_from_spec(spec); sys.modules[name] = m; spec.loader.exec_module(m); return m

kd, cfm_path, folder, case = os.path.join(sys.argv[1], "k_diffusion"), os.path.join(sys.argv[2], "torchcfm"), sys.argv[3], sys.argv[4]
pkg = types.ModuleType("kd"); pkg.__path__ = [kd]; sys.modules["kd"] = pkg
utils = types.ModuleType("kd.utils"); utils.append_dims = lambda x, n: x[(...,) + (None,) * (n - x.ndim)]; sys.modules["kd.utils"] = utils
sampling = types.ModuleType("kd.sampling"); sampling.to_d = lambda x, s, d: (x - d) / utils.append_dims(s, x.ndim); sys.modules["kd.sampling"] = sampling
pkg.utils, pkg.sampling = utils, sampling
layers = original("kd.layers", os.path.join(kd, "layers.py"))
cp = types.ModuleType("cf"); cp.__path__ = [cfm_path]; sys.modules["cf"] = cp
ot = types.ModuleType("cf.optimal_transport"); ot.OTPlanSampler = None; sys.modules["cf.optimal_transport"] = ot
cfm = original("cf.cfm", os.path.join(cfm_path, "conditional_flow_matching.py"))
from diffusers.schedulers.scheduling_flow_match_euler_discrete import FlowMatchEulerDiscreteScheduler as Euler
from diffusers.schedulers.scheduling_flow_match_heun_discrete import FlowMatchHeunDiscreteScheduler as Heun

def F(x, c):
    c = torch.as_tensor(c, dtype=x.dtype).reshape(-1, *([1] * (x.ndim - 1)))
    return 0.8 * torch.sin(x) * c / (1 + c.abs()) + 0.2 * x

os.makedirs(folder, exist_ok=True)
shape = (4, 3, 8, 8) if case == "a" else (5, 2, 6, 10)
tensors, index = {}, {}
x0 = torch.tanh(cosine_noise(shape, 20)); eps = cosine_noise(shape, 21)
tensors["x0"], tensors["eps"] = x0, eps
# 1. EDM: D(x; sigma) and the loss by weighting; the network is told ln(sigma)/4
sigmas = torch.tensor([0.002, 0.15, 3.0, 80.0] if case == "a" else [0.004, 0.05, 0.7, 9.0, 55.0], dtype=torch.float64)
tensors["edm.sigma"] = sigmas
for sd in ((0.5, 1.0) if case == "a" else (0.4,)):
    for weighting in ("karras", "soft-min-snr", "snr"):
        d = layers.Denoiser(lambda x, s: F(x, s.log() / 4), sigma_data=sd, weighting=weighting)
        tensors[f"edm.{sd}.{weighting}.loss"] = d.loss(x0, eps, sigmas)
    tensors[f"edm.{sd}.denoised"] = d(x0 + eps * sigmas.view(-1, 1, 1, 1), sigmas)
# 2. flow matching by torchcfm: its x0 is noise and its x1 data, t from noise to data
t = torch.tensor([0.02, 0.3, 0.71, 0.98] if case == "a" else [0.05, 0.2, 0.5, 0.83, 0.95], dtype=torch.float64)
m = cfm.ConditionalFlowMatcher(sigma=0.0)
_, xt, ut = m.sample_location_and_conditional_flow(eps, x0, t=t)
tensors["cfm.t"], tensors["cfm.xt"], tensors["cfm.ut"] = t, xt, ut
tensors["cfm.loss"] = ((F(xt, t) - ut) ** 2).flatten(1).mean(1)
# 3. trajectories by diffusers' flow schedulers: the network says eps - x0 and is told 1000 t
for kind, cls in (("euler", Euler), ("heun", Heun)):
    for steps, shift in (((4, 1.0), (10, 3.0)) if case == "a" else ((7, 1.5), (15, 1.0), (20, 6.0))):
        s = cls(shift=shift); s.set_timesteps(steps)
        x = cosine_noise((2, 3, 4, 4), 0).float(); states, told = [x], []
        for at in s.timesteps:
            told.append(float(at)); x = s.step(F(x, at.item() / 1000).to(x.dtype), at, x).prev_sample; states.append(x)
        name = f"{kind}-{steps}-shift{shift}"
        tensors[name] = torch.stack(states); index[name] = {"steps": steps, "shift": shift, "timesteps": told, "sigmas": [float(v) for v in s.sigmas]}
save(os.path.join(folder, "edm-flow.safetensors"), tensors)
json.dump(index, open(os.path.join(folder, "edm-flow.json"), "w"), indent=1)
print({k: tuple(v.shape) for k, v in tensors.items()})
