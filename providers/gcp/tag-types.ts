/** Facts of hashicorp/google 7.45.0 about its label and tag attributes, which a plan does not show (facts/google.tsv). */

/** `tags` is a map of Resource Manager tags; every change of it replaces the object. */
export const TAG_MAPS: ReadonlySet<string> = new Set([
  'google_bigtable_instance',
  'google_cloud_run_v2_job',
  'google_cloud_run_v2_service',
  'google_data_fusion_instance',
  'google_dataproc_metastore_federation',
  'google_dataproc_metastore_service',
  'google_filestore_backup',
  'google_filestore_instance',
  'google_firestore_database',
  'google_folder',
  'google_project',
  'google_pubsub_subscription',
  'google_pubsub_topic',
  'google_secret_manager_regional_secret',
  'google_secret_manager_secret',
  'google_workflows_workflow',
  'google_workstations_workstation_cluster',
]);

/** `tags` is a list of network tags or free strings. */
export const TAG_LISTS: ReadonlySet<string> = new Set([
  'google_cloudbuild_trigger',
  'google_compute_instance',
  'google_compute_instance_from_template',
  'google_compute_instance_template',
  'google_compute_region_instance_template',
  'google_compute_route',
  'google_contact_center_insights_qa_question',
  'google_dialogflow_cx_test_case',
  'google_notebooks_instance',
]);

/** Resource Manager tags stand in `params`. */
export const TAG_PARAMS: ReadonlySet<string> = new Set([
  'google_compute_backend_bucket',
  'google_compute_backend_service',
  'google_compute_disk',
  'google_compute_external_vpn_gateway',
  'google_compute_firewall',
  'google_compute_ha_vpn_gateway',
  'google_compute_image',
  'google_compute_instance',
  'google_compute_instance_from_template',
  'google_compute_instant_snapshot',
  'google_compute_interconnect',
  'google_compute_interconnect_attachment',
  'google_compute_network',
  'google_compute_region_backend_service',
  'google_compute_region_commitment',
  'google_compute_region_instant_snapshot',
  'google_compute_reservation',
  'google_compute_route',
  'google_compute_router',
  'google_compute_snapshot',
  'google_compute_storage_pool',
  'google_compute_subnetwork',
  'google_compute_vpn_gateway',
  'google_compute_vpn_tunnel',
]);

/** Those of them whose `params` tags can be edited in place once the block is there. */
export const TAG_PARAMS_IN_PLACE: ReadonlySet<string> = new Set([
  'google_compute_firewall',
  'google_compute_interconnect',
  'google_compute_interconnect_attachment',
  'google_compute_reservation',
  'google_compute_router',
]);

/** Any change of a label replaces the object, one of a default label too. */
export const LABEL_EDIT_REPLACES: ReadonlySet<string> = new Set([
  'google_apihub_api_hub_instance',
  'google_beyondcorp_app_gateway',
  'google_bigquery_job',
  'google_certificate_manager_certificate_issuance_config',
  'google_cloud_run_domain_mapping',
  'google_clouddomains_registration',
  'google_colab_runtime_template',
  'google_compute_instance_template',
  'google_compute_region_instance_template',
  'google_database_migration_service_private_connection',
  'google_dataproc_batch',
  'google_dataproc_gdc_service_instance',
  'google_dataproc_gdc_spark_application',
  'google_dataproc_job',
  'google_dataproc_workflow_template',
  'google_datastream_private_connection',
  'google_developer_connect_git_repository_link',
  'google_edgecontainer_vpn_connection',
  'google_edgenetwork_interconnect_attachment',
  'google_edgenetwork_network',
  'google_edgenetwork_subnet',
  'google_firebase_app_hosting_build',
  'google_migration_center_assets_export_job',
  'google_ml_engine_model',
  'google_network_connectivity_gateway_advertised_route',
  'google_network_connectivity_policy_based_route',
  'google_network_connectivity_regional_endpoint',
  'google_network_services_service_binding',
  'google_oracle_database_autonomous_database',
  'google_oracle_database_cloud_exadata_infrastructure',
  'google_oracle_database_cloud_vm_cluster',
  'google_oracle_database_db_system',
  'google_oracle_database_exascale_db_storage_vault',
  'google_oracle_database_goldengate_connection',
  'google_oracle_database_goldengate_connection_assignment',
  'google_oracle_database_goldengate_deployment',
  'google_oracle_database_odb_network',
  'google_oracle_database_odb_subnet',
  'google_secure_source_manager_instance',
  'google_transcoder_job',
  'google_transcoder_job_template',
  'google_vertex_ai_evaluation_metric',
  'google_vertex_ai_persistent_resource',
]);

/** `labels` is part of what the object does, not a classification. */
export const FUNCTIONAL_LABELS: ReadonlySet<string> = new Set([
  'google_cloud_identity_group',
  'google_monitoring_metric_descriptor',
  'google_monitoring_notification_channel',
]);
