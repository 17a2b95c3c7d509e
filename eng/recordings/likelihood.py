"""Variational bound, learned variances, respacing and losses of guided-diffusion's GaussianDiffusion.
usage: python likelihood.py GUIDED_DIFFUSION_FOLDER OUT_FOLDER T
Model: out[:, :3] = 0.8 sin(x) t/(t+1) + 0.2 x; with learned variances out[:, 3:] = 0.5 cos(x) (learned_range) or -4 + 0.5 cos(x) (learned).
x_0: 127.5-grid values, round(127.5 + 100 cosine_noise/sqrt 2)/127.5 - 1, [4, 3, 8, 8]; noise: cosine_noise(shape, t + 1)."""
import sys, types, warnings; warnings.filterwarnings("ignore")
sys.path.insert(0, sys.argv[1])
pkg = types.ModuleType("guided_diffusion"); pkg.__path__ = [sys.argv[1] + "/guided_diffusion"]; sys.modules["guided_diffusion"] = pkg
from guided_diffusion import gaussian_diffusion as G, respace as R
from common import *
out, T = sys.argv[2], int(sys.argv[3])
shape = (4, 3, 8, 8)
x0 = torch.round(127.5 + 100 * cosine_noise(shape) / 2**0.5).clamp(0, 255) / 127.5 - 1
tensors, index = {"x0": x0}, {"T": T, "loss_steps": [0, 1, T // 2, T - 1], "loss_noise": 9, "q_sample_noise": 2}
class N:
    def __init__(s, k=0): s.k = k
    def __call__(s, x, **_): s.k += 1; return cosine_noise(x.shape, s.k)
def make(schedule, var, mean=G.ModelMeanType.EPSILON, loss=G.LossType.MSE, spacing=None, T=T, rescale=False):
    betas = G.get_named_beta_schedule(schedule, T)
    return R.SpacedDiffusion(use_timesteps=R.space_timesteps(T, spacing or [T]), betas=betas, model_mean_type=mean, model_var_type=var, loss_type=loss, rescale_timesteps=rescale)
def model(learn, log=False):
    def f(x, t, **_):
        tt = t.float().view(-1, 1, 1, 1); m = 0.8 * torch.sin(x) * (tt / (tt + 1)) + 0.2 * x
        if learn == "range": m = torch.cat([m, 0.5 * torch.cos(x)], 1)
        if learn == "learned": m = torch.cat([m, -4 + 0.5 * torch.cos(x)], 1)
        return m
    return f
V = G.ModelVarType
kinds = {"fixed_small": (V.FIXED_SMALL, ""), "fixed_large": (V.FIXED_LARGE, ""), "learned_range": (V.LEARNED_RANGE, "range"), "learned": (V.LEARNED, "learned")}
for schedule in ("linear", "cosine"):
    index[f"betas.{schedule}"] = [float(b) for b in G.get_named_beta_schedule(schedule, T)]
    for name, (var, learn) in kinds.items():
        d = make(schedule, var); f = model(learn)
        real = G.th.randn_like; G.th.randn_like = N()
        r = d.calc_bpd_loop(f, x0, clip_denoised=True); G.th.randn_like = real
        # the loop runs t from T-1 to 0 and draws one noise a step, so step k uses cosine_noise(shape, k), k = 1..T
        for k, v in r.items(): tensors[f"bpd.{schedule}.{name}.{k}"] = v
for name, (var, learn) in kinds.items():
    for loss in (G.LossType.MSE, G.LossType.RESCALED_MSE, G.LossType.KL, G.LossType.RESCALED_KL):
        if learn == "" and loss == G.LossType.RESCALED_MSE: continue
        d = make("linear", var, loss=loss)
        t = torch.tensor(index["loss_steps"])
        terms = d.training_losses(model(learn), x0, t, noise=cosine_noise(shape, index["loss_noise"]))
        for k, v in terms.items(): tensors[f"loss.{loss.name}.{name}.{k}"] = v
    for p in ("EPSILON", "START_X", "PREVIOUS_X"):
        d = make("linear", var, mean=G.ModelMeanType[p]); t = torch.tensor(index["loss_steps"])
        r = d.p_mean_variance(model(learn), cosine_noise(shape, 3), t)
        for k in ("mean", "variance", "pred_xstart"): tensors[f"p.{p}.{name}.{k}"] = r[k].expand(shape)
d = make("linear", V.FIXED_LARGE)
t = torch.tensor(index["loss_steps"]); xt = d.q_sample(x0, t, noise=cosine_noise(shape, index["q_sample_noise"])); tensors["q_sample"] = xt
m, v, lv = d.q_posterior_mean_variance(x0, xt, t); tensors["posterior.mean"], tensors["posterior.variance"], tensors["posterior.log_variance"] = m, v.expand(shape), lv.expand(shape)
for sp in ("ddim10", "5,10,15", "10", "7"):
    try: index[f"spacing.{sp}"] = sorted(R.space_timesteps(T, sp))
    except ValueError as e: index[f"spacing.{sp}"] = "error: " + str(e)
for sp in ("10", "ddim10"):
    d = make("linear", V.LEARNED_RANGE, spacing=sp)
    index[f"spaced_betas.{sp}"] = [float(b) for b in d.betas]
    x = cosine_noise(shape)
    real = G.th.randn_like; G.th.randn_like = N()
    tensors[f"chain.ddpm.{sp}"] = d.p_sample_loop(model("range"), shape, noise=x, device="cpu"); G.th.randn_like = N()
    tensors[f"chain.ddim.{sp}"] = d.ddim_sample_loop(model("range"), shape, noise=x, device="cpu", eta=0.0); G.th.randn_like = real
    y = x0
    for i in range(d.num_timesteps): y = d.ddim_reverse_sample(model("range"), y, torch.full((4,), i), clip_denoised=False)["sample"]
    tensors[f"encode.ddim.{sp}"] = y
save(f"{out}/likelihood.safetensors", tensors); save_json(f"{out}/likelihood.json", index)
print(len(tensors), {k: float(v.mean()) for k, v in tensors.items() if "total_bpd" in k})
