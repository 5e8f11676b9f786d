import { describe, expect, it } from 'vitest';
import { ALWAYS, attribute, environment, judge, planOf, type RowSpec, told, VALUES } from './judged.ts';

const Q = 'aws_sqs_queue.q';
const tags = (map: Record<string, string> | null) => ({ tags: map, tags_all: map ?? {} });
const row = (spec: Partial<RowSpec>): RowSpec => ({
  address: Q,
  actions: ['create'],
  block: { tags: { constant_value: {} } },
  ...spec,
});

describe('a create, replace or import must carry what is required', () => {
  it.each([
    ['present', row({ after: tags({ environment: 'production' }) }), []],
    ['an alias counts as its value', row({ after: tags({ environment: 'prod' }) }), []],
    ['absent', row({ after: tags(null) }), [`tag-missing deny ${Q} environment`]],
    ['outside the list', row({ after: tags({ environment: 'qa' }) }), [`tag-value deny ${Q} environment`]],
    ['empty', row({ after: tags({ environment: '' }) }), [`tag-value deny ${Q} environment`]],
    ['another case', row({ after: tags({ Environment: 'production' }) }), [`tag-missing deny ${Q} environment`]],
    ['unknown', row({ after: {}, unknown: { tags: true, tags_all: true } }), [`tag-unknown deny ${Q} environment`]],
    [
      'set by hand in tags_all',
      row({ after: tags({ environment: 'production' }), block: { tags_all: {} } }),
      [`tag-unknown deny ${Q} environment`],
    ],
    ['untaggable', row({ after: { name: 'q' } }), []],
    [
      'a pure import',
      row({ actions: ['no-op'], before: tags(null), after: tags(null), change: { importing: { id: 'q' } } }),
      [`tag-missing deny ${Q} environment`],
    ],
    [
      'an import that updates',
      row({ actions: ['update'], before: tags(null), after: tags(null), change: { importing: { id: 'q' } } }),
      [`tag-missing deny ${Q} environment`],
    ],
    ['a deletion', row({ actions: ['delete'], before: tags(null) }), []],
    ['an update of what was never tagged', row({ actions: ['update'], before: tags(null), after: tags(null) }), []],
    [
      'an update that removes it',
      row({ actions: ['update'], before: tags({ environment: 'production' }), after: tags(null) }),
      [`tag-missing deny ${Q} environment`],
    ],
    [
      'an update that hides it',
      row({
        actions: ['update'],
        before: tags({ environment: 'production' }),
        after: {},
        unknown: { tags: true, tags_all: true },
      }),
      [`tag-unknown deny ${Q} environment`],
    ],
    [
      'an update to a value outside',
      row({ actions: ['update'], before: tags({ environment: 'prod' }), after: tags({ environment: 'qa' }) }),
      [`tag-value deny ${Q} environment`],
    ],
    [
      'an update beside a value that was outside',
      row({ actions: ['update'], before: tags({ environment: 'qa' }), after: tags({ environment: 'qa' }) }),
      [],
    ],
    [
      'a no-op',
      row({ actions: ['no-op'], before: tags(null), after: tags(null) }),
      [`untagged-existing report ${Q} environment`],
    ],
    [
      'a no-op that carries it',
      row({ actions: ['no-op'], before: tags({ environment: 'qa' }), after: tags({ environment: 'qa' }) }),
      [],
    ],
  ])('%s', (_, spec, expected) => {
    expect(told(judge(planOf([spec])))).toEqual(expected);
  });

  it('tag-value is for declared keys that are not required, too, where an update changes them', () => {
    const optional = attribute('environment', { values: VALUES, required: null });
    const update = row({ actions: ['update'], before: tags({ environment: 'prod' }), after: tags({ environment: 'qa' }) });
    expect(told(judge(planOf([update]), { attributes: [optional] }))).toEqual([`tag-value deny ${Q} environment`]);
    const removed = row({ actions: ['update'], before: tags({ environment: 'prod' }), after: tags(null) });
    expect(judge(planOf([removed]), { attributes: [optional] })).toEqual([]);
  });

  it('`on: [create]` leaves replaces and imports alone', () => {
    const created = attribute('environment', { values: VALUES, required: { ...ALWAYS, on: new Set(['create'] as const) } });
    const replace = row({ actions: ['delete', 'create'], before: tags(null), after: tags(null) });
    expect(judge(planOf([replace]), { attributes: [created] })).toEqual([]);
    expect(told(judge(planOf([row({ after: tags(null) })]), { attributes: [created] }))).toEqual([
      `tag-missing deny ${Q} environment`,
    ]);
  });

  it('`class` narrows it; where the class cannot be told, the tag must be there', () => {
    const databases = attribute('environment', { values: VALUES, required: { ...ALWAYS, classes: ['database', 'queue'] } });
    const create = planOf([row({ after: tags(null) })]);
    const findings = (catalog: Record<string, { class: string }>) => told(judge(create, { attributes: [databases], catalog }));
    expect(findings({ aws_sqs_queue: { class: 'queue' } })).toEqual([`tag-missing deny ${Q} environment`]);
    expect(findings({ aws_sqs_queue: { class: 'topic' } })).toEqual([]);
    expect(findings({})).toEqual([`tag-unknown deny ${Q} environment`]);
    const present = planOf([row({ after: tags({ environment: 'dev' }) })]);
    expect(judge(present, { attributes: [databases] })).toEqual([]);
  });

  it('`enforce: observe` reports without effect', () => {
    const observed = attribute('environment', { required: { ...ALWAYS, enforce: false } });
    expect(judge(planOf([row({ after: tags(null) })]), { attributes: [observed] }).map((f) => f.enforce)).toEqual([false]);
    expect(judge(planOf([row({ after: tags(null) })])).map((f) => f.enforce)).toEqual([true]);
  });

  it('an attribute without a carrier on this provider asks nothing', () => {
    expect(
      judge(planOf([row({ after: tags(null) })]), {
        attributes: [attribute('environment', { carriers: { google: 'environment' } })],
      }),
    ).toEqual([]);
  });

  it("Azure keys are folded, also the user's", () => {
    const create = {
      address: 'azurerm_storage_account.a',
      actions: ['create'],
      after: { tags: { environment: 'dev' } },
      source: 'hashicorp/azurerm',
    };
    const shouted = attribute('environment', { values: VALUES, carriers: { azurerm: 'ENVIRONMENT' } });
    expect(judge(planOf([create]), { attributes: [shouted] })).toEqual([]);
  });
});

