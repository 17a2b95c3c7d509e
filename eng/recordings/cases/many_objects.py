"""Writes many-objects.pth: two weights in the form of torch.save, beside objects of many of Python's and NumPy's classes.

Needs Python 3.11 and NumPy 1.24; not PyTorch, of which only the few names are made up that such a file speaks of.
    python3 many_objects.py ../../../Ddpm.Tests/Golden/cases/checkpoints/many-objects.pth
"""
import argparse, collections, dataclasses, datetime, decimal, enum, fractions, functools, io, pathlib, pickle, random, struct, sys, types, uuid, zipfile
import numpy


def module(name):
    made = sys.modules[name] = types.ModuleType(name)
    return made


def named(owner, name, kind=type):
    made = type(name, (), {}) if kind is type else (lambda *arguments: None)
    made.__module__, made.__qualname__, made.__name__ = owner.__name__, name, name
    setattr(owner, name, made)
    return made


torch, utils = module("torch"), module("torch._utils")
FloatStorage, rebuild = named(torch, "FloatStorage"), named(utils, "_rebuild_tensor_v2", "function")


class Storage:
    def __init__(self, key, values):
        self.key, self.values = key, values


class Tensor:
    def __init__(self, storage, *sizes):
        self.storage, self.sizes = storage, sizes

    def __reduce__(self):
        strides = tuple(int(numpy.prod(self.sizes[i + 1:])) for i in range(len(self.sizes)))
        return rebuild, (self.storage, 0, self.sizes, strides, False, collections.OrderedDict())


class Pickler(pickle.Pickler):
    def persistent_id(self, value):
        if isinstance(value, Storage):
            return "storage", FloatStorage, value.key, "cpu", len(value.values)


class Colour(enum.Enum):
    RED = 1


@dataclasses.dataclass
class Settings:
    rate: float = 1e-4
    path: pathlib.Path = pathlib.PurePosixPath("/data")


class Callback:
    def __init__(self):
        self.itself, self.bound, self.parts = self, self.call, ([], self)
        self.parts[0].append(self.parts)

    def call(self):
        pass


class Slots:
    __slots__ = ("a",)


class WithNew(str):
    def __getnewargs__(self):
        return str(self), "more"

    def __new__(cls, text, more=""):
        return str.__new__(cls, text)


class MyDict(dict):
    pass


class MyOrdered(collections.OrderedDict):
    pass


class MyList(list):
    pass


Point = collections.namedtuple("Point", "x y")
weights = [Storage("0", [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]), Storage("1", [0.5, -0.5])]
ordered = MyOrdered([("a.weight", Tensor(weights[0], 2, 3)), ("a.bias", Tensor(weights[1], 2))])
ordered._metadata = collections.OrderedDict(version=1)
slots = Slots()
slots.a = 1
saved = {
    "state_dict": collections.OrderedDict([("a.weight", Tensor(weights[0], 2, 3)), ("a.bias", Tensor(weights[1], 2))]),
    "args": argparse.Namespace(lr=1e-4, names=["a", "b"]),
    "derived": ordered,
    "state": collections.defaultdict(dict, {0: {"exp_avg": Tensor(weights[1], 2)}}),
    "objects": [
        Colour.RED, Settings(), Callback(), slots, WithNew("text"), Point(1, 2), pathlib.PurePosixPath("/a/b"), datetime.datetime(2026, 1, 2),
        datetime.timedelta(1), decimal.Decimal("1.5"), fractions.Fraction(1, 3), uuid.UUID(int=7), complex(1, 2), b"bytes \xff\x00", bytearray(b"x"),
        range(3), slice(1, 2), frozenset([1, (2, 3)]), {(1, 2), (3, 4)}, collections.Counter("abca"), collections.deque([1, 2], 5), print, len,
        functools.partial(int, base=2), random.Random(1).getstate(), Ellipsis, NotImplemented, int, dict, None, True, 2 ** 100, -1, 1.5, "text é",
    ],
    "numpy": [numpy.float64(0.5), numpy.int64(3), numpy.arange(6.0), numpy.random.RandomState(1).get_state(), numpy.dtype("f4"), numpy.bool_(True)],
    "containers": [MyDict(a=1), MyList([1, 2]), {(32, 32): "key of a tuple", Colour.RED: "key of an object", 1.5: "number", None: "none"}],
}
data = io.BytesIO()
Pickler(data, protocol=2).dump(saved)
with zipfile.ZipFile(sys.argv[1], "w", zipfile.ZIP_STORED) as file:
    def add(name, content):
        file.writestr(zipfile.ZipInfo("archive/" + name, (1980, 1, 1, 0, 0, 0)), content)
    add("data.pkl", data.getvalue())
    add("version", "3\n")
    add("byteorder", "little")
    for storage in weights:
        add("data/" + storage.key, struct.pack(f"<{len(storage.values)}f", *storage.values))
