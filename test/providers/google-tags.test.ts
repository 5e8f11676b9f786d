import { describe, expect, it } from 'vitest';
import { readTag, taggableFor } from '../../providers/effective.ts';
import { google } from '../../providers/gcp/provider.ts';
import { noRecordings, type RowSpec, recordedPlan, rowOf, spell, tagInput, tagsOf } from './recorded.ts';

const KEY = '123456789012/environment';
const row = (spec: RowSpec) => rowOf({ source: 'hashicorp/google', block: {}, ...spec });
const provisioned = { 'goog-terraform-provisioned': 'true' };

describe('google: labels', () => {
  it('before is effective_labels: after an outside removal a label reads empty, and is gone', () => {
    const before = {
      labels: { data: '' },
      terraform_labels: { data: '', environment: '', ...provisioned },
      effective_labels: { team: 'a', ...provisioned },
    };
    const effective = tagsOf(google, row({ type: 'google_storage_bucket', before }), 'before');
    expect([spell(effective, 'environment'), spell(effective, 'data'), spell(effective, 'team')]).toEqual([
      'absent',
      'absent',
      '=a',
    ]);
  });

  it('before after an import: labels are empty, the live ones stand in effective_labels', () => {
    const before = { labels: {}, terraform_labels: {}, effective_labels: { data: 'restricted' } };
    expect(spell(tagsOf(google, row({ type: 'google_storage_bucket', before }), 'before'), 'data')).toBe('=restricted');
  });

  it('after is terraform_labels; one unknown value of default_labels makes it known and wrong', () => {
    const after = {
      labels: { data: 'x' },
      terraform_labels: { data: 'x', ...provisioned },
      effective_labels: { data: 'x', ...provisioned },
    };
    const plain = tagsOf(google, row({ type: 'google_storage_bucket', after }));
    expect([spell(plain, 'data'), spell(plain, 'environment')]).toEqual(['=x', 'absent']);
    const late = tagsOf(
      google,
      row({
        type: 'google_storage_bucket',
        after,
        provider: { default_labels: { references: ['random_id.x.hex', 'random_id.x'] } },
      }),
    );
    expect([spell(late, 'data'), spell(late, 'environment')]).toEqual(['=x', 'unknown']);
  });

  it('before provider 5 there is no merged attribute; unset with an unknown one is untagged', () => {
    expect(spell(tagsOf(google, row({ type: 'google_pubsub_topic', after: { labels: { a: 'b' } } })), 'a')).toBe('=b');
    const unset = row({
      type: 'google_pubsub_topic',
      after: { labels: null },
      unknown: { terraform_labels: true, effective_labels: true },
    });
    expect(spell(tagsOf(google, unset), 'environment')).toBe('absent');
  });

  it('a label set outside stays on an object that is updated, and goes with one that is replaced', () => {
    const before = { labels: {}, terraform_labels: {}, effective_labels: { owner: 'jo' } };
    const after = { labels: {}, terraform_labels: {}, effective_labels: { owner: 'jo' } };
    expect(spell(tagsOf(google, row({ type: 'google_storage_bucket', before, after })), 'owner')).toBe('=jo');
    const replaced = { ...after, effective_labels: {} };
    expect(spell(tagsOf(google, row({ type: 'google_storage_bucket', before, after: replaced })), 'owner')).toBe('absent');
  });

  it('a label that the configuration takes back does not count as set by others', () => {
    const before = { labels: { a: 'b' }, terraform_labels: { a: 'b' }, effective_labels: { a: 'b' } };
    const after = { labels: {}, terraform_labels: {}, effective_labels: { a: 'b' } };
    expect(spell(tagsOf(google, row({ type: 'google_storage_bucket', before, after })), 'a')).toBe('absent');
  });

  it('labels that are a function of the object are no carrier', () => {
    const after = { labels: { email_address: 'x' }, user_labels: { environment: 'production' } };
    const effective = tagsOf(google, row({ type: 'google_monitoring_notification_channel', after }));
    expect([spell(effective, 'environment'), spell(effective, 'email_address')]).toEqual(['=production', 'absent']);
  });

  it.each([
    ['unset in the one static block', { settings: [{ tier: {} }] }, 'absent'],
    ['set there', { settings: [{ user_labels: { references: ['random_id.x.hex', 'random_id.x'] } }] }, 'unknown'],
    ['a dynamic block, which leaves no trace', {}, 'unknown'],
    ['no configuration', null, 'unknown'],
  ])('Cloud SQL user_labels: %s', (_, block, environment) => {
    const instance = row({
      type: 'google_sql_database_instance',
      block,
      after: { settings: [{ tier: 'x' }] },
      unknown: { settings: [{ user_labels: true }] },
    });
    const effective = tagsOf(google, instance);
    expect([effective.taggable, spell(effective, 'environment')]).toEqual(['yes', environment]);
  });
});

