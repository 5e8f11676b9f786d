# What inlane.yaml of this folder says, for jq; prints the number of violations.
def drops: (.type | IN("aws_db_instance", "aws_rds_cluster", "aws_dynamodb_table"))
  and ([.change.actions[] | select(IN("delete", "forget"))] | length > 0)
  and .change.before.tags_all.environment == "production";
def lacks($key): (.change.actions | index("create") != null) and (.change.after.tags_all != null) and (.change.after.tags_all[$key] == null);
[.resource_changes[] | (select(drops), select(lacks("environment")), select(lacks("team")))] | length
