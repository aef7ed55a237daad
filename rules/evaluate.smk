# evaluate: test examples, base and adapter -> metrics


rule evaluate:
    input:
        curate=upstream("curate"),
        pretrain=upstream("pretrain"),
        train=upstream("train"),
    output:
        receipt="build/evaluate/{key}/receipt.json",
    log:
        "build/evaluate/{key}/log.txt",
    benchmark:
        "build/evaluate/{key}/benchmark.tsv"
    conda:
        "../envs/model.yaml"
    threads: 1
    resources:
        mem_mb=2000,
    shell:
        "python -m loramake.stages.evaluate {wildcards.key} --threads {threads} --log {log:q}"
