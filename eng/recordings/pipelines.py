"""UNet2DModel networks and DDPM/DDIM pipelines written and run by diffusers 0.42.1.
usage: python pipelines.py OUT_FOLDER CASES_JSON SEED   (cases: name -> {"unet": {...}, "scheduler": {...}, "pipeline", "layout", "steps", "eta"})"""
import sys, shutil, warnings; warnings.filterwarnings("ignore")
import diffusers; diffusers.utils.logging.set_verbosity_error()
from diffusers import UNet2DModel, DDPMPipeline, DDIMPipeline, DDPMScheduler, DDIMScheduler
from common import *

out, cases, seed = sys.argv[1], json.load(open(sys.argv[2])), int(sys.argv[3])
torch.set_num_threads(2)
SEEDS = [11, 12]           # of the images: one a sample; the first alone for all
OLD = {"to_q": "query", "to_k": "key", "to_v": "value", "to_out.0": "proj_attn"}
summary = {}
for k, (name, case) in enumerate(cases.items()):
    folder = f"{out}/{name}"
    shutil.rmtree(folder, ignore_errors=True)
    unet = UNet2DModel(**case["unet"]).eval()
    randomise(unet, seed + k, case.get("scale", 1.0))
    Scheduler, Pipeline = (DDIMScheduler, DDIMPipeline) if case.get("pipeline") == "ddim" else (DDPMScheduler, DDPMPipeline)
    scheduler = Scheduler(**case.get("scheduler", {}))
    cfg, classes = unet.config, case["unet"].get("num_class_embeds")
    h, w = case.get("size", [16, 16])
    x = cosine_noise((3, cfg.in_channels, h, w), k); t = torch.tensor(case.get("t", [999, 1, 500]))
    labels = torch.tensor([0, 1, classes - 1]) if classes else None
    with torch.no_grad(): y = unet(x, t, class_labels=labels).sample
    pipe = Pipeline(unet, scheduler)
    layout = case.get("layout", "folders")
    pipe.save_pretrained(folder, safe_serialization=not layout.startswith("bin"), **({"max_shard_size": "60KB"} if layout == "shards" else {}))
    if layout in ("flat", "bin-flat"):                 # as the first published DDPM models lie: everything at the root
        for sub in ("unet", "scheduler"):
            for f in os.listdir(f"{folder}/{sub}"): shutil.move(f"{folder}/{sub}/{f}", f"{folder}/{f}")
            os.rmdir(f"{folder}/{sub}")
    root = folder if layout in ("flat", "bin-flat") else f"{folder}/unet"
    if case.get("old_names"):
        sd = {}
        for n, v in unet.state_dict().items():
            for new, old in OLD.items():
                if ".attentions." in n: n = n.replace("." + new + ".", "." + old + ".")
            sd[n] = v
        if layout.startswith("bin"): torch.save(sd, f"{root}/diffusion_pytorch_model.bin")
        else: save(f"{root}/diffusion_pytorch_model.safetensors", sd)
    if case.get("use_default_values"):
        c = json.load(open(f"{root}/config.json")); c["_use_default_values"] = case["use_default_values"]
        for key in case["use_default_values"]: c[key] = None if case.get("poison") is None else case["poison"]
        save_json(f"{root}/config.json", c)
    for key in case.get("drop_keys", []):
        c = json.load(open(f"{root}/config.json")); c.pop(key); save_json(f"{root}/config.json", c)
    again = UNet2DModel.from_pretrained(root, use_safetensors=None if layout.startswith("bin") else True).eval()    # the folder, read back by its own library
    with torch.no_grad(): assert torch.equal(again(x, t, class_labels=labels).sample, y), name
    files = {"x": x, "t": t, "y": y}
    if labels is not None: files["labels"] = labels
    if case.get("steps") and classes is None:
        kw = {"eta": case["eta"], "use_clipped_model_output": case.get("use_clipped")} if case.get("pipeline") == "ddim" else {}
        pipe.set_progress_bar_config(disable=True)
        img = pipe(batch_size=2, num_inference_steps=case["steps"], generator=torch.Generator("cpu").manual_seed(SEEDS[0]), output_type="np", **kw).images
        files["images"] = torch.from_numpy(img)        # [2, H, W, C] in 0..1
        one = [torch.Generator("cpu").manual_seed(s) for s in SEEDS]
        files["images_by_generator_list"] = torch.from_numpy(pipe(batch_size=2, num_inference_steps=case["steps"], generator=one, output_type="np", **kw).images)
    save(f"{folder}/expected.safetensors", files)
    summary[name] = {"parameters": sum(p.numel() for p in unet.parameters()), "layout": layout, "pipeline": case.get("pipeline", "ddpm"), "steps": case.get("steps"), "eta": case.get("eta"), "seeds": SEEDS,
                     "old_names": case.get("old_names", False), "use_clipped_model_output": case.get("use_clipped"), "sum_abs_y": float(y.abs().double().sum())}
    print(name, summary[name], flush=True)
save_json(f"{out}/summary.json", summary)
