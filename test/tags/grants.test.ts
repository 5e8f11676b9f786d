import { describe, expect, it } from 'vitest';
import { noRecordings, recordedPlan } from '../providers/recorded.ts';
import { attribute, environment, type Judged, judge, planOf, type RowSpec, told, VALUES } from './judged.ts';

const Q = 'aws_sqs_queue.q';
const tags = (map: Record<string, string> | null) => ({ tags: map, tags_all: map ?? {} });
const optional = attribute('environment', { values: VALUES, required: null });
const replace = (
  before: Record<string, string> | null,
  after: Record<string, string> | null,
  parts: Partial<RowSpec> = {},
): RowSpec => ({
  address: Q,
  actions: ['delete', 'create'],
  before: tags(before),
  after: tags(after),
  ...parts,
});

describe('a replace is compared key by key', () => {
  it.each([
    ['kept', replace({ environment: 'production' }, { environment: 'production' }), []],
    ['an alias of the same value', replace({ environment: 'prod' }, { environment: 'production' }), []],
    ['lost', replace({ environment: 'production' }, null), [`grant-lost deny ${Q} environment`]],
    ['changed', replace({ environment: 'production' }, { environment: 'dev' }), [`grant-changed report ${Q} environment`]],
    ['never there', replace(null, null), []],
    [
      'cannot be told',
      replace({ environment: 'production' }, null, { after: {}, unknown: { tags: true, tags_all: true } }),
      [`grant-lost deny ${Q} environment`],
    ],
    [
      'either order',
      replace({ environment: 'production' }, null, { actions: ['create', 'delete'] }),
      [`grant-lost deny ${Q} environment`],
    ],
    [
      'the old one forgotten',
      replace({ environment: 'production' }, null, { actions: ['create', 'forget'] }),
      [`grant-lost deny ${Q} environment`],
    ],
    ['an update', replace({ environment: 'production' }, { environment: 'dev' }, { actions: ['update'] }), []],
  ])('%s', (_, spec, expected) => {
    expect(told(judge(planOf([spec]), { attributes: [optional] }))).toEqual(expected);
  });

  it('a lost key that is required is said twice: what is missing, and what that costs', () => {
    const found = judge(planOf([replace({ environment: 'prod' }, null, { block: {} })]));
    expect(told(found)).toEqual([`tag-missing deny ${Q} environment`, `grant-lost deny ${Q} environment`]);
    expect(found[1]?.fix?.insert).toBe('tags = {\n  environment = "prod"\n}');
  });

  it('a required key that cannot be told is said once', () => {
    const hidden = replace({ environment: 'prod' }, null, { after: {}, unknown: { tags: true, tags_all: true } });
    expect(told(judge(planOf([hidden])))).toEqual([`tag-unknown deny ${Q} environment`]);
  });
});

describe('recreation in disguise', () => {
  const catalog = { aws_s3_bucket: { class: 'object-storage', identity: ['bucket'] } };
  const ended: RowSpec = {
    address: 'aws_s3_bucket.old',
    actions: ['delete'],
    before: { bucket: 'ledger', region: 'eu-west-1', ...tags({ environment: 'production' }) },
    block: null,
  };
  const made = (after: Record<string, unknown>): RowSpec => ({ address: 'aws_s3_bucket.new', actions: ['create'], after });
  const judged = (rows: readonly RowSpec[]) => told(judge(planOf(rows), { attributes: [optional], catalog }));

  it.each([
    [
      'retagged',
      { bucket: 'ledger', region: 'eu-west-1', ...tags({ environment: 'dev' }) },
      ['grant-changed report aws_s3_bucket.new environment'],
    ],
    ['untagged', { bucket: 'ledger', region: 'eu-west-1', ...tags(null) }, ['grant-lost deny aws_s3_bucket.new environment']],
    ['another name', { bucket: 'other', region: 'eu-west-1', ...tags(null) }, []],
    ['no name on either side', { region: 'eu-west-1', bucket: null, ...tags(null) }, []],
    ['another region', { bucket: 'ledger', region: 'eu-west-2', ...tags(null) }, []],
  ])('%s', (_, after, expected) => {
    expect(judged([ended, made(after)])).toEqual(expected);
    expect(judged([made(after), ended])).toEqual(expected);
  });

  it('a type whose identity no catalog knows is not matched', () => {
    const rows = [ended, made({ bucket: 'ledger', ...tags(null) })];
    expect(judge(planOf(rows), { attributes: [optional], catalog: {} })).toEqual([]);
  });
});

