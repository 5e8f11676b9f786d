import { describe, expect, it } from 'vitest';
import { aws } from '../../providers/aws/provider.ts';
import { readTag } from '../../providers/effective.ts';
import type { ProviderBlock } from '../../src/plan/model.ts';
import { noRecordings, recordedPlan, rowOf, spell, tagInput, tagsOf } from './recorded.ts';

const TYPE = 'aws_sqs_queue';
const DEFAULTS = { default_tags: [{ tags: { constant_value: { team: 'payments' } } }] };
const HIDDEN = { default_tags: [{ tags: { references: ['local.tags'] } }] };

describe('aws: the four steps of plan-json.md 3.3', () => {
  it.each([
    ['1: tags_all known', { after: { tags: null, tags_all: { environment: 'production' } } }, '=production', 'absent'],
    [
      '2: key names visible',
      { after: { tags: {}, tags_all: { team: 'a' } }, unknown: { tags: { environment: true }, tags_all: { environment: true } } },
      'unknown',
      '=a',
    ],
    ['3: no default_tags, unset', { after: { tags: null }, unknown: { tags_all: true } }, 'absent', 'absent'],
    ['3: no default_tags, set', { after: { tags: { environment: '' } }, unknown: { tags_all: true } }, '=', 'absent'],
    [
      '3: default_tags merged, the rest cannot be told',
      { after: { tags: null }, unknown: { tags_all: true }, provider: DEFAULTS },
      'unknown',
      '=payments',
    ],
    [
      '3: own tag wins over the default',
      { after: { tags: { team: 'a' } }, unknown: { tags_all: true }, provider: DEFAULTS },
      'unknown',
      '=a',
    ],
    [
      '3: default_tags by reference',
      { after: { tags: { environment: 'production' } }, unknown: { tags_all: true }, provider: HIDDEN },
      '=production',
      'unknown',
    ],
    ['4: tags unknown', { after: {}, unknown: { tags: true, tags_all: true }, provider: DEFAULTS }, 'unknown', 'unknown'],
  ])('%s', (_, spec, environment, team) => {
    const effective = tagsOf(aws, rowOf({ type: TYPE, block: { tags: {} }, ...spec }));
    expect(effective.taggable).toBe('yes');
    expect([spell(effective, 'environment'), spell(effective, 'team')]).toEqual([environment, team]);
  });

  it('default_tags by reference: tags_all alone proves no absence, unless a default shows in it', () => {
    const short = tagsOf(
      aws,
      rowOf({
        type: TYPE,
        block: { tags: {} },
        provider: HIDDEN,
        after: { tags: { environment: 'x' }, tags_all: { environment: 'x' } },
      }),
    );
    expect([spell(short, 'environment'), spell(short, 'team')]).toEqual(['=x', 'unknown']);
    const whole = tagsOf(
      aws,
      rowOf({
        type: TYPE,
        block: { tags: {} },
        provider: HIDDEN,
        after: { tags: { environment: 'x' }, tags_all: { environment: 'x', cost: '1' } },
      }),
    );
    expect([spell(whole, 'team'), spell(whole, 'cost')]).toEqual(['absent', '=1']);
  });

  /** Defaults by the text: a literal, and a value that is known only after apply. */
  const text = (open: string | null, run: { value: string } | { why: string } = { why: 'x.y' }) =>
    new Map([
      [
        'provider.default_tags',
        {
          entries: new Map([
            ['team', { value: 'a' }],
            ['run', run],
          ] as const),
          open,
        },
      ],
    ]);
  const withText = (spec: Omit<Parameters<typeof rowOf>[0], 'type'>, written: ReturnType<typeof text>) =>
    aws.effectiveTags({
      ...tagInput(rowOf({ type: TYPE, block: { tags: {} }, provider: HIDDEN, ...spec }), 'after', null),
      written,
    });

  it.each([
    // One unknown value hides all of tags_all, or of a plugin-framework type leaves all defaults out of it (recorded.md 1b).
    ['tags_all unknown', { after: { tags: null }, unknown: { tags_all: true } }, ['=a', 'unknown', 'absent']],
    ['tags_all without them', { after: { tags: { own: '1' }, tags_all: { own: '1' } } }, ['=a', 'unknown', 'absent']],
    ['its own tag wins', { after: { tags: { team: 'b' }, tags_all: { team: 'b' } } }, ['=b', 'unknown', 'absent']],
    ['its own tags hidden', { after: {}, unknown: { tags: true, tags_all: true } }, ['unknown', 'unknown', 'unknown']],
    [
      'and ignore_tags',
      { after: { tags: null, tags_all: {} }, provider: { ...HIDDEN, ignore_tags: [{ keys: { constant_value: ['team'] } }] } },
      ['absent', 'unknown', 'absent'],
    ],
  ])('default_tags that the text shows, %s', (_, spec, expected) => {
    const effective = withText(spec, text(null));
    expect([spell(effective, 'team'), spell(effective, 'run'), spell(effective, 'other')]).toEqual(expected);
  });

  it('default_tags that the text shows in part: what is not seen may be there', () => {
    const effective = withText({ after: { tags: null }, unknown: { tags_all: true } }, text('local.more'));
    expect([spell(effective, 'team'), spell(effective, 'other')]).toEqual(['=a', 'unknown']);
  });

  it('default_tags that the text shows whole: tags_all is trusted, and proves absence', () => {
    const effective = withText({ after: { tags: null, tags_all: { team: 'a', run: '1' } } }, text(null, { value: '1' }));
    expect([spell(effective, 'team'), spell(effective, 'run'), spell(effective, 'other')]).toEqual(['=a', '=1', 'absent']);
  });

  it('tags_all set by hand: every tag of the row is unknown, on both sides', () => {
    const row = rowOf({
      type: TYPE,
      block: { tags_all: {} },
      before: { tags: null, tags_all: { environment: 'production' } },
      after: { tags: null, tags_all: { environment: 'production' } },
    });
    expect(spell(tagsOf(aws, row, 'before'), 'environment')).toBe('unknown');
    expect(spell(tagsOf(aws, row, 'after'), 'environment')).toBe('unknown');
  });

  it("no configuration: only the block's own tags stand, and what the live object keeps", () => {
    const created = tagsOf(
      aws,
      rowOf({
        type: TYPE,
        block: null,
        after: { tags: { environment: 'production' }, tags_all: { environment: 'production', team: 'a' } },
      }),
    );
    expect([spell(created, 'environment'), spell(created, 'team'), spell(created, 'service')]).toEqual([
      '=production',
      'unknown',
      'unknown',
    ]);
    const side = { id: 'q-1', tags: null, tags_all: { team: 'a' } };
    const kept = tagsOf(aws, rowOf({ type: TYPE, block: null, before: side, after: side }));
    expect(spell(kept, 'team')).toBe('=a');
  });

  it('a deletion has no block, and its state is trusted', () => {
    const effective = tagsOf(
      aws,
      rowOf({ type: TYPE, block: null, before: { tags: null, tags_all: { environment: 'production' } } }),
      'before',
    );
    expect([spell(effective, 'environment'), spell(effective, 'team')]).toEqual(['=production', 'absent']);
  });

  it('a sensitive tag stays hidden though its mirror shows it', () => {
    const value = { tags: { environment: 'production', team: 'a' }, tags_all: { environment: 'production', team: 'a' } };
    const one = tagsOf(aws, rowOf({ type: TYPE, block: { tags: {} }, after: value, sensitive: { tags: { environment: true } } }));
    expect([spell(one, 'environment'), spell(one, 'team')]).toEqual(['unknown', '=a']);
    const all = tagsOf(aws, rowOf({ type: TYPE, block: { tags: {} }, after: value, sensitive: { tags: true } }));
    expect([spell(all, 'environment'), spell(all, 'team')]).toEqual(['unknown', 'unknown']);
  });

  it.each([
    ['named', { keys: { constant_value: ['environment'] } }, 'absent'],
    ['by prefix', { key_prefixes: { constant_value: ['env'] } }, 'absent'],
    ['others', { keys: { constant_value: ['team'] } }, '=production'],
    ['no constant', { keys: { references: ['local.ignored'] } }, 'unknown'],
  ])('ignore_tags (%s) with tags_all unknown', (_, ignore, environment) => {
    const row = rowOf({
      type: TYPE,
      block: { tags: {} },
      provider: { ignore_tags: [ignore] },
      after: { tags: { environment: 'production' } },
      unknown: { tags_all: true },
    });
    expect(spell(tagsOf(aws, row), 'environment')).toBe(environment);
  });

  it('says where a tag comes from', () => {
    const effective = tagsOf(
      aws,
      rowOf({
        type: TYPE,
        block: { tags: {} },
        provider: DEFAULTS,
        after: { tags: { environment: 'x' }, tags_all: { environment: 'x', team: 'payments' } },
      }),
    );
    expect(readTag(effective, 'environment')?.from).toBe('resource');
    expect(readTag(effective, 'team')?.from).toBe('provider default');
  });

  it('keys of the prototype are tags like others', () => {
    const effective = tagsOf(aws, rowOf({ type: TYPE, block: { tags: {} }, after: { tags: null, tags_all: {} } }));
    expect([spell(effective, 'constructor'), spell(effective, '__proto__')]).toEqual(['absent', 'absent']);
  });
});

