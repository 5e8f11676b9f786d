/**
 * Types whose own ARN stands in another attribute than `arn` (facts/aws6.tsv and computed.tsv: types with tags whose schema has no `arn`).
 * A type that is not listed has it in `arn`, or in `id`.
 */
export const ARN_ATTRIBUTES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    aws_appsync_api: 'api_arn',
    aws_appsync_channel_namespace: 'channel_namespace_arn',
    aws_bedrock_custom_model: 'custom_model_arn',
    aws_bedrock_guardrail: 'guardrail_arn',
    aws_bedrock_provisioned_model_throughput: 'provisioned_model_arn',
    aws_bedrockagent_agent: 'agent_arn',
    aws_bedrockagent_agent_alias: 'agent_alias_arn',
    aws_bedrockagentcore_agent_runtime: 'agent_runtime_arn',
    aws_bedrockagentcore_agent_runtime_endpoint: 'agent_runtime_endpoint_arn',
    aws_bedrockagentcore_api_key_credential_provider: 'credential_provider_arn',
    aws_bedrockagentcore_browser: 'browser_arn',
    aws_bedrockagentcore_code_interpreter: 'code_interpreter_arn',
    aws_bedrockagentcore_gateway: 'gateway_arn',
    aws_bedrockagentcore_oauth2_credential_provider: 'credential_provider_arn',
    aws_chatbot_slack_channel_configuration: 'chat_configuration_arn',
    aws_chatbot_teams_channel_configuration: 'chat_configuration_arn',
    aws_cloudfront_connection_function: 'connection_function_arn',
    aws_cloudwatch_contributor_insight_rule: 'resource_arn',
    aws_db_cluster_snapshot: 'db_cluster_snapshot_arn',
    aws_db_snapshot: 'db_snapshot_arn',
    aws_db_snapshot_copy: 'db_snapshot_arn',
    aws_detective_graph: 'graph_arn',
    aws_dms_certificate: 'certificate_arn',
    aws_dms_endpoint: 'endpoint_arn',
    aws_dms_replication_instance: 'replication_instance_arn',
    aws_dms_replication_subnet_group: 'replication_subnet_group_arn',
    aws_dms_replication_task: 'replication_task_arn',
    aws_dms_s3_endpoint: 'endpoint_arn',
    aws_ecs_express_gateway_service: 'service_arn',
    aws_eks_access_entry: 'access_entry_arn',
    aws_eks_pod_identity_association: 'association_arn',
    aws_location_geofence_collection: 'collection_arn',
    aws_location_map: 'map_arn',
    aws_location_place_index: 'index_arn',
    aws_location_route_calculator: 'calculator_arn',
    aws_location_tracker: 'tracker_arn',
    aws_macie2_classification_job: 'job_arn',
    aws_neptune_cluster_snapshot: 'db_cluster_snapshot_arn',
    aws_networkfirewall_vpc_endpoint_association: 'vpc_endpoint_association_arn',
    aws_networkflowmonitor_monitor: 'monitor_arn',
    aws_networkflowmonitor_scope: 'scope_arn',
    aws_observabilityadmin_centralization_rule_for_organization: 'rule_arn',
    aws_osis_pipeline: 'pipeline_arn',
    aws_rds_cluster_snapshot_copy: 'db_cluster_snapshot_arn',
    aws_redshift_idc_application: 'redshift_idc_application_arn',
    aws_s3control_access_grant: 'access_grant_arn',
    aws_s3control_access_grants_instance: 'access_grants_instance_arn',
    aws_s3control_access_grants_location: 'access_grants_location_arn',
    aws_s3vectors_index: 'index_arn',
    aws_s3vectors_vector_bucket: 'vector_bucket_arn',
    aws_sagemaker_labeling_job: 'labeling_job_arn',
    aws_sagemaker_model_card: 'model_card_arn',
    aws_savingsplans_savings_plan: 'savings_plan_arn',
    aws_sesv2_tenant: 'tenant_arn',
    aws_shield_protection_group: 'protection_group_arn',
    aws_ssmquicksetup_configuration_manager: 'manager_arn',
    aws_verifiedaccess_group: 'verifiedaccess_group_arn',
    aws_vpc_block_public_access_exclusion: 'resource_arn',
    aws_workspacesweb_browser_settings: 'browser_settings_arn',
    aws_workspacesweb_data_protection_settings: 'data_protection_settings_arn',
    aws_workspacesweb_identity_provider: 'identity_provider_arn',
    aws_workspacesweb_ip_access_settings: 'ip_access_settings_arn',
    aws_workspacesweb_network_settings: 'network_settings_arn',
    aws_workspacesweb_portal: 'portal_arn',
    aws_workspacesweb_session_logger: 'session_logger_arn',
    aws_workspacesweb_trust_store: 'trust_store_arn',
    aws_workspacesweb_user_access_logging_settings: 'user_access_logging_settings_arn',
    aws_workspacesweb_user_settings: 'user_settings_arn',
  }),
);