describe('companion-lost', () => {
  const catalog = {
    aws_s3_bucket: { class: 'object-storage', identity: ['bucket'], companions: ['aws_s3_bucket_abac'] },
    aws_s3_bucket_abac: { class: 'tagging', refers: [{ attribute: 'bucket', type: 'aws_s3_bucket' }] },
    aws_ec2_tag: { class: 'tagging', tagging: { object: 'resource_id', key: 'key', value: 'value' } },
    aws_s3_bucket_policy: { class: 'permission' },
  };
  const arn = 'arn:aws:s3:::ledger';
  const bucket: RowSpec = {
    address: 'aws_s3_bucket.b',
    actions: ['delete', 'create'],
    before: { id: 'ledger', arn, bucket: 'ledger', ...tags({ environment: 'prod' }) },
    after: { bucket: 'ledger', ...tags({ environment: 'prod' }) },
    unknown: { id: true, arn: true },
  };
  const abac = (actions: readonly string[], after: Record<string, unknown> | null): RowSpec => ({
    address: 'aws_s3_bucket_abac.b',
    actions,
    before: actions.includes('create') && actions.length === 1 ? null : { bucket: 'ledger' },
    after,
    block: after === null ? null : { bucket: { references: ['aws_s3_bucket.b.bucket', 'aws_s3_bucket.b'] } },
  });
  const judged = (rows: readonly RowSpec[], given: Judged = {}) =>
    told(judge(planOf(rows), { attributes: [optional], catalog, ...given }));
  const LOST = 'companion-lost deny aws_s3_bucket.b -';

  it.each([
    ['stays as it is', abac(['no-op'], { bucket: 'ledger' }), [LOST]],
    ['is deleted', abac(['delete'], null), [LOST]],
    ['is replaced as well', abac(['delete', 'create'], { bucket: 'ledger' }), []],
    ['is made', abac(['create'], { bucket: 'ledger' }), []],
  ])('an ABAC switch that %s', (_, companion, expected) => {
    expect(judged([bucket, companion])).toEqual(expected);
    expect(judged([companion, bucket])).toEqual(expected);
  });

  it('where no tag is declared for the cloud, it warns', () => {
    const elsewhere = attribute('environment', { required: null, carriers: { google: 'environment' } });
    expect(judged([bucket, abac(['no-op'], { bucket: 'ledger' })], { attributes: [elsewhere] })).toEqual([
      'companion-lost warn aws_s3_bucket.b -',
    ]);
  });

  it('a stand-alone tag of a key that is not declared warns, a declared one denies', () => {
    const tag = (key: string): RowSpec => {
      const side = { resource_id: 'ledger', key, value: 'x' };
      return { address: 'aws_ec2_tag.t', actions: ['no-op'], before: side, after: side, block: {} };
    };
    expect(judged([bucket, tag('cost_center')])).toEqual(['companion-lost warn aws_s3_bucket.b cost_center']);
    expect(judged([bucket, tag('environment')])).toEqual(['companion-lost deny aws_s3_bucket.b environment']);
  });

  it('a policy that names the old ARN warns, also inside a JSON document', () => {
    const policy = (text: string): RowSpec => {
      const side = { policy: text };
      return { address: 'aws_s3_bucket_policy.p', actions: ['no-op'], before: side, after: side, block: {} };
    };
    expect(judged([bucket, policy(JSON.stringify({ Resource: `${arn}/*` }))])).toEqual(['companion-lost warn aws_s3_bucket.b -']);
    expect(judged([bucket, policy(JSON.stringify({ Resource: `${arn}-archive/*` }))])).toEqual([]);
  });

  it('a stand-alone tag that only changes its value in place stays on the old object', () => {
    const side = { resource_id: 'ledger', key: 'environment', value: 'dev' };
    const tag: RowSpec = {
      address: 'aws_ec2_tag.t',
      actions: ['update'],
      before: side,
      after: { ...side, value: 'prod' },
      block: {},
    };
    expect(judged([bucket, tag])).toContain('companion-lost deny aws_s3_bucket.b environment');
  });

  it('a deleted companion is made again only by one that hangs on the new object', () => {
    const gone = abac(['delete'], null);
    const made = (block: Record<string, unknown>, name: string): RowSpec => ({
      address: 'aws_s3_bucket_abac.new',
      actions: ['create'],
      after: { bucket: name },
      block,
    });
    expect(
      judged([bucket, gone, made({ bucket: { references: ['aws_s3_bucket.b.bucket', 'aws_s3_bucket.b'] } }, 'ledger')]),
    ).toEqual([]);
    expect(judged([bucket, gone, made({}, 'ledger')])).toEqual([]);
    expect(judged([bucket, gone, made({}, 'other')])).toEqual([LOST]);
  });

  it('an object that shares the name as its own is not named by it', () => {
    const version: RowSpec = {
      ...bucket,
      address: 'aws_secretsmanager_secret_version.v',
      before: { id: 'x', arn: `${arn}:secret` },
      after: {},
      unknown: { arn: true },
    };
    const secret: RowSpec = {
      address: 'aws_secretsmanager_secret.s',
      actions: ['no-op'],
      before: { arn: `${arn}:secret` },
      after: { arn: `${arn}:secret` },
      block: {},
    };
    expect(judged([version, secret])).toEqual([]);
  });

  it('depends_on alone names nothing', () => {
    const other: RowSpec = {
      address: 'aws_sqs_queue.q',
      actions: ['no-op'],
      before: { name: 'ledger' },
      after: { name: 'ledger' },
      block: {},
    };
    expect(judged([bucket, other])).toEqual([]);
  });

  it('an association that follows in place is not lost, one that stays is', () => {
    const source = 'snowflakedb/snowflake';
    const named = '"PROD"."RAW"';
    const schema: RowSpec = {
      address: 'snowflake_schema.raw',
      source,
      actions: ['delete', 'create'],
      before: { name: 'RAW', fully_qualified_name: named },
      after: { name: 'RAW' },
      unknown: { fully_qualified_name: true },
    };
    const side = { tag_id: '"G"."T"."ENVIRONMENT"', tag_value: 'prod', object_identifiers: [named] };
    const association = (after: Record<string, unknown>, unknown: Record<string, unknown>, actions: string[]): RowSpec => ({
      address: 'snowflake_tag_association.e',
      source,
      actions,
      before: side,
      after,
      unknown,
      block: { object_identifiers: { references: ['snowflake_schema.raw'] } },
    });
    const known = {
      snowflake_schema: { class: 'database', companions: ['snowflake_tag_association'] },
      snowflake_tag_association: {
        class: 'tagging',
        tagging: { object: 'object_identifiers.*', key: 'tag_id', value: 'tag_value' },
      },
    };
    const { object_identifiers: _, ...rest } = side;
    expect(judged([schema, association(rest, { object_identifiers: true }, ['update'])], { catalog: known })).toEqual([]);
    expect(judged([schema, association(side, {}, ['no-op'])], { catalog: known })).toEqual([
      'companion-lost deny snowflake_schema.raw ENVIRONMENT',
    ]);
  });
});

