# report: everything's receipts -> the page, the card and the lineage


rule report:
    input:
        receipts=upstream(),
    output:
        receipt="build/report/{key}/receipt.json",
    log:
        "build/report/{key}/log.txt",
    benchmark:
        "build/report/{key}/benchmark.tsv"
    conda:
        "../envs/data.yaml"
    threads: 1
    resources:
        mem_mb=2000,
    shell:
        "python -m loramake.stages.report {wildcards.key} --threads {threads} --log {log:q}"
