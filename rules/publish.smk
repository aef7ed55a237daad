# publish: a report and all that it reports on -> results/<recipe>/, under the names that people look for


rule publish:
    input:
        report=upstream("report"),
    output:
        mark="results/{point}/.published-{key}",
    log:
        "build/publish/{point}/{key}.txt",
    conda:
        "../envs/data.yaml"
    shell:
        "python -m loramake.results {wildcards.key} --log {log:q}"


rule result:
    input:
        publication_of(config),
    output:
        update("results/{path}"),
    log:
        "build/publish/{path}.txt",
    conda:
        "../envs/data.yaml"
    shell:
        "python -m loramake.results --file {output:q} --log {log:q}"
