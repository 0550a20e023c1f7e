"""Writes the files in numpy/ and torch/: every variant holds the numbers that its name tells.

    python3 make_numpy_and_torch.py        (needs numpy and torch)
"""
import io
import os
import pickle
import struct
import sys
import zipfile

import numpy as np
import torch

os.chdir(os.path.dirname(os.path.abspath(__file__)))

array = np.arange(24, dtype=np.float32).reshape(2, 3, 4) / 8 - 1

# One file per header version, byte order, element order and type; all hold `array`.
for version in [(1, 0), (2, 0), (3, 0)]:
    with open(f"numpy/version{version[0]}.npy", "wb") as file:
        np.lib.format.write_array(file, array, version=version)
np.save("numpy/big_endian.npy", array.astype(">f4"))
np.save("numpy/fortran.npy", np.asfortranarray(array))
np.save("numpy/fortran_big_endian.npy", np.asfortranarray(array.astype(">f8")))
np.save("numpy/float16.npy", array.astype(np.float16))
np.save("numpy/scalar.npy", np.float32(2.5))
np.save("numpy/empty.npy", np.zeros((0, 3), np.float32))
np.save("numpy/int64.npy", np.array([[-5, 7]], np.int64))
np.save("numpy/text.npy", np.array(["a", "b"]))
np.save("numpy/structure.npy", np.zeros(2, [("a", "<f4"), ("b", "<i4")]))
np.savez("numpy/stored.npz", w=array, mu=np.arange(3, dtype=np.float64))
np.savez_compressed("numpy/deflated.npz", w=array, mu=np.arange(3, dtype=np.float64))
# A vector with its regions, as a dictionary inside an array of objects and as a plain pickle.
vector = {"edit_vector": array[0], "roi_ids": [3, 5]}
np.save("numpy/dictionary.npy", vector, allow_pickle=True)
for protocol in [2, 3, 4, 5]:
    with open(f"numpy/dictionary_p{protocol}.pkl", "wb") as file:
        pickle.dump(
            {**vector, "fortran": np.asfortranarray(array), "big": array.astype(">f4"),
             "scalar": np.float64(0.25), "count": np.int32(-7), "flag": np.bool_(True)},
            file, protocol=protocol)

state = {"a": torch.arange(6, dtype=torch.float32).reshape(2, 3), "b": torch.tensor([1, -2])}
state["half"] = state["a"].half() / 4


def rewrite(change, target, method=zipfile.ZIP_STORED, force_zip64=False):
    """A torch archive with its records changed by `change(name, bytes)`."""
    buffer = io.BytesIO()
    torch.save(state, buffer)
    source = zipfile.ZipFile(buffer)
    with zipfile.ZipFile(target, "w", method) as archive:
        for name in source.namelist():
            with archive.open(zipfile.ZipInfo(name), "w", force_zip64=force_zip64) as record:
                record.write(change(name, source.read(name)))


def big_endian(name, data):
    if name.endswith("byteorder"):
        return b"big"
    if "/data/" in name:
        size = {"0": 4, "1": 8, "2": 2}[name.rsplit("/", 1)[1]]
        return b"".join(data[i:i + size][::-1] for i in range(0, len(data), size))
    return data


rewrite(big_endian, "torch/big_endian.pt")
rewrite(lambda name, data: data, "torch/zip64.pt", force_zip64=True)
torch.save(state, "torch/little_endian.pt")
# uint16 and float8 tensors go through _rebuild_tensor_v3 and untyped storages.
torch.save({"u16": torch.tensor([1, 65535], dtype=torch.uint16),
            "f8": torch.tensor([1.0, -2.0]).to(torch.float8_e4m3fn)}, "torch/untyped.pt")
torch.save({"small": torch.zeros(1), "large": torch.zeros(1).expand(1 << 40)}, "torch/expanded.pt")
torch.save(torch.nn.Sequential(torch.nn.Linear(2, 3)), "torch/whole_module.pt")
torch.save(torch.arange(3.0), "torch/bare_tensor.pt")
torch.save(torch.arange(3.0), "torch/bare_tensor_legacy.pt", _use_new_zipfile_serialization=False)


def text(value):
    return b"X" + struct.pack("<I", len(value)) + value.encode()


def legacy_view():
    """A legacy stream with two storages that are views of one block, as PyTorch 0.3 wrote."""
    header = b"".join(pickle.dumps(x, 2) for x in (
        0x1950A86A20F9469CFC6C, 1001,
        {"protocol_version": 1001, "little_endian": True, "type_sizes": {}}))

    def storage(key, offset, size):
        return (b"(" + text("storage") + b"ctorch\nFloatStorage\n" + text("7") + text("cpu")
                + b"K\x06" + b"(" + text(key) + b"K" + bytes([offset]) + b"K" + bytes([size])
                + b"tt" + b"Q")

    def tensor(key, offset, size):
        return (b"ctorch._utils\n_rebuild_tensor\n(" + storage(key, offset, size)
                + b"K\x00K" + bytes([size]) + b"\x85K\x01\x85tR")

    body = (b"\x80\x02}(" + text("head") + tensor("8", 0, 2) + text("tail") + tensor("9", 2, 4)
            + b"u.")
    return (header + body + pickle.dumps(["7"], 2) + struct.pack("<q", 6)
            + np.arange(6, dtype="<f4").tobytes())


open("torch/legacy_views.pt", "wb").write(legacy_view())


def path_key(name, data):
    key = text("0")
    return data.replace(key, text("../../etc/passwd"), 1) if name.endswith("data.pkl") else data


rewrite(path_key, "torch/path_key.pt")
print("written with numpy", np.__version__, "torch", torch.__version__, "python", sys.version_info[:2])
