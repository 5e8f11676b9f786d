import { CLOUDFORMATION_TYPES } from './kinds.ts';
import type { AttributeTrigger, CatalogRow } from './provider.ts';

/** The row of a managed type of the aws catalog. */
type FindAws = (type: string) => CatalogRow | null;

/** Service of CloudFormation, as `awscc_` types spell it -> what types of the aws provider begin with instead. */
const SERVICES: ReadonlyMap<string, readonly string[]> = new Map([
  ['amazonmq', ['mq_']],
  ['apigateway', ['api_gateway_']],
  ['applicationautoscaling', ['appautoscaling_']],
  ['aps', ['prometheus_']],
  ['autoscaling', ['autoscaling_', '']],
  ['bedrock', ['bedrock_', 'bedrockagent_']],
  ['cassandra', ['keyspaces_']],
  ['certificatemanager', ['acm_']],
  ['cloudwatch', ['cloudwatch_', 'cloudwatch_metric_']],
  ['directconnect', ['dx_']],
  ['ec2', ['ec2_', '', 'vpc_', 'ebs_']],
  ['elasticbeanstalk', ['elastic_beanstalk_']],
  ['elasticloadbalancingv2', ['lb_']],
  ['events', ['cloudwatch_event_', 'cloudwatch_']],
  ['eventschemas', ['schemas_']],
  ['inspectorv2', ['inspector2_']],
  ['kafkaconnect', ['mskconnect_']],
  ['kinesisfirehose', ['kinesis_firehose_']],
  ['logs', ['cloudwatch_log_', 'cloudwatch_', 'cloudwatch_query_']],
  ['macie', ['macie2_']],
  ['opensearchservice', ['opensearch_']],
  ['rds', ['rds_', '']],
  ['route53resolver', ['route53_resolver_', 'route53_']],
  ['s3', ['s3_', 's3control_']],
  ['s3express', ['s3_']],
  ['s3outposts', ['s3control_']],
  ['servicediscovery', ['service_discovery_']],
  ['ses', ['sesv2_', 'ses_']],
  ['sso', ['ssoadmin_']],
  ['stepfunctions', ['sfn_']],
  ['timestream', ['timestreamwrite_', 'timestreamquery_']],
]);