describe('google: Resource Manager tags', () => {
  it('an object is a tag map, a list is network tags', () => {
    const topic = tagsOf(google, row({ type: 'google_pubsub_topic', after: { labels: null, tags: { [KEY]: 'production' } } }));
    expect([taggableFor(topic, KEY), spell(topic, KEY)]).toEqual(['yes', '=production']);
    const machine = tagsOf(
      google,
      row({ type: 'google_compute_instance', after: { labels: null, tags: ['production'], params: [] } }),
    );
    expect([taggableFor(machine, KEY), spell(machine, KEY), machine.carriers.includes('tags')]).toEqual(['yes', 'absent', false]);
  });

  it.each([
    ['google_pubsub_topic', { labels: null, tags: null }, 'yes'],
    ['google_compute_route', { tags: null, params: [] }, 'yes'],
    ['google_storage_bucket', { labels: null, terraform_labels: {}, effective_labels: {} }, 'companion'],
    ['google_sql_database', { name: 'app' }, 'no'],
  ])('%s: where a key with a slash can stand', (type, after, taggable) => {
    expect(taggableFor(tagsOf(google, row({ type, after })), KEY)).toBe(taggable);
  });

  it('reads resource_tags, resource_manager_tags and params', () => {
    const tags = { [KEY]: 'production' };
    expect(spell(tagsOf(google, row({ type: 'google_bigquery_dataset', after: { resource_tags: tags } })), KEY)).toBe(
      '=production',
    );
    expect(
      spell(
        tagsOf(google, row({ type: 'google_compute_instance_template', after: { resource_manager_tags: tags, tags: null } })),
        KEY,
      ),
    ).toBe('=production');
    expect(
      spell(tagsOf(google, row({ type: 'google_compute_disk', after: { params: [{ resource_manager_tags: tags }] } })), KEY),
    ).toBe('=production');
  });

  it('ids are resolved through state, else any key with a slash may be meant', () => {
    const disk = row({
      type: 'google_compute_disk',
      after: { labels: null, params: [{ resource_manager_tags: { 'tagKeys/1': 'tagValues/2' } }] },
    });
    const blind = google.effectiveTags(tagInput(disk, 'after'));
    expect([spell(blind, KEY), spell(blind, 'environment')]).toEqual(['unknown', 'absent']);
    const names = new Map([['tagValues/2', `${KEY}/production`]]);
    const seen = google.effectiveTags({ ...tagInput(disk, 'after'), tagNames: names });
    expect([spell(seen, KEY), spell(seen, '123456789012/data')]).toEqual(['=production', 'absent']);
    const keyOnly = google.effectiveTags({ ...tagInput(disk, 'after'), tagNames: new Map([['tagKeys/1', KEY]]) });
    expect([spell(keyOnly, KEY), spell(keyOnly, '123456789012/data')]).toEqual(['unknown', 'absent']);
  });

  it('unknown labels do not hide tags, nor the other way round', () => {
    const topic = row({
      type: 'google_pubsub_topic',
      after: { tags: { [KEY]: 'production' } },
      unknown: { labels: true, terraform_labels: true, effective_labels: true },
    });
    const effective = tagsOf(google, topic);
    expect([spell(effective, KEY), spell(effective, '123456789012/data'), spell(effective, 'environment')]).toEqual([
      '=production',
      'absent',
      'unknown',
    ]);
  });

  it('knows the names of tag values in state', () => {
    const values = { id: 'tagValues/2', name: '2', namespaced_name: `${KEY}/production` };
    expect(google.tagNames?.of('google_tags_tag_value', values)).toEqual([['tagValues/2', `${KEY}/production`]]);
    expect(google.tagNames?.of('google_storage_bucket', values)).toEqual([]);
  });

  it.each([
    [
      '//sqladmin.googleapis.com/projects/481516234200/instances/orders',
      'google_sql_database_instance',
      { name: 'orders' },
      true,
    ],
    ['//sqladmin.googleapis.com/projects/481516234200/instances/orders', 'google_compute_instance', { name: 'orders' }, false],
    ['//sqladmin.googleapis.com/projects/481516234200/instances/orders', 'google_sql_database', { name: 'orders' }, false],
    ['//storage.googleapis.com/projects/_/buckets/acme', 'google_storage_bucket', { name: 'acme' }, true],
    [
      '//compute.googleapis.com/projects/1/zones/z/instances/42',
      'google_compute_instance',
      { name: 'vm', instance_id: '42' },
      true,
    ],
    ['//cloudresourcemanager.googleapis.com/projects/4815', 'google_project', { number: '4815' }, true],
  ])('%s names %s: %s', (reference, type, values, expected) => {
    expect(google.fullNames?.isNamedBy(reference, type, values)).toBe(expected);
  });
});

