# export: base and adapter -> merged model and GGUF, each checked against the adapter


rule export:
    input:
        curate=upstream("curate"),
        pretrain=upstream("pretrain"),
        train=upstream("train"),
    output:
        receipt="build/export/{key}/receipt.json",
    log:
        "build/export/{key}/log.txt",
    benchmark:
        "build/export/{key}/benchmark.tsv"
    conda:
        "../envs/model.yaml"
    threads: 1
    resources:
        mem_mb=2000,
    shell:
        "python -m loramake.stages.export {wildcards.key} --threads {threads} --log {log:q}"