/** `awscc_` types that no rule leads to their counterpart, both without the provider's name. */
const IRREGULAR: ReadonlyMap<string, string> = new Map([
  ['apigateway_domain_name_v2', 'api_gateway_domain_name'],
  ['apigateway_base_path_mapping_v2', 'api_gateway_base_path_mapping'],
  ['appstream_application_fleet_association', 'appstream_fleet_stack_association'],
  ['appstream_stack_fleet_association', 'appstream_fleet_stack_association'],
  ['appstream_stack_user_association', 'appstream_user_stack_association'],
  ['appsync_data_source', 'appsync_datasource'],
  ['appsync_function_configuration', 'appsync_function'],
  ['appsync_graph_ql_api', 'appsync_graphql_api'],
  ['apprunner_auto_scaling_configuration', 'apprunner_auto_scaling_configuration_version'],
  ['aps_rule_groups_namespace', 'prometheus_rule_group_namespace'],
  ['applicationautoscaling_scalable_target', 'appautoscaling_target'],
  ['applicationautoscaling_scaling_policy', 'appautoscaling_policy'],
  ['athena_work_group', 'athena_workgroup'],
  ['autoscaling_auto_scaling_group', 'autoscaling_group'],
  ['autoscaling_scaling_policy', 'autoscaling_policy'],
  ['autoscaling_scheduled_action', 'autoscaling_schedule'],
  ['autoscaling_warm_pool', 'autoscaling_group'],
  ['backup_logically_air_gapped_backup_vault', 'backup_logically_air_gapped_vault'],
  ['budgets_budgets_action', 'budgets_budget_action'],
  ['cloudtrail_trail', 'cloudtrail'],
  ['codedeploy_application', 'codedeploy_app'],
  ['codepipeline_pipeline', 'codepipeline'],
  ['cognito_identity_pool_principal_tag', 'cognito_identity_pool_provider_principal_tag'],
  ['cognito_identity_pool_role_attachment', 'cognito_identity_pool_roles_attachment'],
  ['cognito_user_pool_group', 'cognito_user_group'],
  ['cognito_user_pool_identity_provider', 'cognito_identity_provider'],
  ['cognito_user_pool_resource_server', 'cognito_resource_server'],
  ['cognito_user_pool_risk_configuration_attachment', 'cognito_risk_configuration'],
  ['cognito_user_pool_ui_customization_attachment', 'cognito_user_pool_ui_customization'],
  ['cognito_user_pool_user', 'cognito_user'],
  ['cognito_user_pool_user_to_group_attachment', 'cognito_user_in_group'],
  ['config_aggregation_authorization', 'config_aggregate_authorization'],
  ['datasync_location_fsx_lustre', 'datasync_location_fsx_lustre_file_system'],
  ['datasync_location_fsx_ontap', 'datasync_location_fsx_ontap_file_system'],
  ['datasync_location_fsx_open_zfs', 'datasync_location_fsx_openzfs_file_system'],
  ['datasync_location_fsx_windows', 'datasync_location_fsx_windows_file_system'],
  ['directconnect_direct_connect_gateway', 'dx_gateway'],
  ['directconnect_direct_connect_gateway_association', 'dx_gateway_association'],
  ['ec2_gateway_route_table_association', 'route_table_association'],
  ['ec2_ipam_allocation', 'vpc_ipam_pool_cidr_allocation'],
  ['ec2_prefix_list', 'ec2_managed_prefix_list'],
  ['ec2_route_server_association', 'vpc_route_server_vpc_association'],
  ['ec2_security_group_egress', 'vpc_security_group_egress_rule'],
  ['ec2_security_group_ingress', 'vpc_security_group_ingress_rule'],
  ['ec2_spot_fleet', 'spot_fleet_request'],
  ['ec2_subnet_cidr_block', 'subnet'],
  ['ec2_subnet_network_acl_association', 'network_acl_association'],
  ['ec2_subnet_route_table_association', 'route_table_association'],
  ['ec2_transit_gateway_attachment', 'ec2_transit_gateway_vpc_attachment'],
  ['ec2_verified_access_endpoint', 'verifiedaccess_endpoint'],
  ['ec2_verified_access_group', 'verifiedaccess_group'],
  ['ec2_verified_access_instance', 'verifiedaccess_instance'],
  ['ec2_verified_access_trust_provider', 'verifiedaccess_trust_provider'],
  ['ec2_vpc_cidr_block', 'vpc_ipv4_cidr_block_association'],
  ['ec2_vpc_endpoint_service_permissions', 'vpc_endpoint_service_allowed_principal'],
  ['ec2_vpc_gateway_attachment', 'internet_gateway_attachment'],
  ['ec2_vpcdhcp_options_association', 'vpc_dhcp_options_association'],
  ['ecr_public_repository', 'ecrpublic_repository'],
  ['ecs_cluster_capacity_provider_associations', 'ecs_cluster_capacity_providers'],
  ['ecs_primary_task_set', 'ecs_task_set'],
  ['elasticache_cache_cluster', 'elasticache_cluster'],
  ['elasticloadbalancingv2_load_balancer', 'lb'],
  ['glue_database', 'glue_catalog_database'],
  ['guardduty_ip_set', 'guardduty_ipset'],
  ['guardduty_threat_intel_set', 'guardduty_threatintelset'],
  ['iam_managed_policy', 'iam_policy'],
  ['iam_oidc_provider', 'iam_openid_connect_provider'],
  ['lakeformation_principal_permissions', 'lakeformation_permissions'],
  ['lakeformation_tag', 'lakeformation_lf_tag'],
  ['lambda_event_invoke_config', 'lambda_function_event_invoke_config'],
  ['lambda_url', 'lambda_function_url'],
  ['lightsail_container', 'lightsail_container_service'],
  ['lightsail_load_balancer', 'lightsail_lb'],
  ['lightsail_load_balancer_tls_certificate', 'lightsail_lb_certificate'],
  ['macie_session', 'macie2_account'],
  ['msk_batch_scram_secret', 'msk_scram_secret_association'],
  ['neptune_db_instance', 'neptune_cluster_instance'],
  ['odb_odb_peering_connection', 'odb_network_peering_connection'],
  ['rds_db_proxy_target_group', 'db_proxy_default_target_group'],
  ['rds_event_subscription', 'db_event_subscription'],
  ['rds_option_group', 'db_option_group'],
  ['redshift_cluster_parameter_group', 'redshift_parameter_group'],
  ['redshift_cluster_subnet_group', 'redshift_subnet_group'],
  ['route53_dnssec', 'route53_hosted_zone_dnssec'],
  ['route53_hosted_zone', 'route53_zone'],
  ['route53_record_set', 'route53_record'],
  ['route53resolver_resolver_query_logging_config', 'route53_resolver_query_log_config'],
  ['route53resolver_resolver_query_logging_config_association', 'route53_resolver_query_log_config_association'],
  ['s3_storage_lens', 's3control_storage_lens_configuration'],
  ['s3express_access_point', 's3_access_point'],
  ['s3express_bucket_policy', 's3_bucket_policy'],
  ['s3objectlambda_access_point', 's3control_object_lambda_access_point'],
  ['s3objectlambda_access_point_policy', 's3control_object_lambda_access_point_policy'],
  ['s3outposts_access_point', 's3_access_point'],
  ['secretsmanager_resource_policy', 'secretsmanager_secret_policy'],
  ['secretsmanager_rotation_schedule', 'secretsmanager_secret_rotation'],
  ['securityhub_delegated_admin', 'securityhub_organization_admin_account'],
  ['securityhub_hub', 'securityhub_account'],
  ['servicecatalog_portfolio_principal_association', 'servicecatalog_principal_portfolio_association'],
  ['servicecatalog_portfolio_product_association', 'servicecatalog_product_portfolio_association'],
  ['servicecatalog_tag_option_association', 'servicecatalog_tag_option_resource_association'],
  ['signer_profile_permission', 'signer_signing_profile_permission'],
  ['sns_subscription', 'sns_topic_subscription'],
  ['sns_topic_inline_policy', 'sns_topic_policy'],
  ['sqs_queue_inline_policy', 'sqs_queue_policy'],
  ['sso_assignment', 'ssoadmin_account_assignment'],
  ['sso_instance_access_control_attribute_configuration', 'ssoadmin_instance_access_control_attributes'],
  ['stepfunctions_state_machine_alias', 'sfn_alias'],
  ['timestream_influx_db_cluster', 'timestreaminfluxdb_db_cluster'],
  ['timestream_influx_db_instance', 'timestreaminfluxdb_db_instance'],
  ['vpclattice_rule', 'vpclattice_listener_rule'],
  ['wafv2_logging_configuration', 'wafv2_web_acl_logging_configuration'],
]);

