# clean: documents -> the ones worth learning from, and why the others went


rule clean:
    input:
        sources=upstream("sources"),
    output:
        receipt="build/clean/{key}/receipt.json",
    log:
        "build/clean/{key}/log.txt",
    benchmark:
        "build/clean/{key}/benchmark.tsv"
    conda:
        "../envs/data.yaml"
    threads: 2
    resources:
        mem_mb=2000,
    shell:
        "python -m loramake.stages.clean {wildcards.key} --threads {threads} --log {log:q}"
