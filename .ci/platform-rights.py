"""Compares the rights that SAM gives roles beside what the template writes with the list of them: neither may have more than the other."""

import json
import logging
import sys

import boto3
import yaml
from samcli.yamlhelper import yaml_parse
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator

logging.disable(logging.WARNING)
template_file, listed_file = sys.argv[1:]
with open(template_file, encoding="utf-8") as file:
    template = yaml_parse(file.read())
for resource in template["Resources"].values():
    if resource["Type"] == "AWS::Serverless::Function":
        # SAM reads no code; it wants to know where a package of it was put.
        resource["Properties"]["CodeUri"] = "s3://bucket/key"
translator = Translator({}, Parser(), boto_session=boto3.session.Session(region_name="ap-southeast-1"))
translated = translator.translate(template, parameter_values={"AWS::Region": "ap-southeast-1", "AWS::Partition": "aws"})


def named(resource):
    """A resource by its logical id."""
    match resource:
        case {"Fn::GetAtt": [name, "Arn"]} | {"Ref": name}:
            return name
    sys.exit(f"SAM names a resource in a way that is not understood: {json.dumps(resource)}")


given = set()
for role, resource in translated["Resources"].items():
    if resource["Type"] != "AWS::IAM::Role":
        continue
    properties = resource["Properties"]
    for policy in properties.get("ManagedPolicyArns", []):
        given.add((role, policy.rpartition("/")[2]))
    for policy in properties.get("Policies", []):
        # The first of a function's own policies: the one that the template writes, and the tests judge.
        if policy["PolicyName"] == f"{role}Policy0":
            continue
        for statement in policy["PolicyDocument"]["Statement"]:
            given.add((role, f"{statement['Effect']} {statement['Action']} on {named(statement['Resource'])}"))

listed = set()
with open(listed_file, encoding="utf-8") as file:
    for entry in yaml.safe_load(file):
        if set(entry) != {"right", "why", "source", "roles"} or not (entry["why"].strip() and entry["source"].strip()):
            sys.exit(f"{listed_file}: an entry has a right, why, a source and roles: {entry}")
        listed |= {(role, entry["right"]) for role in entry["roles"]}

for role, right in sorted(given - listed):
    print(f"{role}: SAM gives it {right}, which {listed_file} does not say")
for role, right in sorted(listed - given):
    print(f"{role}: SAM does not give it {right}: take it out of {listed_file}")
print(f"platform rights: {len(given)} given, {len(listed)} listed")
sys.exit(given != listed)
