"""Writes a network for ONNX Runtime: export_onnx.py NETWORK BATCH FILE."""
import sys
import warnings

import torch

import network

name, batch, file = sys.argv[1:]
warnings.simplefilter("ignore")
shown = torch.randn(int(batch), 3, 32, 32), torch.full((int(batch),), 333.0)
older = {} if torch.__version__ < "2.5" else {"dynamo": False}
torch.onnx.export(network.make(name), shown, file, opset_version=17, input_names=["x", "t"], output_names=["noise"], **older)
