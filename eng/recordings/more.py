"""The last states of more settings, by the NumPy implementation in samplers.py, which reproduces the trajectories of the originals.
usage: python more.py schedulers|continuous SETTINGS_JSON OUT_FOLDER
SETTINGS_JSON is an index file such as the recordings' own more.json: a name, and the class, steps and all_config of a scheduler, or the levels and arguments
of a k-diffusion sampler (named by "sampler", or by the part of its name before "-"). Written are more.safetensors and more.json, with the timesteps told."""
import os, sys
from samplers import *
from safetensors.numpy import save_file

kind, settings, out = sys.argv[1], json.load(open(sys.argv[2])), sys.argv[3]
Path.FLOAT_TABLE = True                     # as in diffusers
index, states = {}, {}
for name, entry in settings.items():
    if kind == "schedulers":
        told, _, scale, path = diffusers_run(entry)
        states[name] = path[-1:].astype(np.float32)
        index[name] = {**entry, "timesteps": [float(t) for t in told], "init_noise_sigma": float(scale)}
    else:
        states[name] = kdiffusion_run(entry.get("sampler", name), entry, [*entry["levels"], 0.0])[-1]
        index[name] = entry
os.makedirs(out, exist_ok=True)
save_file(states, f"{out}/more.safetensors")
with open(f"{out}/more.json", "w") as f:
    json.dump(index, f, indent=0)
    f.write("\n")
print(len(states), "settings")