/** How the ARN of a type without any is put together: service, and the resource part before the id (service authorization reference). */
export interface BuiltArn {
  readonly service: string;
  readonly before: string;
  /** Attribute of the id; absent = `id`. */
  readonly id?: string;
  /** Attribute of the region; absent = `region`. */
  readonly region?: string;
}

export const BUILT_ARNS: ReadonlyMap<string, BuiltArn> = new Map(
  Object.entries<BuiltArn>({
    aws_cloudhsm_v2_cluster: { service: 'cloudhsm', before: 'cluster/' },
    aws_datapipeline_pipeline: { service: 'datapipeline', before: 'pipeline/' },
    aws_directory_service_directory: { service: 'ds', before: 'directory/' },
    aws_directory_service_region: { service: 'ds', before: 'directory/', id: 'directory_id', region: 'region_name' },
    aws_ec2_local_gateway_route_table_vpc_association: { service: 'ec2', before: 'local-gateway-route-table-vpc-association/' },
    aws_ec2_transit_gateway_connect: { service: 'ec2', before: 'transit-gateway-attachment/' },
    aws_ec2_transit_gateway_peering_attachment_accepter: { service: 'ec2', before: 'transit-gateway-attachment/' },
    aws_ec2_transit_gateway_vpc_attachment_accepter: { service: 'ec2', before: 'transit-gateway-attachment/' },
    aws_egress_only_internet_gateway: { service: 'ec2', before: 'egress-only-internet-gateway/' },
    aws_fis_experiment_template: { service: 'fis', before: 'experiment-template/' },
    aws_nat_gateway: { service: 'ec2', before: 'natgateway/' },
    aws_spot_fleet_request: { service: 'ec2', before: 'spot-fleet-request/' },
    aws_ssm_maintenance_window: { service: 'ssm', before: 'maintenancewindow/' },
    aws_verifiedaccess_endpoint: { service: 'ec2', before: 'verified-access-endpoint/' },
    aws_verifiedaccess_instance: { service: 'ec2', before: 'verified-access-instance/' },
    aws_verifiedaccess_trust_provider: { service: 'ec2', before: 'verified-access-trust-provider/' },
    aws_vpc_encryption_control: { service: 'ec2', before: 'vpc-encryption-control/' },
    aws_vpc_peering_connection: { service: 'ec2', before: 'vpc-peering-connection/' },
    aws_vpc_peering_connection_accepter: { service: 'ec2', before: 'vpc-peering-connection/' },
    aws_vpn_concentrator: { service: 'ec2', before: 'vpn-concentrator/' },
    aws_workspaces_connection_alias: { service: 'workspaces', before: 'connectionalias/' },
    aws_workspaces_directory: { service: 'workspaces', before: 'directory/' },
    aws_workspaces_ip_group: { service: 'workspaces', before: 'workspaceipgroup/' },
    aws_workspaces_workspace: { service: 'workspaces', before: 'workspace/' },
  }),
);

/** Types with tags that no interface of ours can read, and why. */
export const OUT_OF_REACH: ReadonlyMap<string, string> = new Map(
  Object.entries({
    aws_route53domains_domain: 'tags of domain registrations are told by the Route 53 Domains API only',
    aws_route53domains_registered_domain: 'tags of domain registrations are told by the Route 53 Domains API only',
    aws_s3_bucket_object: 'tags of single S3 objects are not scanned, those of their bucket are',
    aws_s3_object: 'tags of single S3 objects are not scanned, those of their bucket are',
    aws_s3_object_copy: 'tags of single S3 objects are not scanned, those of their bucket are',
    aws_ssm_activation: 'tags of an activation are given to the instances that it registers, AWS does not tell them',
  }),
);