describe('aws: nested carriers', () => {
  const group = { class: 'machine-group', carriers: [{ path: 'tag', shape: 'blocks' }] } as const;
  const template = { class: 'machine-group', carriers: [{ path: 'tag_specifications.*.tags', shape: 'map' }] } as const;
  const tags = { tags: { environment: 'production' }, tags_all: { environment: 'production' } };

  it('an Auto Scaling group carries `tag` blocks only', () => {
    const after = { tag: [{ key: 'environment', value: 'production', propagate_at_launch: true }] };
    const effective = tagsOf(aws, rowOf({ type: 'aws_autoscaling_group', block: { tag: [{}] }, after }), 'after', group);
    expect([effective.taggable, spell(effective, 'environment'), spell(effective, 'team')]).toEqual([
      'yes',
      '=production',
      'absent',
    ]);
    const dynamic = tagsOf(
      aws,
      rowOf({ type: 'aws_autoscaling_group', block: {}, after: {}, unknown: { tag: true } }),
      'after',
      group,
    );
    expect(spell(dynamic, 'environment')).toBe('unknown');
  });

  it.each([
    ['agree', [{ tags: { environment: 'production' } }], {}, '=production'],
    ['differ', [{ tags: { environment: 'development' } }], {}, 'unknown'],
    ['are silent', [{ tags: { Name: 'api' } }], {}, '=production'],
    ['are unset', [], {}, '=production'],
    ['cannot be seen', [{}], { tag_specifications: [{ tags: true }] }, 'unknown'],
  ])('launch template specifications that %s', (_, tag_specifications, unknown, environment) => {
    const row = rowOf({ type: 'aws_launch_template', block: { tags: {} }, after: { ...tags, tag_specifications }, unknown });
    expect(spell(tagsOf(aws, row, 'after', template), 'environment')).toBe(environment);
  });
});

