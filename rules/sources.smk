# sources: places that a recipe names -> documents, and why each other file was not read


rule sources:
    input:
        plan=ancient("build/plan/{key}.json"),
    output:
        receipt="build/sources/{key}/receipt.json",
    log:
        "build/sources/{key}/log.txt",
    benchmark:
        "build/sources/{key}/benchmark.tsv"
    conda:
        "../envs/data.yaml"
    threads: 2
    resources:
        mem_mb=2000,
    shell:
        "python -m loramake.stages.sources {wildcards.key} --threads {threads} --log {log:q}"
