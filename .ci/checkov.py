"""Compares what checkov found in the template with the exceptions that are written down: neither may have more than the other."""

import json
import sys

import yaml

found_file, excepted_file = sys.argv[1:]
with open(found_file, encoding="utf-8") as file:
    report = json.load(file)
if "results" not in report or report["summary"]["parsing_errors"] or not report["summary"]["passed"]:
    sys.exit(f"checkov could not read the template: {report.get('summary', report)}")
names = {one["check_id"]: one["check_name"] for one in report["results"]["failed_checks"]}
found = {(one["check_id"], one["resource"].rpartition(".")[2]) for one in report["results"]["failed_checks"]}

excepted = set()
with open(excepted_file, encoding="utf-8") as file:
    for exception in yaml.safe_load(file):
        if set(exception) != {"check", "reason", "resources"} or not exception["reason"].strip():
            sys.exit(f"{excepted_file}: an exception has a check, a reason and resources: {exception}")
        for resource in exception["resources"]:
            if (exception["check"], resource) in excepted:
                sys.exit(f"{excepted_file}: {exception['check']} of {resource} stands there twice")
            excepted.add((exception["check"], resource))

for check, resource in sorted(found - excepted):
    print(f"{resource}: {names[check]} ({check}): mend it, or write down in {excepted_file} why it may stay")
for check, resource in sorted(excepted - found):
    print(f"{resource}: {check} is met: take the exception out of {excepted_file}")
print(f"checkov: {report['summary']['passed']} met, {len(found)} not met, {len(excepted)} excepted")
sys.exit(found != excepted)
