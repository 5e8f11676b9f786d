/**
 * Words by which a type without a catalog may give its class away (`inlane catalog import`). Guesses, no facts: a proposal counts as
 * sure only where the catalogs' own names, one of these endings and one of these attributes agree.
 */

/** Class -> last words of type names, without the provider's. */
const ENDINGS: Readonly<Record<string, string>> = {
  api: 'api api_gateway rest_api stage',
  'app-config': 'config config_map configuration environment_variable feature_flag flag parameter setting variable',
  backup: 'backup backup_plan backup_policy backup_schedule backup_vault',
  billing: 'billing_account budget',
  'block-storage': 'disk disk_attachment volume volume_attachment',
  cache: 'cache cache_cluster redis',
  cdn: 'cdn distribution',
  certificate: 'ca_certificate certificate certificate_authority ssl_certificate tls_certificate',
  cluster: 'cluster kubernetes_cluster',
  database: 'database database_cluster database_instance db db_cluster db_instance keyspace table',
  'database-config': 'database_config db_parameter_group parameter_group subnet_group',
  'database-user': 'database_role database_user db_user',
  dns: 'dns_record dns_zone domain hosted_zone ptr_record record record_set zone',
  'encryption-key': 'crypto_key encryption_key key_ring kms_key',
  'event-routing': 'event_bus event_rule event_source event_subscription notification webhook',
  'file-storage': 'file_share file_system filesystem share',
  firewall:
    'acl allowlist firewall firewall_rule ip_access_list ip_allowlist ip_list network_acl network_policy security_group security_group_rule waf',
  function: 'function lambda',
  identity:
    'group group_member group_membership identity_provider member membership oauth_client principal saml_provider service_account service_principal team team_member user user_group',
  job: 'cron_job cronjob job schedule',
  'load-balancer': 'backend backend_service lb listener load_balancer loadbalancer pool_member target_group',
  lock: 'lock',
  log: 'diagnostic_setting flow_log log_group log_index log_pipeline log_sink log_stream logs_archive logs_index',
  'machine-group': 'autoscaling_group instance_group instance_template launch_template node_group node_pool pool scale_set',
  ml: 'model training_job',
  monitor:
    'alarm alert alert_channel alert_configuration alert_policy alert_rule check contact_group dashboard downtime escalation_policy heartbeat incident_rule metric metric_alarm monitor notification_channel on_call service_level_objective slo status_page synthetic_monitor uptime_check',
  network:
    'connection elastic_ip floating_ip gateway ip_address nat_gateway network network_interface network_peering peering private_endpoint public_ip route route_table router subnet vlan vpc vpc_peering vpn vpn_connection vpn_gateway',
  'object-storage': 'bucket bucket_object object storage_bucket',
  organization: 'account folder namespace organization project resource_group tenant workspace',
  permission:
    'access_grant access_policy entitlement grant iam_binding iam_member iam_policy permission permission_set policy_attachment resource_policy role role_assignment role_binding role_policy',
  pipeline: 'build build_definition pipeline release trigger',
  queue: 'queue',
  registry: 'container_registry package registry',
  revision: 'revision task_definition template_version version',
  search: 'index search_domain search_index search_service',
  secret:
    'access_key api_key application_key auth_token credential deploy_key key_pair password personal_access_token secret secret_version ssh_key token',
  security: 'finding scan',
  snapshot: 'image snapshot snapshot_copy',
  'source-code': 'branch branch_protection repo repository repository_file',
  stream: 'event_stream kafka kafka_topic stream',
  tagging: 'label tag tag_binding tag_key tag_value',
  topic: 'subscription topic topic_subscription',
  'virtual-machine': 'droplet instance server virtual_machine vm',
  warehouse: 'warehouse',
  workload: 'app application container deployment service web_app',
};

/** Class -> top-level attributes and blocks that things of it have. */
const ATTRIBUTES: Readonly<Record<string, string>> = {
  'app-config': 'value values variable',
  'block-storage': 'disk_size encrypted iops size size_gb',
  certificate: 'certificate certificate_body certificate_chain certificate_pem common_name csr',
  cluster: 'k8s_version kubernetes_version node_count',
  database:
    'administrator_login backup_retention_period charset collation database_name db_name engine engine_version master_username',
  'database-user': 'database_roles grants privileges',
  dns: 'hosted_zone_id record records ttl zone zone_id',
  'encryption-key': 'algorithm enable_key_rotation key_spec key_usage rotation_period',
  'event-routing': 'event_bus_name event_pattern events target url',
  'file-storage': 'mount_targets throughput_mode',
  firewall: 'cidr_blocks egress from_port ingress port_range ports protocol rules source_ip to_port',
  function: 'entrypoint handler runtime timeout',
  identity: 'assume_role_policy display_name email first_name last_name trust_policy user_name username',
  job: 'cron cron_expression schedule',
  'load-balancer': 'algorithm health_check listener_arn load_balancer_arn port protocol target_type',
  log: 'filter_pattern log_group_name retention_days retention_in_days',
  'machine-group': 'desired_capacity desired_size max_size min_size node_count',
  monitor: 'alarm_actions comparison_operator frequency interval metric_name query threshold thresholds widgets',
  network: 'cidr cidr_block ip_range network_id peer_vpc_id route_table_id subnet_id subnet_ids vpc_id',
  'object-storage': 'acl bucket force_destroy storage_class versioning',
  permission:
    'actions member members permissions policy policy_arn policy_document principal principal_id role role_arn role_id role_name scopes',
  pipeline: 'artifacts build_spec stage stages trigger',
  queue: 'delay_seconds max_message_size message_retention_seconds visibility_timeout',
  secret: 'api_key key_material password private_key secret secret_value token',
  'source-code': 'branch default_branch repository',
  stream: 'partitions replication_factor shard_count',
  topic: 'delivery_policy topic topic_arn',
  'virtual-machine': 'ami image image_id instance_type machine_type size ssh_keys user_data',
  workload: 'container cpu image memory replicas',
};

function byWord(words: Readonly<Record<string, string>>): ReadonlyMap<string, readonly string[]> {
  const all = new Map<string, string[]>();
  for (const [name, list] of Object.entries(words))
    for (const word of list.split(' ')) all.set(word, [...(all.get(word) ?? []), name]);
  return all;
}

/** Ending -> its one class. */
export const CLASS_OF_ENDING: ReadonlyMap<string, readonly string[]> = byWord(ENDINGS);
/** Attribute -> classes that it speaks for. */
export const CLASSES_OF_ATTRIBUTE: ReadonlyMap<string, readonly string[]> = byWord(ATTRIBUTES);
