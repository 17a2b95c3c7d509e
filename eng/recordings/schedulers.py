"""Trajectories of the schedulers of diffusers 0.42.1 on a fixed model.
usage: python schedulers.py OUT_FOLDER CASES_JSON
The model: m(x, t) = 0.8 sin(x) t / (t + 1) + 0.2 x, in float32, on the scaled input. The start: cosine_noise([2, 3, 4, 4]) times init_noise_sigma.
Learned variance: the model's other half is 0.5 cos(x) for learned_range, 0.004 (1.5 + cos(x)) for learned.
The noise: torch.Generator on the CPU, its seed in the index (0), drawn by the scheduler itself, one randn of x's shape a step."""
import sys, warnings; warnings.filterwarnings("ignore")
import diffusers; diffusers.utils.logging.set_verbosity_error()
import inspect
from common import *

out, cases = sys.argv[1], json.load(open(sys.argv[2]))
def model(x, t): t = float(t); return 0.8 * torch.sin(x) * (t / (t + 1)) + 0.2 * x
SEED, index, tensors = 0, {}, {}
for name, case in cases.items():
    s = getattr(diffusers, case["class"])(**case.get("config", {}))
    s.set_timesteps(case["steps"]) if "steps" in case else s.set_timesteps(timesteps=case["timesteps"])
    g = torch.Generator("cpu").manual_seed(SEED)
    x = cosine_noise((2, 3, 4, 4)) * float(s.init_noise_sigma)
    path, takes = [x], inspect.signature(s.step).parameters
    learned = str(s.config.get("variance_type", "")).startswith("learned")
    for t in s.timesteps:
        scaled = s.scale_model_input(x, t)
        m = model(scaled, t)
        if learned: m = torch.cat([m, 0.5 * torch.cos(scaled) if "range" in s.config.variance_type else 0.004 * (1.5 + torch.cos(scaled))], 1)
        kw = dict(case.get("step", {}))
        if "generator" in takes: kw["generator"] = g
        x = s.step(m, t, x, **kw).prev_sample
        path.append(x)
    tensors[name] = torch.stack(path)
    index[name] = {**case, "seed": SEED, "all_config": {k: v for k, v in s.config.items() if not k.startswith("_")}, "timesteps": [float(t) for t in s.timesteps],
                   "sigmas": [float(v) for v in s.sigmas] if hasattr(s, "sigmas") else None, "init_noise_sigma": float(s.init_noise_sigma), "final_sum_abs": float(x.double().abs().sum())}
    print(name, len(index[name]["timesteps"]), index[name]["final_sum_abs"], bool(torch.isfinite(x).all()), flush=True)
save(f"{out}/trajectories.safetensors", tensors)
save_json(f"{out}/index.json", index)
