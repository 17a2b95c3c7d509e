"""Every sampler of the recordings around a few shared pieces, in float64 NumPy (torch only reads the files and draws the seeded noise).
usage: python samplers.py [-v] RECORDINGS...    compares with schedulers/, continuous/, likelihood/ and training/ of each folder

  Point, Path      alpha, sigma, lambda = ln(alpha/sigma), rho = sigma/alpha, by t and back
  spacing, ramp    which t, which rho
  Predictor        network output -> (x0, eps, variance channels)
  weights, leap    the arithmetic: one quadrature and one affine step
  ancestral, two_stage, multistep, singlestep, pndm    the recipes; each yields (tag, state), tag in seen | inner | step
"""
import json, math, sys
from dataclasses import dataclass
import numpy as np
import torch
from safetensors import safe_open

# ================================================================================================ noise
DTYPE = np.float64           # of the states; the coefficients are always double (-float: states in float32, as tensors are)
class Seeded:
    def __init__(self, shape, seed=0): self.g, self.shape = torch.Generator("cpu").manual_seed(seed), shape
    def draw(self): return torch.randn(self.shape, generator=self.g, dtype=torch.float32).numpy().astype(DTYPE)
class Cosine:
    def __init__(self, shape): self.shape, self.k = shape, 0
    def draw(self): self.k += 1; return cosine(self.shape, self.k)
def cosine(shape, k=0):
    i = np.arange(int(np.prod(shape)), dtype=np.float64)
    return (np.sqrt(2.0) * np.cos(1.7 * i + 0.61 * (i % 7 + 1) * (k + 1))).astype(np.float32).astype(DTYPE).reshape(shape)

# ================================================================================================ path
@dataclass
class Point:
    t: float                # what the network is told
    alpha: float
    sigma: float
    def __post_init__(self): self.alpha, self.sigma, self.t = float(self.alpha), float(self.sigma), None if self.t is None else float(self.t)
    @property
    def rho(self): return self.sigma / self.alpha
    @property
    def lam(self): return math.inf if self.sigma == 0 else math.log(self.alpha) - math.log(self.sigma)
DATA = Point(-1, 1.0, 0.0)   # the end of every path

def betas_of(kind, T, start, end):
    i = np.arange(T)
    if kind == "linear": return np.linspace(start, end, T)
    if kind == "scaled_linear": return np.linspace(start**0.5, end**0.5, T) ** 2
    if kind == "sigmoid": return (end - start) / (1 + np.exp(-np.linspace(-6, 6, T))) + start
    def cos(u): return np.cos((u + 0.008) / 1.008 * np.pi / 2) ** 2
    def laplace(u):
        snr = np.exp(-0.5 * np.where(u <= 0.5, 1.0, -1.0) * np.log(1 - 2 * np.abs(0.5 - u) + 1e-6))
        return np.sqrt(snr / (1 + snr))
    def exp(u): return np.exp(-12 * u)
    f = {"squaredcos_cap_v2": cos, "laplace": laplace, "exp": exp}[kind]
    return np.minimum(1 - f((i + 1) / T) / f(i / T), 0.999)

def alpha_bar_of(betas, float_table):
    """float_table: three roundings to float32 (beta, 1 - beta, each product); the product itself runs in double, as torch.cumprod does on the CPU."""
    if not float_table: return np.cumprod(1 - betas)
    f = np.float32
    return np.cumprod((f(1) - betas.astype(f)).astype(float)).astype(f).astype(float)

class Path:
    """alpha_bar by index, as VP points (alpha^2 + sigma^2 = 1) or VE points (alpha = 1, sigma = rho)."""
    FLOAT_TABLE = True       # compatibility: beta, 1 - beta and alpha_bar rounded to float32, as the originals' tables are
    def __init__(self, alpha_bar, ve=False):
        self.ab, self.ve, self.T = np.asarray(alpha_bar, float), ve, len(alpha_bar)
        with np.errstate(divide="ignore"): self.rho = np.sqrt((1 - self.ab) / self.ab)
    @staticmethod
    def of(c, ve=False, floor=False):
        b = np.array(c["trained_betas"]) if c.get("trained_betas") else betas_of(c["beta_schedule"], c["num_train_timesteps"], c["beta_start"], c["beta_end"])
        ab = alpha_bar_of(b, Path.FLOAT_TABLE)
        if c.get("rescale_betas_zero_snr"):
            s = np.sqrt(ab); ab = ((s - s[-1]) * s[0] / (s[0] - s[-1])) ** 2
        if c.get("rescale_betas_zero_snr") and floor: ab[-1] = 2.0**-24          # samplers in rho
        return Path(ab, ve)
    def level(self, t, told=None): return Point(t if told is None else told, math.sqrt(self.ab[t]), math.sqrt(1 - self.ab[t]))   # integer t
    def at(self, rho, t=None):
        c = 1.0 if self.ve else 1 / math.sqrt(1 + rho * rho)
        return Point(self.t_of(rho) if t is None else t, c, rho * c)
    def rho_of(self, t): return np.interp(t, np.arange(self.T), self.rho)                                            # linear in rho
    def t_of(self, rho): return np.interp(np.log(np.maximum(rho, 1e-10)), np.log(self.rho), np.arange(self.T))       # linear in ln rho, clamped

