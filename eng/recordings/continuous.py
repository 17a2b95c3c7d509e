"""Samplers in sigma of k-diffusion 0.1.1 on the exact denoiser of a Gaussian mixture, and the DDIM authors' own sampler with quadratic spacing.
usage: python continuous.py K_DIFFUSION_FOLDER DDIM_FOLDER OUT_FOLDER STEPS
Denoiser of the mixture of N(+a, s^2) and N(-a, s^2), value by value, a = 0.6, s = 0.3:
  D(x, sigma) = s^2/(s^2+sigma^2) x + sigma^2/(s^2+sigma^2) a tanh(a x/(s^2+sigma^2)).
Start: cosine_noise([2, 3, 4, 4]) times the first sigma. Given noise: cosine_noise(shape, k) at the k-th draw, k = 1, 2, ..."""
import sys, types, importlib.util, warnings; warnings.filterwarnings("ignore")
from common import *
kd, ddim, out, steps = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
pkg = types.ModuleType("k_diffusion"); pkg.__path__ = [f"{kd}/k_diffusion"]; sys.modules["k_diffusion"] = pkg
utils = types.ModuleType("k_diffusion.utils")
utils.append_dims = lambda x, n: x[(...,) + (None,) * (n - x.ndim)]; sys.modules["k_diffusion.utils"] = utils; pkg.utils = utils
spec = importlib.util.spec_from_file_location("k_diffusion.sampling", f"{kd}/k_diffusion/sampling.py"); K = importlib.util.module_from_spec(spec); spec.loader.exec_module(K)

A, S = 0.6, 0.3
def D(x, sigma, **_):
    s2 = sigma.reshape(-1, 1, 1, 1) ** 2
    return S**2 / (S**2 + s2) * x + s2 / (S**2 + s2) * A * torch.tanh(A * x / (S**2 + s2))
class Given:
    def __init__(s): s.k = 0
    def __call__(s, *a, **k): s.k += 1; return cosine_noise((2, 3, 4, 4), s.k).double()

n = steps
grids = {"karras": K.get_sigmas_karras(n, 0.01, 80.0), "exponential": K.get_sigmas_exponential(n, 0.01, 80.0), "polyexponential": K.get_sigmas_polyexponential(n, 0.01, 80.0, rho=2.0), "vp": K.get_sigmas_vp(n)}
tensors = {f"sigmas.{k}": v.double() for k, v in grids.items()}
index = {"mixture": {"a": A, "s": S}}
def run(name, f, grid="karras", **kw):
    sig = grids[grid].double(); x = cosine_noise((2, 3, 4, 4)).double() * sig[0]
    path = []
    real, torch.randn_like = torch.randn_like, Given()
    y = f(D, x, sig, disable=True, callback=lambda i: path.append(i["x"].clone()), **kw)
    torch.randn_like = real
    tensors[name] = torch.stack(path + [y]); index[name] = {"sampler": f.__name__.removeprefix("sample_"), "grid": grid, "arguments": {k: v for k, v in kw.items() if k != "noise_sampler"}, "final_sum_abs": float(y.abs().sum())}
    print(name, index[name]["final_sum_abs"])
run("euler", K.sample_euler); run("heun", K.sample_heun); run("dpm_2", K.sample_dpm_2); run("lms", K.sample_lms); run("dpmpp_2m", K.sample_dpmpp_2m)
run("euler-exponential", K.sample_euler, "exponential"); run("heun-vp", K.sample_heun, "vp"); run("dpmpp_2m-polyexponential", K.sample_dpmpp_2m, "polyexponential")
churn = dict(s_churn=20.0, s_tmin=0.05, s_tmax=50.0, s_noise=1.003)
run("euler-churn", K.sample_euler, **churn); run("heun-churn", K.sample_heun, **churn); run("dpm_2-churn", K.sample_dpm_2, **churn)
for nm in ("euler_ancestral", "dpm_2_ancestral", "dpmpp_2s_ancestral", "dpmpp_sde", "dpmpp_2m_sde", "dpmpp_3m_sde"):
    run(nm, getattr(K, "sample_" + nm), noise_sampler=Given())
run("dpmpp_2m_sde-heun", K.sample_dpmpp_2m_sde, noise_sampler=Given(), solver_type="heun"); run("euler_ancestral-half", K.sample_euler_ancestral, noise_sampler=Given(), eta=0.5)

# the DDIM paper's own code: quadratic and uniform index lists, generalized steps on m(x, t) = 0.8 sin(x) t/(t+1) + 0.2 x
src = open(f"{ddim}/functions/denoising.py").read().replace(".to('cuda')", "")
ns = {}; exec(compile(src, "denoising", "exec"), ns)
beta = torch.from_numpy(np.linspace(1e-4, 0.02, 1000)).float()
m = lambda x, t: 0.8 * torch.sin(x) * (t / (t + 1)).view(-1, 1, 1, 1) + 0.2 * x
for count in (steps, 2 * steps, 50, 100):
    index[f"quadratic-{count}"] = [int(s) for s in np.linspace(0, np.sqrt(1000 * 0.8), count) ** 2]
    index[f"uniform-{count}"] = list(range(0, 1000, 1000 // count))
for kind in ("quadratic", "uniform"):
    for eta in (0.0, 0.3, 1.0):
        real, torch.randn_like = torch.randn_like, lambda x, g=Given(): g().float()
        xs, _ = ns["generalized_steps"](cosine_noise((2, 3, 4, 4)), index[f"{kind}-{steps}"], m, beta, eta=eta)
        torch.randn_like = real
        tensors[f"ddim-authors-{kind}-eta{eta}"] = torch.stack(xs)
real, torch.randn_like = torch.randn_like, lambda x, g=Given(): g().float()
tensors["ddpm-authors-uniform"] = torch.stack(ns["ddpm_steps"](cosine_noise((2, 3, 4, 4)), index[f"uniform-{steps}"], m, beta)[0]); torch.randn_like = real
save(f"{out}/continuous.safetensors", tensors); save_json(f"{out}/continuous.json", index)
