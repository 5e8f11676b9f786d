# What inlane.yaml of this folder says, for conftest and OPA: without `unless`, which neither can tell of a plan.
package main

import rego.v1

databases := {"aws_db_instance", "aws_rds_cluster", "aws_dynamodb_table"}

deny contains msg if {
	some row in input.resource_changes
	row.type in databases
	some action in ["delete", "forget"]
	action in row.change.actions
	row.change.before.tags_all.environment == "production"
	msg := sprintf("%s: no-prod-drop", [row.address])
}

deny contains msg if {
	some row in input.resource_changes
	"create" in row.change.actions
	some key in ["environment", "team"]
	row.change.after.tags_all
	not row.change.after.tags_all[key]
	msg := sprintf("%s: lacks the tag %s", [row.address, key])
}