describe('messages and fixes', () => {
  it('names what hides the tags, and the ways out', () => {
    const block = { tags: { references: ['random_pet.run.id', 'random_pet.run'] } };
    const [found] = judge(planOf([row({ after: {}, unknown: { tags: true, tags_all: true }, block })]));
    expect(found?.message).toContain('`random_pet.run.id`');
    expect(found?.message).not.toContain('`random_pet.run`');
    expect(found?.fix?.text).toContain('resource of its own');
    expect(found?.fix?.text).not.toContain('default_tags');
    expect(found?.fix?.insert).toBeNull();
  });

  it('tells by what hides it how to show it', () => {
    const byHand = judge(planOf([row({ after: tags(null), block: { tags_all: {} } })]));
    expect(byHand[0]?.fix?.text).toContain('take `tags_all` out');
    const hidden = { default_tags: [{ tags: { references: ['local.tags'] } }] };
    const short = judge(planOf([row({ after: tags(null) })], hidden));
    expect(told(short)).toEqual([`tag-unknown deny ${Q} environment`]);
    expect(short[0]?.fix?.text).toContain('in `tags` of `aws_sqs_queue.q` itself');
  });

  it('writes the line where other sources say the value, and never guesses one', () => {
    const both = attribute('environment', {
      values: VALUES,
      sources: [
        { from: 'workspace', map: [['*-prod', 'production']] },
        { from: 'tag', key: 'environment', carrier: true, map: null },
      ],
    });
    const create = planOf([row({ after: tags(null) })]);
    const known = judge(create, { attributes: [both], workspace: 'shop-prod' });
    expect(known.map((f) => f.fix?.insert)).toEqual(['environment = "production"']);
    expect(judge(create).map((f) => f.fix?.insert)).toEqual([null]);
    const bare = judge(planOf([row({ after: tags(null), block: {} })]), { attributes: [both], workspace: 'shop-prod' });
    expect(bare.map((f) => f.fix?.insert)).toEqual(['tags = {\n  environment = "production"\n}']);
  });

  it('quotes keys and values of the lane file for HCL', () => {
    const odd = attribute('environment', { carriers: { aws: 'acme:env' } });
    const removed = row({ actions: ['update'], before: tags({ 'acme:env': ['$', '{x}"'].join('') }), after: tags(null) });
    expect(judge(planOf([removed]), { attributes: [odd] }).map((f) => f.fix?.insert)).toEqual([
      ['"acme:env" = "$$', '{x}\\""'].join(''),
    ]);
  });

  it('says when the fix itself replaces', () => {
    const topic: RowSpec = {
      address: 'google_oracle_database_odb_network.n',
      source: 'hashicorp/google',
      actions: ['no-op'],
      before: { labels: null, terraform_labels: {}, effective_labels: {} },
      after: { labels: null, terraform_labels: {}, effective_labels: {} },
    };
    expect(judge(planOf([topic])).map((f) => f.fix?.text.includes('replaces'))).toEqual([true]);
    const bucket = { ...topic, address: 'google_storage_bucket.b' };
    expect(judge(planOf([bucket])).map((f) => f.fix?.text.includes('replaces'))).toEqual([false]);
  });
});

