# chunk: clean documents -> passages with offsets


rule chunk:
    input:
        clean=upstream("clean"),
    output:
        receipt="build/chunk/{key}/receipt.json",
    log:
        "build/chunk/{key}/log.txt",
    benchmark:
        "build/chunk/{key}/benchmark.tsv"
    conda:
        "../envs/data.yaml"
    threads: 1
    resources:
        mem_mb=2000,
    shell:
        "python -m loramake.stages.chunk {wildcards.key} --threads {threads} --log {log:q}"
