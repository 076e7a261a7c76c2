"""A further head for a bundle that is there: an auxiliary head of its run, appended to its graphs.

Training with auxiliary heads teaches one network several questions; export drops the further ones
unless the recipe ships them. Here one is put back behind the pooled features of the graphs as they
are, so that the answer of the first head keeps every bit.

    python -m tools.further_head BUNDLE --run RUN --column age --name age_group --kind ordinal \\
        --labels 0-2,3-9,10-19,20-29,30-39,40-49,50-59,60-69,"more than 70" --out NEW
"""