/** The type of the aws catalog that an `awscc_` type corresponds to, or null: then its class is unknown. */
export function counterpartOf(type: string, isAws: (type: string) => boolean): string | null {
  const [, rest = '', service = '', thing = ''] = /^awscc_(([a-z0-9]+)_([a-z0-9_]+))$/.exec(type) ?? [];
  if (rest === '') return null;
  const irregular = IRREGULAR.get(rest);
  // CloudFormation says the service's name twice (`AWS::Backup::BackupVault`), and `DB` where the aws provider has none.
  const things = [thing, ...(thing.startsWith('db_') ? [thing.slice('db_'.length)] : [])];
  const candidates = [
    ...(irregular === undefined ? [] : [irregular]),
    rest,
    ...(SERVICES.get(service) ?? [`${service}_`]).flatMap((prefix) => things.map((name) => prefix + name)),
    ...(thing.startsWith(`${service}_`) ? [thing] : []),
  ];
  const found = candidates.find((name) => isAws(`aws_${name}`));
  return found === undefined ? null : `aws_${found}`;
}

/** The counterpart of a CloudFormation type (`AWS::EC2::FlowLog`) in the aws catalog, or null. */
export function cloudFormationType(kind: string, isAws: (type: string) => boolean): string | null {
  const known = CLOUDFORMATION_TYPES.get(kind);
  if (known !== undefined) return known;
  const [, service = '', thing = ''] = /^AWS::([A-Za-z0-9]+)::([A-Za-z0-9]+)$/.exec(kind) ?? [];
  const words = thing.replace(/([A-Z]+)([A-Z][a-z])/g, '$1_$2').replace(/([a-z0-9])([A-Z])/g, '$1_$2');
  return counterpartOf(`awscc_${service}_${words}`.toLowerCase(), isAws);
}

/**
 * What the counterpart says of an `awscc_` type that has no row of its own: its classes and top-level protections. Attributes are
 * named by CloudFormation there, so where one of them carries `access` or `exposure`, any may.
 */
export function awsccRow(type: string, findAws: FindAws): CatalogRow | null {
  const aws = counterpartOf(type, (name) => findAws(name) !== null);
  const row = aws === null ? null : findAws(aws);
  if (aws === null || row === null || row.class === null) return null;
  const protects = row.protects?.filter(({ attribute }) => !attribute.includes('.')) ?? [];
  const any: readonly AttributeTrigger[] = [{ attribute: '**' }];
  return {
    class: row.class,
    by: `awscc ${aws}`,
    ...(row.also ? { also: row.also } : {}),
    ...(row.access_by ? { access_by: any } : {}),
    ...(row.exposure_by ? { exposure_by: any } : {}),
    ...(protects.length > 0 ? { protects } : {}),
  };
}

/** The same for a data source: its primary class. A listing (`awscc_s3_buckets`) has that of the one it lists. */
export function awsccDataRow(type: string, findAws: FindAws): CatalogRow | null {
  const row = awsccRow(type, findAws) ?? awsccRow(type.replace(/s$/, ''), findAws);
  return row && { class: row.class, by: row.by ?? '' };
}
