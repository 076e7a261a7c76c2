"""Models from elsewhere to bundles: each source is a file here, all end in ``model_import``.

ONNX files, bundles and labels need the base install; Hugging Face folders, timm checkpoints and
runs need the extras ``[train]`` and, for the former, ``[detr]``, which holds ``transformers``.
"""
