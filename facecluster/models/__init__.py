"""The ONNX files that ship with facecluster; `export/` says how each was made."""