describe('tag-replaces', () => {
  it.each([
    ['a label', 'effective_labels', 'google_oracle_database_odb_network', { labels: null, effective_labels: {} }, true],
    ['a Resource Manager tag', 'tags', 'google_pubsub_topic', { labels: null, tags: { 'a/b': 'c' } }, true],
    ['network tags', 'tags', 'google_compute_route', { tags: ['web'] }, false],
    [
      'a tag deep inside',
      'boot_disk.0.initialize_params.0.resource_manager_tags',
      'google_compute_instance',
      { labels: null },
      true,
    ],
    ['something else', 'name', 'google_pubsub_topic', { labels: null }, false],
  ])('%s', (_, path, type, side, expected) => {
    const replace_paths = [path.split('.').map((step) => (/^\d+$/.test(step) ? Number(step) : step))];
    const row: RowSpec = {
      address: `${type}.x`,
      source: 'hashicorp/google',
      actions: ['delete', 'create'],
      before: side,
      after: side,
      change: { replace_paths },
    };
    expect(told(judge(planOf([row]), { attributes: [] }))).toEqual(expected ? [`tag-replaces warn ${type}.x -`] : []);
  });
});

describe.skipIf(noRecordings)('recorded plans', () => {
  const service = attribute('service', { required: null });
  const data = attribute('data');

  it.each(['aws/postgres-replace-tags-lost', 'aws/postgres-replace-ignored-tags'])(
    '%s: environment and service are lost',
    (story) => {
      const found = told(judge(recordedPlan(story), { attributes: [environment, service] }));
      expect(found).toContain('tag-missing deny aws_db_instance.orders_v14 environment');
      expect(found).toContain('grant-lost deny aws_db_instance.orders_v14 environment');
      expect(found).toContain('grant-lost deny aws_db_instance.orders_v14 service');
      expect(found.filter((line) => / deny (?!aws_db_instance)/.test(line))).toEqual([]);
    },
  );

  it.each(['azure/postgres-replace-tags-lost', 'azure/postgres-replace-ignored-tags'])(
    '%s: environment and data are lost',
    (story) => {
      const found = told(judge(recordedPlan(story), { attributes: [environment, data, attribute('team')] }));
      expect(found.filter((line) => line.includes(' deny '))).toEqual([
        'tag-missing deny azurerm_postgresql_flexible_server.main environment',
        'grant-lost deny azurerm_postgresql_flexible_server.main environment',
        'tag-missing deny azurerm_postgresql_flexible_server.main data',
        'grant-lost deny azurerm_postgresql_flexible_server.main data',
      ]);
    },
  );

  it('google/replace-loses-labels: labels that another controller wrote are lost', () => {
    const found = told(
      judge(recordedPlan('google/replace-loses-labels'), { attributes: [environment, data, attribute('team')] }),
    );
    expect(found.filter((line) => line.startsWith('grant-'))).toEqual([
      'grant-lost deny google_storage_bucket.invoices environment',
      'grant-lost deny google_storage_bucket.invoices data',
    ]);
  });

  it('google/default-label-replaces-database: one default label replaces two objects and reclassifies nothing', () => {
    const found = told(judge(recordedPlan('google/default-label-replaces-database'), { attributes: [environment] }));
    expect(found.filter((line) => line.startsWith('tag-replaces')).sort()).toEqual([
      'tag-replaces warn google_certificate_manager_certificate_issuance_config.web -',
      'tag-replaces warn google_oracle_database_autonomous_database.ledger -',
    ]);
    expect(found.filter((line) => line.includes(' deny ') || line.startsWith('grant-'))).toEqual([]);
  });

  it('google/resource-manager-tags-changed: twelve tag edits replace', () => {
    const found = judge(recordedPlan('google/resource-manager-tags-changed'), { attributes: [] });
    expect(found.filter((f) => f.code === 'tag-replaces')).toHaveLength(12);
  });

  it('aws/default-tags-change: classification does not move', () => {
    const found = told(judge(recordedPlan('aws/default-tags-change'), { attributes: [environment, attribute('team')] }));
    expect(found.filter((line) => line.includes(' deny ') || line.startsWith('grant-'))).toEqual([]);
  });

  it('kubernetes/namespace-replace: the environment label is lost', () => {
    const found = told(judge(recordedPlan('kubernetes/namespace-replace'), { attributes: [{ ...environment, required: null }] }));
    expect(found).toContain('grant-lost deny kubernetes_namespace_v1.orders environment');
  });

  const buckets = {
    aws_s3_bucket: { class: 'object-storage', identity: ['bucket'], companions: ['aws_s3_bucket_abac'] },
    aws_s3_bucket_abac: { class: 'tagging', refers: [{ attribute: 'bucket', type: 'aws_s3_bucket' }] },
  };

  it('aws/s3-bucket-replaced-abac-lost against s3-bucket-replaced: only the first loses its switch', () => {
    const lost = (story: string) =>
      told(judge(recordedPlan(story), { catalog: buckets })).filter((line) => line.startsWith('companion-lost deny'));
    expect(lost('aws/s3-bucket-replaced-abac-lost')).toEqual(['companion-lost deny aws_s3_bucket.ledger -']);
    expect(lost('aws/s3-bucket-replaced')).toEqual([]);
  });

  it('aws/recreate-in-disguise: retagged under another address, the switch dies with the old bucket', () => {
    const found = told(judge(recordedPlan('aws/recreate-in-disguise'), { catalog: buckets }));
    expect(found).toContain('grant-changed report aws_s3_bucket.books environment');
    expect(found).toContain('companion-lost deny aws_s3_bucket.books -');
  });

  const instances = {
    google_sql_database_instance: {
      class: 'database',
      identity: ['name'],
      companions: ['google_tags_location_tag_binding'],
      carriers: [{ path: 'settings.0.user_labels', shape: 'map' as const }],
    },
    google_pubsub_topic: { class: 'topic', identity: ['name'] },
    google_storage_bucket: { class: 'object-storage', identity: ['name'] },
    google_sql_database: { class: 'database', refers: [{ attribute: 'instance', type: 'google_sql_database_instance' }] },
    google_sql_user: { class: 'database-user', refers: [{ attribute: 'instance', type: 'google_sql_database_instance' }] },
    google_tags_location_tag_binding: { class: 'tagging', tagging: { object: 'parent', value: 'tag_value' } },
  };
  const tagged = attribute('environment', { values: VALUES, required: null, carriers: { google: '108174629350/environment' } });

  it('google/postgres-replace: the binding built from the name, the user and the database do not follow', () => {
    const found = judge(recordedPlan('google/postgres-replace'), { catalog: instances, attributes: [tagged] }).filter(
      (f) => f.code === 'companion-lost',
    );
    const said = found.map((f) => `${f.severity} ${/and `([^`]*)`/.exec(f.message)?.[1]}`).sort();
    expect(said).toEqual([
      'deny google_tags_location_tag_binding.data',
      'warn google_project_iam_member.developers_tune',
      'warn google_sql_database.orders',
      'warn google_sql_user.migrations',
    ]);
    expect(new Set(found.map((f) => f.address))).toEqual(new Set(['google_sql_database_instance.orders']));
  });

  it('google/recreate-in-disguise: data is lost, the bucket comes back as development, the binding dies', () => {
    const found = told(
      judge(recordedPlan('google/recreate-in-disguise'), {
        catalog: instances,
        attributes: [
          { ...environment, required: null },
          { ...data, required: null },
        ],
      }),
    );
    expect(found).toContain('grant-lost deny google_sql_database_instance.ledger data');
    expect(found).toContain('grant-changed report module.receipts.google_storage_bucket.this environment');
    expect(found).toContain('companion-lost deny google_sql_database_instance.ledger -');
    expect(found.filter((line) => /^grant-.*google_pubsub_topic/.test(line))).toEqual([]);
  });

  it('snowflake/schema-replace: the association follows in place, the grant is replaced', () => {
    const catalog = {
      snowflake_schema: { class: 'database', companions: ['snowflake_tag_association'] },
      snowflake_tag_association: {
        class: 'tagging',
        tagging: { object: 'object_identifiers.*', key: 'tag_id', value: 'tag_value' },
      },
    };
    expect(
      told(judge(recordedPlan('snowflake/schema-replace'), { catalog, attributes: [{ ...environment, required: null }] })).filter(
        (line) => line.startsWith('companion-lost'),
      ),
    ).toEqual([]);
  });

  it('aws/untagged: each create by the table of its README', () => {
    const found = told(judge(recordedPlan('aws/untagged'), { attributes: [environment] }));
    const by = (code: string) =>
      found
        .filter((line) => line.startsWith(`${code} `))
        .map((line) => line.split(' ')[2])
        .sort();
    expect(by('tag-missing')).toEqual([
      'aws_sqs_queue.bare',
      'aws_sqs_queue.bare_empty',
      'aws_sqs_queue.default_tags_only',
      'aws_sqs_queue.ignoring',
      'aws_sqs_queue.tags_empty',
      'aws_sqs_queue.tags_null',
      'aws_sqs_queue.tags_null_variable',
      'aws_sqs_queue.wrong_case',
      'aws_vpc_security_group_ingress_rule.bare',
      'aws_vpc_security_group_ingress_rule.default_tags_only',
    ]);
    expect(by('tag-unknown')).toEqual([
      'aws_sqs_queue.bare_tags_all_by_hand',
      'aws_sqs_queue.key_unknown',
      'aws_sqs_queue.one_unknown',
      'aws_sqs_queue.one_unknown_merged',
      'aws_sqs_queue.tags_all_by_hand',
      'aws_vpc_security_group_ingress_rule.key_unknown',
    ]);
    expect(by('tag-value')).toEqual(['aws_sqs_queue.empty_value', 'aws_vpc_security_group_ingress_rule.empty_value']);
  });
});