describe('Google: labels do not take the place of Resource Manager tags', () => {
  const KEY = '123456789012/environment';
  const tagged = attribute('environment', { values: VALUES, carriers: { google: KEY } });
  const catalog = {
    google_storage_bucket: { class: 'object-storage', identity: ['name'], companions: ['google_tags_location_tag_binding'] },
    google_tags_location_tag_binding: { class: 'tagging', tagging: { object: 'parent', value: 'tag_value' } },
    google_compute_address: { class: 'network', companions: [] },
  };
  const labels = {
    labels: { environment: 'dev' },
    terraform_labels: { environment: 'dev' },
    effective_labels: { environment: 'dev' },
  };
  const bucket: RowSpec = {
    address: 'google_storage_bucket.b',
    source: 'hashicorp/google',
    actions: ['create'],
    after: { name: 'acme', ...labels },
  };
  const binding: RowSpec = {
    address: 'google_tags_location_tag_binding.e',
    source: 'hashicorp/google',
    actions: ['create'],
    after: { tag_value: `${KEY}/development` },
    unknown: { parent: true },
    block: { parent: { references: ['google_storage_bucket.b.name', 'google_storage_bucket.b'] } },
  };

  it('an equal label is weak, and the tag is still missing', () => {
    const found = judge(planOf([bucket]), { attributes: [tagged], catalog });
    expect(told(found)).toEqual([
      `tag-missing deny google_storage_bucket.b ${KEY}`,
      `tag-weak warn google_storage_bucket.b ${KEY}`,
    ]);
    expect(found[0]?.fix?.text).toContain('google_tags_location_tag_binding');
    expect(found[1]?.fix?.insert).toContain(`tag_value = "${KEY}/development"`);
  });

  it('a binding in the same plan carries it', () => {
    expect(judge(planOf([bucket, binding]), { attributes: [tagged], catalog })).toEqual([]);
  });

  it('a binding whose value is an id that nothing explains leaves it unknown', () => {
    const byId = { ...binding, after: { tag_value: 'tagValues/1' } };
    expect(told(judge(planOf([bucket, byId]), { attributes: [tagged], catalog }))).toEqual([
      `tag-unknown deny google_storage_bucket.b ${KEY}`,
    ]);
  });

  it('where only labels are possible, the label is weak and nothing is missing', () => {
    const address = { ...bucket, address: 'google_compute_address.a' };
    expect(told(judge(planOf([address]), { attributes: [tagged], catalog }))).toEqual([
      `tag-weak warn google_compute_address.a ${KEY}`,
    ]);
  });
});

describe('tag-disagrees', () => {
  const both = attribute('environment', {
    values: VALUES,
    sources: [
      { from: 'workspace', map: [['*-prod', 'production']] },
      { from: 'tag', key: 'environment', carrier: true, map: null },
    ],
  });
  const create = (value: string) => planOf([row({ after: tags({ environment: value }) })]);

  it('tag and workspace say different things', () => {
    const found = judge(create('dev'), { attributes: [both], workspace: 'shop-prod' });
    expect(told(found)).toEqual([`tag-disagrees warn ${Q} environment`]);
    expect(found[0]?.message).toContain('development');
    expect(found[0]?.message).toContain('production');
  });

  it('an alias agrees with its value; a value outside the list is no disagreement', () => {
    expect(judge(create('prod'), { attributes: [both], workspace: 'shop-prod' })).toEqual([]);
    expect(told(judge(create('qa'), { attributes: [both], workspace: 'shop-prod' }))).toEqual([
      `tag-value deny ${Q} environment`,
    ]);
  });

  it('a plain tag speaks of itself', () => expect(judge(create('dev'), { attributes: [environment] })).toEqual([]));

  it.each([
    [['production', 'dev'], ['tag-disagrees warn aws_child.c environment']],
    [['production', 'prod'], []],
    [['production'], []],
  ])('an object without tags has those of its parents: %s', (values, expected) => {
    const side = (id: string, own: Record<string, unknown>) => ({
      actions: ['no-op'],
      before: { id, ...own },
      after: { id, ...own },
    });
    const parents = values.map((value, at) => ({
      address: `aws_sqs_queue.q${at}`,
      ...side(`arn:q${at}`, tags({ environment: value })),
    }));
    const child = { address: 'aws_child.c', ...side('c', { of: values.map((_, at) => `arn:q${at}`) }) };
    const catalog = { aws_child: { class: null, parent: 'of' } };
    expect(told(judge(planOf([...parents, child]), { attributes: [environment], catalog }))).toEqual(expected);
  });
});
