# synthesize: passages -> examples, written by a model or by rules


rule synthesize:
    input:
        chunk=upstream("chunk"),
    output:
        receipt="build/synthesize/{key}/receipt.json",
    log:
        "build/synthesize/{key}/log.txt",
    benchmark:
        "build/synthesize/{key}/benchmark.tsv"
    conda:
        "../envs/data.yaml"
    threads: 1
    resources:
        mem_mb=2000,
    shell:
        "python -m loramake.stages.synthesize {wildcards.key} --threads {threads} --log {log:q}"
