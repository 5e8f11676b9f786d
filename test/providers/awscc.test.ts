import { describe, expect, it } from 'vitest';
import { awsccDataRow, awsccRow, cloudFormationType, counterpartOf } from '../../providers/awscc.ts';
import { loadCatalog } from '../../providers/index.ts';
import { CLOUDFORMATION_TYPES } from '../../providers/kinds.ts';
import type { CatalogRow } from '../../providers/provider.ts';

const aws = loadCatalog('hashicorp/aws')?.managed ?? new Map<string, CatalogRow>();
const find = (type: string) => aws.get(type) ?? null;
const isAws = (type: string) => aws.has(type);

describe('awscc types', () => {
  it.each([
    ['awscc_sqs_queue', 'aws_sqs_queue'],
    ['awscc_ec2_flow_log', 'aws_flow_log'],
    ['awscc_ec2_vpc_endpoint', 'aws_vpc_endpoint'],
    ['awscc_ec2_volume', 'aws_ebs_volume'],
    ['awscc_rds_db_instance', 'aws_db_instance'],
    ['awscc_rds_db_cluster', 'aws_rds_cluster'],
    ['awscc_neptune_db_cluster', 'aws_neptune_cluster'],
    ['awscc_backup_backup_vault', 'aws_backup_vault'],
    ['awscc_events_rule', 'aws_cloudwatch_event_rule'],
    ['awscc_events_event_bus', 'aws_cloudwatch_event_bus'],
    ['awscc_logs_log_group', 'aws_cloudwatch_log_group'],
    ['awscc_elasticloadbalancingv2_load_balancer', 'aws_lb'],
    ['awscc_iam_managed_policy', 'aws_iam_policy'],
    ['awscc_route53_hosted_zone', 'aws_route53_zone'],
    ['awscc_stepfunctions_state_machine', 'aws_sfn_state_machine'],
    ['awscc_s3_storage_lens', 'aws_s3control_storage_lens_configuration'],
    ['awscc_made_up', null],
    ['awscc_sqs_', null],
    ['awscc_', null],
    ['aws_sqs_queue', null],
    ['awscc_constructor_name', null],
  ])('%s corresponds to %s', (type, wanted) => {
    expect(counterpartOf(type, isAws)).toBe(wanted);
  });

  it('take classes and protections, and no attribute by a name that they do not have', () => {
    const row = awsccRow('awscc_sqs_queue', find);
    expect(row).toEqual({
      class: 'queue',
      by: 'awscc aws_sqs_queue',
      also: ['stateful'],
      access_by: [{ attribute: '**' }],
      exposure_by: [{ attribute: '**' }],
    });
    expect(awsccRow('awscc_rds_db_cluster', find)?.protects).toContainEqual({
      attribute: 'deletion_protection',
      safe: true,
      default: false,
    });
    expect(awsccRow('awscc_cloudformation_stack', find)).toBeNull();
    expect(awsccDataRow('awscc_sqs_queues', find)).toEqual({ class: 'queue', by: 'awscc aws_sqs_queue' });
  });

  it('are found in the catalog of their provider, where lines of their own come first', () => {
    const catalog = loadCatalog('hashicorp/awscc');
    expect(catalog?.managed.get('awscc_efs_file_system')?.by).toBe('awscc aws_efs_file_system');
    expect(catalog?.managed.get('awscc_s3_bucket')?.by).toBeUndefined();
    expect(catalog?.data.get('awscc_efs_file_systems')?.class).toBe('file-storage');
    expect(catalog?.managed.has('awscc_made_up')).toBe(false);
    expect(catalog?.managed.get('github_made_up')).toBeUndefined();
    expect([...(catalog?.managed.keys() ?? [])]).not.toContain('awscc_efs_file_system');
  });
});

describe('CloudFormation types', () => {
  it.each([
    ['AWS::S3::Bucket', 'aws_s3_bucket'],
    ['AWS::EC2::VPCCidrBlock', 'aws_vpc_ipv4_cidr_block_association'],
    ['AWS::EC2::DHCPOptions', 'aws_vpc_dhcp_options'],
    ['AWS::RDS::DBProxy', 'aws_db_proxy'],
    ['AWS::IAM::OIDCProvider', 'aws_iam_openid_connect_provider'],
    ['AWS::AppSync::GraphQLApi', 'aws_appsync_graphql_api'],
    ['AWS::Acme::Thing', null],
    ['AWS::', null],
    ['AWS::S3', null],
  ])('%s corresponds to %s', (kind, wanted) => {
    expect(cloudFormationType(kind, isAws)).toBe(wanted);
  });

  it('are in the table only where the rule does not lead there by itself, or leads there too', () => {
    for (const [kind, type] of CLOUDFORMATION_TYPES) expect([kind, isAws(type)]).toEqual([kind, true]);
  });
});
