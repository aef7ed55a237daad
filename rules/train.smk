# train: curated examples and a base -> the adapter


rule train:
    input:
        curate=upstream("curate"),
        pretrain=upstream("pretrain"),
    output:
        receipt="build/train/{key}/receipt.json",
    log:
        "build/train/{key}/log.txt",
    benchmark:
        "build/train/{key}/benchmark.tsv"
    conda:
        "../envs/model.yaml"
    threads: 1
    resources:
        mem_mb=2000,
    shell:
        "python -m loramake.stages.train {wildcards.key} --threads {threads} --log {log:q}"
