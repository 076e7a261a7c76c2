"""ONNX graphs: scanned before they are read, run under our settings, checked by golden inputs."""