describe('aws: places', () => {
  const arn = 'arn:aws-us-gov:rds:us-gov-west-1:123456789012:db:orders';
  const block = (expressions: Record<string, unknown>) =>
    rowOf({ type: TYPE, block: {}, provider: expressions, after: {} }).block?.provider as ProviderBlock;

  it('reads ARNs of any partition, and owners', () => {
    expect(aws.accounts({ arn, owner_id: '123456789012' }, null, null).map((r) => r.value)).toEqual([
      '123456789012',
      '123456789012',
    ]);
    expect(aws.accounts({ arn: 'arn:aws:s3:::bucket' }, null, null)).toEqual([]);
    expect(aws.accounts({ arn: 'arn:aws:iam::aws:policy/ReadOnly' }, null, null)).toEqual([]);
  });

  it('a single allowed account speaks, several do not', () => {
    expect(
      aws.accounts(null, null, block({ allowed_account_ids: { constant_value: ['111122223333'] } })).map((r) => r.value),
    ).toEqual(['111122223333']);
    expect(
      aws.accounts(null, null, block({ allowed_account_ids: { constant_value: ['111122223333', '444455556666'] } })),
    ).toEqual([]);
  });

  it("the object's own region comes before the provider's", () => {
    const provider = block({ region: { constant_value: 'eu-west-2' } });
    expect(aws.regions({ region: 'eu-west-1' }, null, provider).map((r) => r.value)).toEqual(['eu-west-1']);
    expect(aws.regions({ arn }, null, provider).map((r) => r.value)).toEqual(['us-gov-west-1']);
    expect(aws.regions({ region: null }, null, provider).map((r) => r.value)).toEqual(['eu-west-2']);
    expect(aws.regions({}, null, block({ region: { references: ['local.region'] } })).map((r) => r.value)).toEqual([null]);
  });
});