# ================================================================================================ grids
def spacing(kind, T, n, offset=0, fence=0, integer=True):
    """n timesteps, first sampled first. fence = 1: of n + 1 points the smallest is dropped (DPM-Solver, DEIS, UniPC, SA)."""
    if kind == "trailing": return np.round(T - np.arange(n) * (T / n)) - 1
    if kind == "leading": return (np.arange(n + fence) * (T // (n + fence)))[::-1][:n] + offset
    if kind == "linspace":
        t = np.linspace(0, T - 1, n + fence)[::-1][:n]
        return np.round(t) if integer else t.astype(np.float32).astype(float)
    if kind == "quadratic": return (np.linspace(0, np.sqrt(0.8 * T), n) ** 2).astype(int)[::-1]
    if kind == "uniform": return np.arange(0, T, T // n)[::-1]                          # more than n when n does not divide T
    raise ValueError(kind)

def ramp(kind, hi, lo, n, rho=7.0):
    u = np.linspace(0, 1, n)
    if kind == "karras": return (hi ** (1 / rho) + u * (lo ** (1 / rho) - hi ** (1 / rho))) ** rho
    if kind == "exponential": return np.exp(np.log(hi) + u * (np.log(lo) - np.log(hi)))
    if kind == "polyexponential": return np.exp((1 - u) ** rho * (np.log(hi) - np.log(lo)) + np.log(lo))
    if kind == "vp": t = 1 + u * (1e-3 - 1); return np.sqrt(np.exp(19.9 * t * t / 2 + 0.1 * t) - 1)
    raise ValueError(kind)

# ================================================================================================ predictor
@dataclass
class Prediction:
    x0: np.ndarray
    eps: np.ndarray
    var: np.ndarray = None

@dataclass
class Predictor:
    """n^2 = (alpha sd)^2 + sigma^2 makes VP, VE and EDM one formula; the network sees x / n."""
    net: object
    kind: str = "epsilon"
    clip: float = None
    threshold: tuple = None
    rederive: bool = False   # eps again from the clipped x0
    split: bool = False      # the second half of the channels is the variance
    sd: float = 1.0
    scale: bool = True
    def __call__(self, x, p):
        a, s, n = p.alpha, p.sigma, math.hypot(p.alpha * self.sd, p.sigma)
        out, var = self.net(x / n if self.scale else x, p.t), None
        if self.split: out, var = np.split(out, 2, 1)
        if self.kind == "sample": x0, eps = out, (x - a * out) / s
        elif self.kind == "v_prediction": x0, eps = (a * self.sd**2 * x - s * n * self.sd * out) / n**2, (s * x / n + a * self.sd * out) / n
        else: x0, eps = (x - s * out) / a, out
        raw = x0
        if self.threshold: x0 = dynamic_threshold(x0, *self.threshold)
        elif self.clip: x0 = np.clip(x0, -self.clip, self.clip)
        if self.rederive and x0 is not raw: eps = (x - a * x0) / s
        return Prediction(x0, eps, var)

def dynamic_threshold(x0, ratio, top):
    s = np.clip(np.quantile(np.abs(x0).reshape(len(x0), -1), ratio, axis=1), 1, top).reshape(-1, 1, 1, 1)      # linear quantile
    return np.clip(x0, -s, s) / s

# ================================================================================================ the arithmetic
def weights(u, m):
    """w with sum_j w_j u_j^i = m_i: each Lagrange basis polynomial through the nodes u_j, in powers of u, against the moments m_i."""
    w = []
    for j, uj in enumerate(u):
        c = [1.0]                                                   # coefficients, lowest power first
        for l, ul in enumerate(u):
            if l != j: c = [(lower - ul * same) / (uj - ul) for lower, same in zip([0.0] + c, c + [0.0])]
        w.append(sum(ci * mi for ci, mi in zip(c, m)))
    return w
def adams(k): return [1 / (i + 1) for i in range(k)]
def moments(z, k):
    """m_i = z int_0^1 e^{z(u-1)} u^i du."""
    m = [-math.expm1(-z)]
    for i in range(1, k): m.append(1 - i * m[-1] / z)
    return m

@dataclass
class Clock:
    """What is a polynomial of what. data: x0 of lambda (eta: 0 the ODE, 1 the SDE); noise: eps of lambda; rho: eps of rho; index: eps of the step number.
    second: exact | half (m_0 / 2) | z (z / 2), the moment m_1 when there are two nodes; third: factor on m_2 when there are three."""
    kind: str = "data"
    second: str = "exact"
    third: float = 1.0
    def weights(self, a, b, nodes, eta=0.0):
        """-> (factor of x, weights of the values)"""
        k, h, data = len(nodes), b.lam - a.lam, self.kind == "data"
        if data: A, S, z = b.sigma / a.sigma * (math.exp(-eta * h) if eta else 1), b.alpha, (1 + eta) * h
        else: A, S, z = b.alpha / a.alpha, b.sigma - a.sigma * b.alpha / a.alpha, -h
        if self.kind == "rho": return A, [S * w for w in weights([(p.rho - a.rho) / (b.rho - a.rho) for p in nodes], adams(k))]
        if self.kind == "index": return A, [S * w for w in weights([-j for j in range(k)], adams(k))]
        if k == 1: return A, [S * -math.expm1(-z) if data else S]
        m = moments(z, k)
        if k == 2: m[1] = {"exact": m[1], "half": m[0] / 2, "z": z / 2}[self.second]
        if k == 3: m[2] *= self.third
        return A, [(S if data else b.sigma) * w for w in weights([(p.lam - a.lam) / h for p in nodes], m)]

def leap(x, a, b, nodes, clock, eta=0.0, z=0.0):
    """x at a -> x at b. nodes: [(Point, x0 or eps)], a's own first."""
    A, w = clock.weights(a, b, [p for p, _ in nodes], eta)
    x = A * x + sum(wj * v for wj, (_, v) in zip(w, nodes))
    return x + b.sigma * math.sqrt(-math.expm1(-2 * eta * (b.lam - a.lam))) * z if eta else x
def value(clock, p): return p.x0 if clock.kind == "data" else p.eps

def posterior(a, b): return b.sigma**2 * (1 - (b.sigma * a.alpha / (b.alpha * a.sigma)) ** 2) if b.sigma else 0.0     # variance of x_b given x_a and x0
def step_beta(a, b): return 1 - (a.alpha / b.alpha) ** 2

@dataclass
class Churn:
    s_churn: float = 0.0
    s_tmin: float = 0.0
    s_tmax: float = math.inf
    s_noise: float = 1.0
    always: bool = True      # draw even when gamma is 0 (k-diffusion)
    def __call__(self, x, a, at, n, noise):
        gamma = min(self.s_churn / n, 2**0.5 - 1) if self.s_tmin <= a.sigma <= self.s_tmax else 0.0
        z = noise.draw() * self.s_noise if gamma or self.always else 0.0
        if not gamma: return x, a
        hat = at(a.sigma * (1 + gamma))
        return x + z * math.sqrt(hat.sigma**2 - a.sigma**2), hat

# ================================================================================================ recipes
def ancestral(predict, pairs, x, noise, eta=0.0, std=None, draw=lambda i: False, churn=None, at=None, stale=False):
    """x' = alpha' x0 + sqrt(sigma'^2 - s^2) eps + std z, s^2 = eta^2 posterior; std is s unless given. stale: the network is asked before the churn."""
    for i, (a, b) in enumerate(pairs):
        p = predict(x, a) if stale else None
        if churn:
            x, a = churn(x, a, at, len(pairs), noise)
            if stale: p = Prediction(x - a.sigma * p.eps, p.eps)
        yield "seen", x
        p = p or predict(x, a)
        s = eta * math.sqrt(posterior(a, b)) if eta else 0.0
        x = b.alpha * p.x0 + math.sqrt(max(b.sigma**2 - s * s, 0.0)) * p.eps
        if draw(i): x = x + (s if std is None else std(i, a, b, p)) * noise.draw()
        yield "step", x

def two_stage(predict, grid, x, noise, at, kind, eta=0.0, churn=None):
    """Heun, DPM2, 2S (ODE or ancestral) and the 2-stage SDE, in VE points. at(rho) -> Point."""
    clock = Clock({"heun": "rho", "dpm2": "noise", "2s": "data", "sde": "data"}[kind])
    def ask(x, p): return value(clock, predict(x, p))
    def down_up(a, b):
        up = eta * math.sqrt(posterior(a, b)) if eta else 0.0
        return at(math.sqrt(b.sigma**2 - up**2)) if eta else b, up
    for a, b in zip(grid, grid[1:]):
        if churn: x, a = churn(x, a, at, len(grid) - 1, noise)
        yield "seen", x
        m = ask(x, a)
        end, up = down_up(a, b)
        if end.sigma == 0: x = leap(x, a, DATA, [(a, m)], clock); yield "step", x; continue
        if kind == "sde":
            mid = at(math.sqrt(a.sigma * b.sigma)); low, u = down_up(a, mid)
            y = leap(x, a, low, [(a, m)], clock) + u * noise.draw()
        else:
            mid = end if kind == "heun" else at(math.sqrt(a.sigma * end.sigma))
            y = leap(x, a, mid, [(a, m)], clock)
        yield "inner", y
        m2 = (mid, ask(y, mid))
        # the midpoint rule at r = 1/2 leaves only the middle value
        x = leap(x, a, end, [(a, m), m2] if kind == "heun" else [(a, m2[1])], clock)
        if eta: x = x + up * noise.draw()
        yield "step", x

def multistep(predict, grid, x, noise, order, clock, eta=lambda p: 0.0, draw=lambda i: False, correct=lambda i, q: None):
    """Predict, evaluate, and (correct) repeat the last step with the new value among its nodes; the evaluation is not repeated.
    correct(i, q) -> how many old values join the new one, or None."""
    old, start, z, q = [], None, 0.0, 0
    for i, (a, b) in enumerate(zip(grid, grid[1:])):
        yield "seen", x
        m = (a, value(clock, predict(x, a)))
        k = correct(i, q) if i else None
        if k is not None: x = leap(start, grid[i - 1], a, old[:k] + [m], clock, eta(grid[i - 1]), z)
        old = [m] + old[:3]; q = order(i)
        z = noise.draw() if draw(i) else 0.0
        start, x = x, leap(x, a, b, old[:q], clock, eta(a), z)
        yield "step", x

def singlestep(predict, grid, x, orders, clock, heun=False):
    """A step of order k starts again from the point k - 1 back: the inner points are grid points, each costs one evaluation and yields one state."""
    for i, (k, b) in enumerate(zip(orders, grid[1:])):
        m = (grid[i], value(clock, predict(x, grid[i])))
        if k == 1: group, base = [], x
        group.append(m)
        nodes = group if heun else [group[0], m][:k]
        x = leap(base, grid[i - k + 1], b, nodes, Clock(clock.kind, clock.second if k == 2 else "exact"))
        yield "step", x

def pndm(predict, at, r, ts, x, skip):
    """Three Runge-Kutta steps (or one improved Euler step), then Adams-Bashforth on the step index; every move is a DDIM transfer of a mean eps."""
    clock, old = Clock("index"), []
    def move(x, t, to, e): return leap(x, at(t), at(to), [(at(t), e)], clock)
    def ask(x, t, told): return predict(x, at(t, told)).eps
    if skip:
        t = ts[0]; e1 = ask(x, t, t); y = move(x, t, t - r, e1); yield "inner", y
        e2 = ask(y, t - r, t - r); x = move(x, t, t - r, (e1 + e2) / 2); yield "step", x
        old, ts = [(None, e1)], ts[1:]                              # e2 is dropped; the point is evaluated again
    else:
        for t in ts[:3]:
            mid = t - r + r // 2                                    # what the network is told; x itself is put at t - r // 2 first: they differ when r is odd
            e1 = ask(x, t, t); y = move(x, t, t - r // 2, e1); yield "inner", y
            e2 = ask(y, mid, mid); y = move(x, t, mid, e2); yield "inner", y
            e3 = ask(y, mid, mid); y = move(x, t, t - r, e3); yield "inner", y
            e4 = ask(y, t - r, t - r); x = move(x, t, t - r, (e1 + 2 * e2 + 2 * e3 + e4) / 6); yield "step", x
            old.insert(0, (None, e1))
        ts = ts[3:]
    for t in ts:
        old = [(None, ask(x, t, t))] + old[:3]
        x = leap(x, at(t), at(t - r), old, clock); yield "step", x

# ================================================================================================ diffusers configuration -> recipe
SHAPE = (2, 3, 4, 4)
def toy(x, t): return 0.8 * np.sin(x) * (t / (t + 1)) + 0.2 * x
def unipc_order(q, n, lower): return lambda i: min(q, i + 1, n - i if lower else q)
def dpm_order(c, n):
    """DPM-Solver multistep and DEIS (no final_sigmas_type, no euler_at_final there)."""
    few = c["lower_order_final"] and n < 15
    def order(i):
        if i == n - 1 and (few or c.get("euler_at_final") or c.get("final_sigmas_type") == "zero"): return 1
        return min(c["solver_order"], i + 1, 2 if few and i == n - 2 else 3)
    return order
def single_orders(q, n, final, lower):
    lower = lower or n % q or final == "zero"
    o = (list(range(1, q + 1)) * n)[:n]
    if lower and q > 1 and n % q == 0: o[-q:] = [1, 1] if q == 2 else [1, 2, 1]
    if final == "zero": o[-1] = 1
    return o

def diffusers_run(case):
    """-> timesteps, sigmas or None, start factor, trajectory with every state the scheduler returns"""
    c, cls, step = case["all_config"], case["class"], case.get("step", {})
    T, n, learned = c.get("num_train_timesteps"), case.get("steps"), str(c.get("variance_type") or "")
    def net(x, t):
        m = toy(x, t)
        if learned == "learned_range": m = np.concatenate([m, 0.5 * np.cos(x)], 1)
        if learned == "learned": m = np.concatenate([m, 0.004 * (1.5 + np.cos(x))], 1)
        return m
    predict = Predictor(net, c.get("prediction_type", "epsilon"), c.get("clip_sample_range", 1.0) if c.get("clip_sample") else None,
                        (c["dynamic_thresholding_ratio"], c["sample_max_value"]) if c.get("thresholding") else None, split=learned.startswith("learned"))
    x, noise, sigmas, scale = cosine(SHAPE), Seeded(SHAPE), None, 1.0

    if cls == "DDPMScheduler":
        path = Path.of(c); predict.rederive = True
        ts = (spacing(c["timestep_spacing"], T, n, c["steps_offset"]) if n else np.array(case["timesteps"])).astype(int)
        levels = [path.level(t) for t in ts] + [DATA]
        def std(i, a, b, p):
            small, large = max(posterior(a, b), 1e-20), step_beta(a, b)
            if learned == "learned": return np.sqrt(p.var)
            if learned == "learned_range": f = (p.var + 1) / 2; return np.exp(0.5 * (f * math.log(large) + (1 - f) * math.log(small)))
            return math.sqrt(large if learned == "fixed_large" else small)
        run = ancestral(predict, list(zip(levels, levels[1:])), x, noise, 1.0, std, lambda i: ts[i] > 0)

    elif cls in ("DDIMScheduler", "DDIMInverseScheduler", "PNDMScheduler"):
        path, r = Path.of(c), T // n
        end = DATA if c["set_alpha_to_one"] else path.level(0)
        def at(t, told=None): return path.level(t, told) if t >= 0 else Point(told, end.alpha, end.sigma)
        ts = spacing(c["timestep_spacing"], T, n, c["steps_offset"]).astype(int)
        if cls == "PNDMScheduler":
            run = pndm(predict, at, r, ts, x, c["skip_prk_steps"])
            ts = np.concatenate([ts[:2], ts[1:]] if c["skip_prk_steps"] else [[t, t - r + r // 2, t - r + r // 2, t - r] for t in ts[:3]] + [ts[3:]])
        elif cls == "DDIMInverseScheduler":
            ts = ts[::-1]; run = ancestral(predict, [(at(min(t - r, T - 1), t), at(t)) for t in ts], x, noise)
        else:
            predict.rederive, eta = bool(step.get("use_clipped_model_output")), step.get("eta", 0.0)
            run = ancestral(predict, [(at(t, t), at(t - r)) for t in ts], x, noise, eta, None, lambda i: eta > 0)

    elif cls == "IPNDMScheduler":
        s = np.sin(np.linspace(1, 0, n + 1) * np.pi / 2) ** 2
        grid = [Point(math.atan2(v, math.sqrt(1 - v * v)) / math.pi * 2, math.sqrt(1 - v * v), v) for v in s]
        ts, predict.kind = [p.t for p in grid[:-1]], "v_prediction"
        y = x * grid[1].sigma                                       # compatibility: at alpha = 0 the original takes x0 = 0, eps = x
        def run_():
            yield "step", y
            first = (grid[0], x)
            old, z = [first], y
            for a, b in zip(grid[1:], grid[2:]):
                old = [(a, predict(z, a).eps)] + old[:3]
                z = leap(z, a, b, old, Clock("index")); yield "step", z
        run = run_()

    elif cls in ("EDMEulerScheduler", "EDMDPMSolverMultistepScheduler"):
        rho = ramp(c["sigma_schedule"], c["sigma_max"], c["sigma_min"], n, c["rho"])
        sign = -1 if c["prediction_type"] == "epsilon" else 1       # the EDM network is minus v
        predict = Predictor(lambda x, t: sign * net(x, t), "v_prediction", None, predict.threshold, sd=c["sigma_data"])
        grid = [Point(0.25 * math.log(s), 1.0, s) for s in rho] + [DATA if c["final_sigmas_type"] == "zero" else Point(None, 1.0, rho[-1])]
        ts, sigmas, scale = [p.t for p in grid[:-1]], [p.sigma for p in grid], math.hypot(c["sigma_max"], 1)
        if cls == "EDMEulerScheduler": run = ancestral(predict, list(zip(grid, grid[1:])), x * scale, noise)
        else:
            sde = c["algorithm_type"].startswith("sde")
            run = multistep(predict, grid, x * scale, noise, dpm_order(c, n), Clock("data", "half" if c["solver_type"] == "midpoint" else "exact", 0.5), lambda p: float(sde), lambda i: sde)

    elif cls in ("DPMSolverMultistepScheduler", "DPMSolverSinglestepScheduler", "UniPCMultistepScheduler", "DEISMultistepScheduler", "SASolverScheduler"):
        path = Path.of(c, floor=True)
        kind = "karras" if c.get("use_karras_sigmas") else "exponential" if c.get("use_exponential_sigmas") or c.get("use_lu_lambdas") else None
        ts = spacing(c.get("timestep_spacing", "linspace"), T, n, c.get("steps_offset", 0), fence=1); rho = path.rho_of(ts)
        if kind: rho = ramp(kind, path.rho[-1], path.rho[0], n); ts = path.t_of(rho); ts = np.floor(ts) if c.get("use_exponential_sigmas") else np.round(ts)
        last = 0.0 if c.get("final_sigmas_type") == "zero" else path.rho[0]
        grid, sigmas = [path.at(r, t) for r, t in zip(rho, ts)] + [path.at(last, -1)], list(rho) + [last]
        data, q, second = c.get("algorithm_type") not in ("dpmsolver", "deis", "noise_prediction"), c.get("solver_order"), "half" if c.get("solver_type") == "midpoint" else "exact"
        predict.rederive = not data
        clock = Clock("data" if data else "noise", second, 0.5)
        if cls.startswith("DPMSolverM"):
            sde = c["algorithm_type"].startswith("sde")
            run = multistep(predict, grid, x, noise, dpm_order(c, n), clock, lambda p: float(sde), lambda i: sde)
        elif cls.startswith("DPMSolverS"): run = singlestep(predict, grid, x, single_orders(q, n, c["final_sigmas_type"], c["lower_order_final"]), clock, c["solver_type"] == "heun")
        elif cls.startswith("DEIS"): run = multistep(predict, grid, x, noise, dpm_order(c, n), Clock("noise"))
        elif cls.startswith("UniPC"):
            clock = Clock("data" if c["predict_x0"] else "noise", "half" if c["solver_type"] == "bh2" else "z")
            run = multistep(predict, grid, x, noise, unipc_order(q, n, c["lower_order_final"]), clock, correct=lambda i, k: None if i - 1 in c["disable_corrector"] else k)
        else:
            P, C, lower = c["predictor_order"], c["corrector_order"], c["lower_order_final"]
            run = multistep(predict, grid, x, noise, unipc_order(P, n, lower), Clock("data", "z"), lambda p: 1.0 if 200 <= p.t <= 800 else 0.0, lambda i: True,
                            lambda i, k: min(C, i + 1, n - i + 2 if lower else C) - 1)

    else:                                                           # Euler, Euler ancestral, Heun, LMS, KDPM2, KDPM2 ancestral: VE points
        path = Path.of(c, ve=True, floor=True)
        ts = spacing(c["timestep_spacing"], T, n, c["steps_offset"], integer=False); rho = path.rho_of(ts)
        kind = "karras" if c.get("use_karras_sigmas") else "exponential" if c.get("use_exponential_sigmas") else None
        if kind: rho = ramp(kind, rho[0], rho[-1], n); ts = path.t_of(rho); ts = np.round(ts) if cls.startswith("KDPM2") and kind == "karras" else ts
        last = path.rho[0] if c.get("final_sigmas_type") == "sigma_min" else 0.0
        grid, sigmas = [path.at(r, t) for r, t in zip(rho, ts)] + [path.at(last, -1)], list(rho) + [last]
        scale = rho[0] if c["timestep_spacing"] in ("linspace", "trailing") else math.hypot(rho[0], 1); x = x * float(scale)
        pairs, eta = list(zip(grid, grid[1:])), 1.0 if "Ancestral" in cls else 0.0
        if cls.startswith("Euler"): run = ancestral(predict, pairs, x, noise, eta, draw=lambda i: eta > 0, churn=Churn(**step, always=False) if step else None, at=path.at, stale=bool(step))
        elif cls.startswith("LMS"): run = multistep(predict, grid, x, noise, lambda i: min(4, i + 1), Clock("rho"))
        else:
            heun = cls.startswith("Heun")
            run = two_stage(predict, grid, x, noise, path.at, "heun" if heun else "dpm2", eta)
            mids = ts[1:] if heun else [path.t_of(math.sqrt(a.sigma * math.sqrt(b.sigma**2 - eta * posterior(a, b)))) for a, b in pairs[:-1]]
            ts = [ts[0]] + [v for pair in zip(mids, ts[1:]) for v in pair]
            sigmas = [sigmas[0]] + [s for s in sigmas[1:-1] for _ in (0, 1)] + [0.0] * (1 if heun else 3)
    return ts, sigmas, scale, np.stack([cosine(SHAPE) * float(scale)] + [s for tag, s in run if tag != "seen"])

# ================================================================================================ k-diffusion and the DDIM authors
def kdiffusion_run(name, entry, sig):
    base, kw, n = name.split("-")[0], dict(entry["arguments"]), len(sig) - 1
    def at(s): return Point(s, 1.0, s)
    A, S = 0.6, 0.3
    def D(x, s): v = S * S + s * s; return S * S / v * x + s * s / v * A * np.tanh(A * x / v)
    predict, grid, noise, x = Predictor(D, "sample", scale=False), [at(s) for s in sig], Cosine(SHAPE), cosine(SHAPE) * float(sig[0])
    pairs, eta = list(zip(grid, grid[1:])), kw.get("eta", 1.0)
    churn = Churn(**{k: v for k, v in kw.items() if k.startswith("s_")})
    if base == "euler": run = ancestral(predict, pairs, x, noise, churn=churn, at=at)
    elif base == "euler_ancestral": run = ancestral(predict, pairs, x, noise, eta, draw=lambda i: i < n - 1)
    elif base in ("heun", "dpm_2"): run = two_stage(predict, grid, x, noise, at, base.replace("_", ""), churn=churn)
    elif base in ("dpm_2_ancestral", "dpmpp_2s_ancestral", "dpmpp_sde"): run = two_stage(predict, grid, x, noise, at, {"dpm_2_ancestral": "dpm2", "dpmpp_2s_ancestral": "2s", "dpmpp_sde": "sde"}[base], eta)
    elif base == "lms": run = multistep(predict, grid, x, noise, lambda i: min(4, i + 1), Clock("rho"))
    else:
        q, sde = {"dpmpp_2m": (2, False), "dpmpp_2m_sde": (2, True), "dpmpp_3m_sde": (3, True)}[base]
        clock = Clock("data", "exact" if q == 3 or kw.get("solver_type") == "heun" else "half", 0.5)
        run = multistep(predict, grid, x, noise, lambda i: 1 if i == n - 1 else min(q, i + 1), clock, lambda p: eta if sde else 0.0, lambda i: sde and i < n - 1)
    frames = list(run)
    return np.stack([s for tag, s in frames if tag == "seen"] + [frames[-1][1]])

def ddim_authors(kind, count, eta, ddpm=False):
    path = Path(np.cumprod(1 - np.linspace(1e-4, 0.02, 1000)))
    ts = spacing(kind, 1000, count); levels = [path.level(t) for t in ts] + [DATA]
    predict = Predictor(toy, clip=1.0 if ddpm else None, rederive=ddpm)
    std = (lambda i, a, b, p: math.sqrt(step_beta(a, b)) if ts[i] else 0.0) if ddpm else None
    run = ancestral(predict, list(zip(levels, levels[1:])), cosine(SHAPE), Cosine(SHAPE), 1.0 if ddpm else eta, std, lambda i: True)      # a draw every step, used or not
    return np.stack([cosine(SHAPE)] + [s for tag, s in run if tag == "step"])

# ================================================================================================ guided-diffusion: respacing, bounds, losses, chains
def respace(T, text):
    if text.startswith("ddim"):
        n = int(text[4:])
        for stride in range(1, T):
            if len(range(0, T, stride)) == n: return list(range(0, T, stride))
        raise ValueError("no integer stride")
    counts, out, start = [int(v) for v in text.split(",")], set(), 0
    for i, k in enumerate(counts):
        size = T // len(counts) + (i < T % len(counts))
        if size < k: raise ValueError(f"cannot divide section of {size} steps into {k}")
        cur, stride = 0.0, (size - 1) / (k - 1) if k > 1 else 1
        for _ in range(k): out.add(start + round(cur)); cur += stride
        start += size
    return sorted(out)

class Gaussian:
    """Tables over the kept steps, index 0 the first step of the forward process."""
    def __init__(self, betas, keep=None, mean="EPSILON", var="fixed_large"):
        ab = np.cumprod(1 - np.asarray(betas))
        self.map = np.arange(len(ab)) if keep is None else np.array(keep)
        self.ab = ab[self.map]; self.prev, self.next = np.append(1.0, self.ab[:-1]), np.append(self.ab[1:], 0.0)
        self.beta = 1 - self.ab / self.prev; self.T, self.mean, self.var = len(self.ab), mean, var
        self.post = self.beta * (1 - self.prev) / (1 - self.ab)
        self.post_log = np.log(np.append(self.post[1], self.post[1:]))                # index 0 borrows from index 1
        self.c0, self.c1 = self.beta * np.sqrt(self.prev) / (1 - self.ab), (1 - self.prev) * np.sqrt(1 - self.beta) / (1 - self.ab)
    def q(self, x0, t, z): return b4(np.sqrt(self.ab[t])) * x0 + b4(np.sqrt(1 - self.ab[t])) * z
    def posterior(self, x0, x, t): return b4(self.c0[t]) * x0 + b4(self.c1[t]) * x
    def eps(self, x, t, x0): return (x - b4(np.sqrt(self.ab[t])) * x0) / b4(np.sqrt(1 - self.ab[t]))
    def p(self, net, x, t, clip=True):
        """-> mean, variance, log-variance, x0, raw output"""
        out, v = net(x, self.map[t]), None
        if self.var.startswith("learned"): out, v = np.split(out, 2, 1)
        if self.var == "learned": log = v
        elif self.var == "learned_range": f = (v + 1) / 2; log = f * b4(np.log(self.beta[t])) + (1 - f) * b4(self.post_log[t])
        elif self.var == "fixed_small": log = b4(self.post_log[t])
        else: log = b4(np.log(np.append(self.post[1], self.beta[1:]))[t])
        var = b4(self.post[t]) if self.var == "fixed_small" else np.exp(log)
        bound = (lambda v: np.clip(v, -1, 1)) if clip else (lambda v: v)
        if self.mean == "PREVIOUS_X": return out, var, log, bound((out - b4(self.c1[t]) * x) / b4(self.c0[t])), out
        x0 = bound(out if self.mean == "START_X" else (x - b4(np.sqrt(1 - self.ab[t])) * out) / b4(np.sqrt(self.ab[t])))
        return self.posterior(x0, x, t), var, log, x0, out
    def vb(self, net, x0, x, t, clip):
        true, (mean, _, log, px0, _), lt = self.posterior(x0, x, t), self.p(net, x, t, clip), b4(self.post_log[t])
        kl = 0.5 * (-1 + log - lt + np.exp(lt - log) + (true - mean) ** 2 * np.exp(-log))
        nll = -discretized_log_likelihood(x0, mean, 0.5 * log)
        return np.where(t == 0, flat(nll), flat(kl)) / np.log(2), px0
    def bpd(self, net, x0, noise):
        r = {"vb": [], "xstart_mse": [], "mse": []}
        for k in reversed(range(self.T)):
            t, z = np.full(len(x0), k), noise.draw(); x = self.q(x0, t, z)
            vb, px0 = self.vb(net, x0, x, t, True)
            r["vb"].append(vb); r["xstart_mse"].append(flat((px0 - x0) ** 2)); r["mse"].append(flat((self.eps(x, t, px0) - z) ** 2))
        r, s2 = {k: np.stack(v, 1) for k, v in r.items()}, 1 - self.ab[-1]
        r["prior_bpd"] = flat(0.5 * (-1 - np.log(s2) + s2 + self.ab[-1] * x0**2)) / np.log(2)
        r["total_bpd"] = r["vb"].sum(1) + r["prior_bpd"]
        return r
    def loss(self, kind, net, x0, t, z):
        x, rescaled = self.q(x0, t, z), kind.startswith("RESCALED")
        if kind.endswith("KL"): return {"loss": self.vb(net, x0, x, t, False)[0] * (self.T if rescaled else 1)}
        r = {"mse": flat((z - self.p(net, x, t, False)[4]) ** 2)}
        if self.var.startswith("learned"): r["vb"] = self.vb(net, x0, x, t, False)[0] * (self.T / 1000 if rescaled else 1)
        return {**r, "loss": sum(r.values())}
    def ddpm(self, net, x, noise):
        for k in reversed(range(self.T)):
            m, _, log, _, _ = self.p(net, x, np.full(len(x), k)); z = noise.draw()
            x = m + (np.exp(0.5 * log) * z if k else 0)
        return x
    def ddim(self, net, x):
        for k in reversed(range(self.T)):
            t = np.full(len(x), k); x0 = self.p(net, x, t)[3]
            x = np.sqrt(self.prev[k]) * x0 + np.sqrt(1 - self.prev[k]) * self.eps(x, t, x0)
        return x
    def encode(self, net, x):
        for k in range(self.T):
            t = np.full(len(x), k); x0 = self.p(net, x, t, False)[3]
            x = np.sqrt(self.next[k]) * x0 + np.sqrt(1 - self.next[k]) * self.eps(x, t, x0)
        return x

def b4(v): return np.asarray(v).reshape(-1, 1, 1, 1)
def flat(v): return v.reshape(len(v), -1).mean(1)
def cdf(v): return 0.5 * (1 + np.tanh(np.sqrt(2 / np.pi) * (v + 0.044715 * v**3)))
def discretized_log_likelihood(x, mean, log_std):
    hi, lo = cdf((x - mean + 1 / 255) * np.exp(-log_std)), cdf((x - mean - 1 / 255) * np.exp(-log_std))
    def f(p): return np.log(np.maximum(p, 1e-12))
    return np.where(x < -0.999, f(hi), np.where(x > 0.999, f(1 - lo), f(hi - lo)))
def guided_betas(kind, T): return np.linspace(0.1 / T, 20 / T, T) if kind == "linear" else betas_of("squaredcos_cap_v2", T, 0, 0)

# ================================================================================================ checks
def load(file):
    with safe_open(file, "pt") as f: return {k: f.get_tensor(k).double().numpy() for k in f.keys()}
def rel(a, b):
    a, b = np.asarray(a, float), np.asarray(b, float)
    return float(np.abs(a - b).max() / max(np.abs(b).max(), 1e-30)) if a.shape == b.shape else math.inf

def check(root):
    rows = []
    index, want = json.load(open(f"{root}/schedulers/index.json")), load(f"{root}/schedulers/trajectories.safetensors")
    for name, case in index.items():
        ts, sigmas, scale, y = diffusers_run(case)
        t0 = np.array(case["timesteps"]); ts = np.array(ts, float)
        dt = np.abs(ts - t0).max() if ts.shape == t0.shape else math.inf
        ds = rel(sigmas, case["sigmas"]) if case["sigmas"] and sigmas is not None else None
        rows.append(("schedulers", name, rel(y, want[name]), f"t {dt:.0e}" + (f", sigmas {ds:.0e}" if ds is not None else "") + f", start {abs(scale / case['init_noise_sigma'] - 1):.0e}"))
    index, want = json.load(open(f"{root}/continuous/continuous.json")), load(f"{root}/continuous/continuous.safetensors")
    n = len(want["sigmas.karras"]) - 1
    for g, r in (("karras", 7.0), ("exponential", 7.0), ("polyexponential", 2.0), ("vp", 7.0)):
        rows.append(("continuous", f"sigmas.{g}", rel(np.append(ramp(g, 80.0, 0.01, n, r), 0), want[f"sigmas.{g}"]), ""))
    for name, entry in index.items():
        if name == "mixture": continue
        if isinstance(entry, dict):
            own = np.append(ramp(entry["grid"], 80.0, 0.01, n, 2.0 if entry["grid"].startswith("poly") else 7.0), 0.0)
            given = rel(kdiffusion_run(name, entry, want["sigmas." + entry["grid"]]), want[name])
            rows.append(("continuous", name, rel(kdiffusion_run(name, entry, own), want[name]), f"with the file's float32 grid {given:.0e}"))
        else:
            kind, count = name.split("-"); rows.append(("continuous", name, 0.0 if spacing(kind, 1000, int(count))[::-1].tolist() == entry else math.inf, "list"))
    for kind in ("quadratic", "uniform"):
        for eta in (0.0, 0.3, 1.0): rows.append(("continuous", f"ddim-authors-{kind}-eta{eta}", rel(ddim_authors(kind, n, eta), want[f"ddim-authors-{kind}-eta{eta}"]), ""))
    rows.append(("continuous", "ddpm-authors-uniform", rel(ddim_authors("uniform", n, 0, True), want["ddpm-authors-uniform"]), ""))

    index, want = json.load(open(f"{root}/likelihood/likelihood.json")), load(f"{root}/likelihood/likelihood.safetensors")
    T, shape = index["T"], (4, 3, 8, 8)
    def model(kind):
        def f(x, t):
            t = b4(np.asarray(t, float)); m = 0.8 * np.sin(x) * (t / (t + 1)) + 0.2 * x
            if kind == "learned_range": m = np.concatenate([m, 0.5 * np.cos(x)], 1)
            if kind == "learned": m = np.concatenate([m, -4 + 0.5 * np.cos(x)], 1)
            return m
        return f
    x0 = np.round(127.5 + 100 * cosine(shape) / 2**0.5).clip(0, 255) / 127.5 - 1
    got, kinds = {"x0": x0}, ("fixed_small", "fixed_large", "learned_range", "learned")
    for s in ("linear", "cosine"):
        rows.append(("likelihood", f"betas.{s}", rel(guided_betas(s, T), index[f"betas.{s}"]), ""))
        for v in kinds: got |= {f"bpd.{s}.{v}.{k}": a for k, a in Gaussian(guided_betas(s, T), var=v).bpd(model(v), x0, Cosine(shape)).items()}
    t, lin = np.array([0, 1, T // 2, T - 1]), guided_betas("linear", T)
    for v in kinds:
        for loss in ("MSE", "RESCALED_MSE", "KL", "RESCALED_KL"): got |= {f"loss.{loss}.{v}.{k}": a for k, a in Gaussian(lin, var=v).loss(loss, model(v), x0, t, cosine(shape, 9)).items()}
        for p in ("EPSILON", "START_X", "PREVIOUS_X"):
            m, var, _, px0, _ = Gaussian(lin, mean=p, var=v).p(model(v), cosine(shape, 3), t)
            got |= {f"p.{p}.{v}.mean": m, f"p.{p}.{v}.variance": var + 0 * m, f"p.{p}.{v}.pred_xstart": px0}
    g = Gaussian(lin); xt = g.q(x0, t, cosine(shape, 2))
    got |= {"q_sample": xt, "posterior.mean": g.posterior(x0, xt, t), "posterior.variance": b4(g.post[t]) + 0 * xt, "posterior.log_variance": b4(g.post_log[t]) + 0 * xt}
    for sp in ("ddim10", "5,10,15", "10", "7"):
        try: mine = respace(T, sp)
        except ValueError as e: mine = "error: " + str(e)
        rows.append(("likelihood", f"spacing.{sp}", 0.0 if mine == index[f"spacing.{sp}"] else math.inf, "list"))
    for sp in ("10", "ddim10"):
        g, f = Gaussian(lin, respace(T, sp), var="learned_range"), model("learned_range")
        rows.append(("likelihood", f"spaced_betas.{sp}", rel(g.beta, index[f"spaced_betas.{sp}"]), ""))
        got |= {f"chain.ddpm.{sp}": g.ddpm(f, cosine(shape), Cosine(shape)), f"chain.ddim.{sp}": g.ddim(f, cosine(shape)), f"encode.ddim.{sp}": g.encode(f, x0)}
    for k in sorted(want): rows.append(("likelihood", k, rel(got[k], want[k]) if k in got else math.inf, ""))
    snr = json.load(open(f"{root}/training/training.json"))["min_snr"]
    for name, e in snr.items():
        kind, gamma = name.split(" gamma "); ab = alpha_bar_of(betas_of(kind, 1000, 1e-4, 0.02), Path.FLOAT_TABLE)[e["t"]]; s = ab / (1 - ab); m = np.minimum(s, float(gamma))
        worst = max(float(np.abs(np.array(e[k]) / v - 1).max()) for k, v in {"snr": s, "weight_epsilon": m / s, "weight_v": m / (s + 1), "weight_x0": m}.items())
        rows.append(("training", f"min_snr {name}", worst, "elementwise relative"))
    return rows

if __name__ == "__main__":
    Path.FLOAT_TABLE, DTYPE = "-double" not in sys.argv, np.float32 if "-float" in sys.argv else np.float64
    for root in [a for a in sys.argv[1:] if a[0] != "-"]:
        rows = check(root); bad = [r for r in rows if not r[2] <= 1e-4]
        print(f"== {root}: {len(rows)} values, {len(bad)} above 1e-4, largest of the rest {max(r[2] for r in rows if r[2] <= 1e-4):.1e}")
        for r in (rows if "-v" in sys.argv else bad): print(f"{r[2]:.1e}  {r[0]}/{r[1]}  {r[3]}")
