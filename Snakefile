# loramake: recipes/*.yaml -> results/<recipe>/
#
#   snakemake --profile local                  every recipe that asks nobody for money
#   snakemake --profile local quickstart       one recipe
#   snakemake --profile local all              every recipe, or an error
#   snakemake --profile slurm quickstart       the same, on a cluster

from loramake.plan import compile_project, publication_of, targets, upstream

# A job reads what the main process has planned, and plans nothing itself.
if workflow.is_main_process:
    compile_project()


configfile: "build/plan.json"


wildcard_constraints:
    key="[0-9a-f]{16}",
    path=r"(?!.*\.published-).+",


include: "rules/sources.smk"
include: "rules/clean.smk"
include: "rules/chunk.smk"
include: "rules/synthesize.smk"
include: "rules/curate.smk"
include: "rules/pretrain.smk"
include: "rules/train.smk"
include: "rules/evaluate.smk"
include: "rules/export.smk"
include: "rules/report.smk"
include: "rules/publish.smk"


localrules:
    default,
    all,
    publish,
    result,


rule default:
    default_target: True
    input:
        targets(config, complete=False),


rule all:
    input:
        targets(config),


for recipe in [*config["recipes"], *config["problems"]]:

    rule:
        name:
            recipe
        input:
            targets(config, recipe),
        localrule: True
