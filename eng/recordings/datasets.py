"""Data sets as SciPy, NumPy, Python's gzip and zipfile write them: pixel v of image n is (31 n + 7 v) mod 256, v counted as planes of rows.
usage: python datasets.py OUT_FOLDER [FOLDER_OF_PICTURES]"""
import sys, os, gzip, io, struct, zipfile
import numpy as np, scipy.io
out = sys.argv[1]; os.makedirs(out, exist_ok=True)
def images(n, c, h, w): return ((31 * np.arange(n)[:, None] + 7 * np.arange(c * h * w)[None]) % 256).astype(np.uint8).reshape(n, c, h, w)
def to(name, data):
    os.makedirs(os.path.dirname(f"{out}/{name}"), exist_ok=True)
    with open(f"{out}/{name}", "wb") as f: f.write(data)
# --- CIFAR-100: three images to train on, two to test on; fine labels 7, 99, 42 and 1, 0, coarse 0, 19, 5 and 3, 2
names = [f"fine {i}" for i in range(100)], [f"coarse {i}" for i in range(20)]
cell = lambda texts: np.array([[t] for t in texts], dtype=object)
for file, n, fine, coarse in (("train", 3, [7, 99, 42], [0, 19, 5]), ("test", 2, [1, 0], [3, 2])):
    data, fine, coarse = images(n, 3, 32, 32).reshape(n, 3072), np.array(fine, np.uint8), np.array(coarse, np.uint8)
    os.makedirs(f"{out}/cifar-100-matlab", exist_ok=True)
    scipy.io.savemat(f"{out}/cifar-100-matlab/{file}.mat", {"batch_label": f"{file} batch", "data": data, "fine_labels": fine[:, None], "coarse_labels": coarse[:, None],
        "filenames": cell([f"picture_{i}.png" for i in range(n)])}, do_compression=True)
    to(f"cifar-100-binary/{file}.bin", np.concatenate([coarse[:, None], fine[:, None], data], 1).tobytes())
scipy.io.savemat(f"{out}/cifar-100-matlab/meta.mat", {"fine_label_names": cell(names[0]), "coarse_label_names": cell(names[1])}, do_compression=True)
for kind, texts in zip(("fine", "coarse"), names): to(f"cifar-100-binary/{kind}_label_names.txt", "".join(t + "\n" for t in texts).encode())
# --- NumPy: seven images, labels 0 to 6 in some order
labels = np.array([3, 0, 6, 1, 5, 2, 4])
rgb, gray = images(7, 3, 6, 5), images(7, 1, 6, 5)
layouts = {"nchw": rgb, "nhwc": rgb.transpose(0, 2, 3, 1), "nhw": gray[:, 0], "nhwc1": gray.transpose(0, 2, 3, 1), "nhwc-fortran": np.asfortranarray(rgb.transpose(0, 2, 3, 1))}
def npy(a):
    b = io.BytesIO(); np.lib.format.write_array(b, a if a.flags.f_contiguous and not a.flags.c_contiguous else np.ascontiguousarray(a)); return b.getvalue()
for name, a in layouts.items(): to(f"numpy/{name}.npy", npy(a))
to("numpy/labels.npy", npy(labels))
np.savez(f"{out}/numpy/named.npz", images=np.ascontiguousarray(layouts["nhwc"]), labels=labels, mu=np.zeros(3))
np.savez_compressed(f"{out}/numpy/unnamed.npz", np.ascontiguousarray(layouts["nhwc"]), labels.astype(np.uint8)[:, None])
# --- MNIST: five and three images of 28 x 28
for file, n in (("train", 5), ("t10k", 3)):
    for ext, pack in (("", lambda b: b), (".gz", lambda b: gzip.compress(b, mtime=0)), ("-two.gz", lambda b: gzip.compress(b[:900], mtime=0) + gzip.compress(b[900:], mtime=0))):
        if file == "train" or ext == ".gz":
            to(f"mnist{ext}/{file}-images-idx3-ubyte{ext[-3:]}", pack(struct.pack(">IIII", 0x803, n, 28, 28) + images(n, 1, 28, 28).tobytes()))
            to(f"mnist{ext}/{file}-labels-idx1-ubyte{ext[-3:]}", pack(struct.pack(">II", 0x801, n) + bytes(range(n))))
# --- zip files of pictures: by Info-ZIP's zip (a folder packed as a whole, with records of folders) and by Python (deflated, without them)
if len(sys.argv) > 2:
    import subprocess
    pictures = os.path.abspath(sys.argv[2])           # cases/folders
    os.makedirs(f"{out}/zip", exist_ok=True)
    for f in ("whole.zip", "python.zip"):
        if os.path.exists(f"{out}/zip/{f}"): os.remove(f"{out}/zip/{f}")
    subprocess.run(["zip", "-rqX", os.path.abspath(f"{out}/zip/whole.zip"), "train"], cwd=f"{pictures}/empty-class", check=True)
    with zipfile.ZipFile(f"{out}/zip/python.zip", "w", zipfile.ZIP_DEFLATED) as z:
        for folder, _, files in sorted(os.walk(f"{pictures}/appledouble-file")):
            for f in sorted(files, reverse=True): z.write(f"{folder}/{f}", os.path.relpath(f"{folder}/{f}", f"{pictures}/appledouble-file"))
