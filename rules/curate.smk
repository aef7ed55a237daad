# curate: examples -> train, validation and test, split by document


rule curate:
    input:
        synthesize=upstream("synthesize"),
    output:
        receipt="build/curate/{key}/receipt.json",
    log:
        "build/curate/{key}/log.txt",
    benchmark:
        "build/curate/{key}/benchmark.tsv"
    conda:
        "../envs/data.yaml"
    threads: 1
    resources:
        mem_mb=2000,
    shell:
        "python -m loramake.stages.curate {wildcards.key} --threads {threads} --log {log:q}"