/** recorded/aws/untagged/README.md, line by line: environment, then team. */
const UNTAGGED: Readonly<Record<string, readonly [string, string]>> = {
  'aws_sqs_queue.bare': ['absent', 'absent'],
  'aws_sqs_queue.bare_empty': ['absent', 'absent'],
  'aws_sqs_queue.bare_tagged': ['=production', 'absent'],
  'aws_sqs_queue.bare_tags_all_by_hand': ['unknown', 'unknown'],
  'aws_sqs_queue.default_tags_only': ['absent', '=payments'],
  'aws_sqs_queue.empty_value': ['=', '=payments'],
  'aws_sqs_queue.ignoring': ['absent', '=payments'],
  'aws_sqs_queue.key_unknown': ['unknown', 'unknown'],
  'aws_sqs_queue.one_unknown': ['unknown', 'unknown'],
  'aws_sqs_queue.one_unknown_merged': ['unknown', 'unknown'],
  'aws_sqs_queue.overrides_default': ['=production', '=fraud'],
  'aws_sqs_queue.tagged': ['=production', '=payments'],
  'aws_sqs_queue.tags_all_by_hand': ['unknown', 'unknown'],
  'aws_sqs_queue.tags_empty': ['absent', '=payments'],
  'aws_sqs_queue.tags_null': ['absent', '=payments'],
  'aws_sqs_queue.tags_null_variable': ['absent', '=payments'],
  'aws_sqs_queue.unknown_default': ['=production', 'unknown'],
  'aws_sqs_queue.wrong_case': ['absent', '=payments'],
  'aws_vpc_security_group_ingress_rule.bare': ['absent', 'absent'],
  'aws_vpc_security_group_ingress_rule.default_tags_only': ['absent', '=payments'],
  'aws_vpc_security_group_ingress_rule.empty_value': ['=', '=payments'],
  'aws_vpc_security_group_ingress_rule.key_unknown': ['unknown', 'unknown'],
  'aws_vpc_security_group_ingress_rule.one_unknown': ['=production', '=payments'],
  'aws_vpc_security_group_ingress_rule.unknown_default': ['=production', 'unknown'],
};

describe.skipIf(noRecordings)('aws: recorded plans', () => {
  const rows = noRecordings ? [] : [...recordedPlan('aws/untagged').rows()].filter((row) => row.type.startsWith('aws_'));
  const cases = rows.filter((row) => row.type !== 'aws_sqs_queue_policy');

  it('every row of the story is in the table', () => {
    expect(cases.map((row) => row.address).sort()).toEqual(Object.keys(UNTAGGED).sort());
  });

  it.each(cases.map((row) => [row.address, row] as const))('%s', (address, row) => {
    const effective = tagsOf(aws, row);
    expect(effective.taggable).toBe('yes');
    expect([spell(effective, 'environment'), spell(effective, 'team')]).toEqual(UNTAGGED[address]);
  });

  it('a queue policy cannot carry tags', () => {
    const policy = rows.find((row) => row.type === 'aws_sqs_queue_policy');
    expect(policy && tagsOf(aws, policy).taggable).toBe('no');
  });
});
