# pretrain: clean documents -> a tiny base model


rule pretrain:
    input:
        clean=upstream("clean"),
    output:
        receipt="build/pretrain/{key}/receipt.json",
    log:
        "build/pretrain/{key}/log.txt",
    benchmark:
        "build/pretrain/{key}/benchmark.tsv"
    conda:
        "../envs/model.yaml"
    threads: 1
    resources:
        mem_mb=2000,
    shell:
        "python -m loramake.stages.pretrain {wildcards.key} --threads {threads} --log {log:q}"
