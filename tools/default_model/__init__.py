"""The model that ships, made from labelled FairFace in one command that goes on where it stopped.

    python -m tools.default_model --data ../shared/data/fairface --out runs/default

Packs the pictures, runs a plan of ``genderlens train-gpu`` on the GPU or CPU of this machine,
exports what it taught with golden inputs and an INT8 graph, puts the age head behind both graphs,
audits the bundle on the validation part, and holds it against the model that ships. A step that is
done is never done again; a plan that was killed loses a minute at most.
"""