describe('google: places', () => {
  it("the resource's own project, and links that agree", () => {
    const link = 'https://sqladmin.googleapis.com/sql/v1beta4/projects/acme-prod/instances/orders';
    expect(google.accounts({ project: 'acme-prod', self_link: link }, null, null).map((r) => r.value)).toEqual([
      'acme-prod',
      'acme-prod',
    ]);
    expect(google.accounts({ project_id: 'acme-new', number: '1' }, null, null).map((r) => r.value)).toEqual(['acme-new']);
    expect(google.accounts({ id: 'projects/481516/locations/x' }, null, null)).toEqual([]);
  });
  it.each([
    [{ zone: 'europe-west3-a' }, ['europe-west3']],
    [{ location: 'EUROPE-WEST3' }, ['europe-west3']],
    [{ location: 'EU' }, ['EU']],
    [{ region: 'europe-west3', zone: 'europe-west3-b' }, ['europe-west3', 'europe-west3']],
  ])('%s', (values, expected) => {
    expect(google.regions(values, null, null).map((r) => r.value)).toEqual(expected);
  });
});

/** recorded/google/unlabeled/README.md: environment, then team. */
const UNLABELED: Readonly<Record<string, readonly [string, string]>> = {
  'google_pubsub_topic.unset': ['absent', 'absent'],
  'google_pubsub_topic.empty': ['absent', 'absent'],
  'google_pubsub_topic.null_variable': ['absent', 'absent'],
  'google_pubsub_topic.one_unknown_value': ['unknown', 'unknown'],
  'google_pubsub_topic.unknown_environment': ['unknown', 'unknown'],
  'google_pubsub_topic.unknown_map': ['unknown', 'unknown'],
  'google_pubsub_topic.defaults_only': ['=development', '=platform'],
  'google_pubsub_topic.overridden': ['=production', '=platform'],
  'google_pubsub_topic.defaults_and_unknown': ['unknown', 'unknown'],
  'google_pubsub_topic.late_defaults': ['unknown', 'unknown'],
  'google_sql_database_instance.defaults_do_not_reach': ['absent', 'absent'],
  'google_sql_database_instance.unknown_user_label': ['unknown', 'unknown'],
  'google_storage_bucket.unset': ['absent', 'absent'],
  'google_storage_bucket.unknown_name': ['=development', '=platform'],
};

describe.skipIf(noRecordings)('google: recorded plans', () => {
  const rows = noRecordings ? [] : [...recordedPlan('google/unlabeled').rows()].filter((r) => r.type.startsWith('google_'));
  const cases = rows.filter((r) => r.type !== 'google_sql_database');

  it('every row of the story is in the table', () => {
    expect(cases.map((r) => r.address).sort()).toEqual(Object.keys(UNLABELED).sort());
  });
  it.each(cases.map((r) => [r.address, r] as const))('%s', (address, change) => {
    const effective = tagsOf(google, change);
    expect(effective.taggable).toBe('yes');
    expect([spell(effective, 'environment'), spell(effective, 'team')]).toEqual(UNLABELED[address]);
  });
  it('a logical database carries nothing', () => {
    const database = rows.find((r) => r.type === 'google_sql_database');
    expect(database && tagsOf(google, database).taggable).toBe('no');
  });
  it('resource-manager-tags-changed: every row carries the tag itself, on both sides', () => {
    const key = '108174629350/environment';
    const changed = [...recordedPlan('google/resource-manager-tags-changed').rows()];
    expect(changed).toHaveLength(14);
    for (const change of changed) {
      for (const side of ['before', 'after'] as const) {
        const effective = tagsOf(google, change, side);
        const byId = readTag(effective, key)?.state === 'unknown';
        expect(taggableFor(effective, key), change.address).toBe('yes');
        expect(byId ? 'by id' : spell(effective, key), change.address).toBe(
          change.type.startsWith('google_compute_') ? 'by id' : side === 'before' ? '=production' : '=development',
        );
      }
    }
  });
});
