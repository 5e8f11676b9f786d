import { type ServerUnaryCall, status, type UntypedServiceImplementation } from '@grpc/grpc-js';
import type { protobuf } from 'google-gax';
import { denied, invalid, notFound, serviceError, wrongLocation } from './errors.ts';
import type { Faults } from './faults.ts';
import type { Resource, TagKey, TagValue, World } from './world.ts';

/** Members of a request; nested messages and numbers are cast where they are read. */
export type Message = Readonly<Record<string, string | undefined>>;
export type Call = ServerUnaryCall<Message, unknown>;
/** Answers one call at the host of a location; throws what `errors.ts` makes. */
export type Work = (call: Call, location: string) => Record<string, unknown>;
/** Wraps the work of an API in what every call goes through. */
export type Method = (api: string, writes: boolean, work: Work) => UntypedServiceImplementation[string];

interface Operation {
  readonly name: string;
  readonly location: string;
  left: number;
  readonly answer: Record<string, unknown>;
}

const V3 = 'google.cloud.resourcemanager.v3';

/** Resource Manager v3: what its protos say, with the manners that golden logs show. */
export function resourceManager(
  world: World,
  faults: Faults,
  types: protobuf.Root,
  method: Method,
): Readonly<Record<'TagBindings' | 'TagValues' | 'TagKeys' | 'Projects' | 'Operations', UntypedServiceImplementation>> {
  const operations = new Map<string, Operation>();
  const read = (api: string, work: Work) => method(`cloudresourcemanager.${api}`, false, work);
  const write = (api: string, work: Work) => method(`cloudresourcemanager.${api}`, true, work);
  const allow = (permission: string, resource: string): void => {
    if (faults.denied.has(permission)) throw denied(permission, resource);
  };

  /** The object that tags of `parent` hang on, at the host of its location. */
  const bearer = (parent: string, location: string): Resource => {
    const resource = world.find(parent);
    if (resource === null) throw notFound(parent);
    if (resource.parent === null || world.numbered(parent) !== resource.parent) {
      throw invalid('field [binding.resource] has issue [Must be a valid One Platform resource name.]');
    }
    if (resource.location.toLowerCase() !== location) throw wrongLocation();
    if (faults.broken.has(resource.parent)) throw serviceError(status.INTERNAL, 'Internal error encountered.');
    return resource;
  };
  const madeValue = (key: string, value: string): TagValue => {
    const known = world.valueNamed(`${key}/${value}`);
    if (known === undefined) throw new Error(`no tag value ${key}/${value} is made`);
    return known;
  };
  const keyOf = (value: TagValue): TagKey => {
    const key = world.keys.get(value.parent);
    if (key === undefined) throw new Error(`no key of ${value.namespacedName} is made`);
    return key;
  };
  const bindingOf = (resource: Resource, value: TagValue) => ({
    name: `tagBindings/${encodeURIComponent(resource.parent ?? '')}/${value.name}`,
    parent: resource.parent,
    tagValue: value.name,
    tagValueNamespacedName: value.namespacedName,
  });
  const effectiveTag = (key: string, value: string, inherited: boolean) => {
    const made = madeValue(key, value);
    const owner = keyOf(made);
    return {
      tagValue: made.name,
      namespacedTagValue: made.namespacedName,
      tagKey: owner.name,
      namespacedTagKey: owner.namespacedName,
      tagKeyParentName: owner.parent,
      inherited,
    };
  };
  const any = (type: string, members: object) => {
    const message = types.lookupType(type);
    return { type_url: `type.googleapis.com/${type}`, value: message.encode(message.fromObject(members)).finish() };
  };
  const operate = (
    location: string,
    answer: Record<string, unknown>,
    polls = faults.polls,
    more: Record<string, unknown> = {},
  ): Record<string, unknown> => {
    let ending = { ...more, ...answer };
    if (faults.operations.times > 0) {
      faults.operations.times--;
      ending = { ...more, error: { code: faults.operations.code, message: 'The operation failed.' } };
    }
    const name = `operations/rctb.${location}.${operations.size + 1}`;
    if (polls === 0) return { done: true, ...ending };
    operations.set(name, { name, location, left: polls, answer: ending });
    return { name, done: false, ...more };
  };
  /** Keys and values take their time, at the host without a location, and say what is done to them. */
  const slowly = (verb: string, kind: 'TagKey' | 'TagValue', thing: TagKey): Record<string, unknown> =>
    operate('global', { response: any(`${V3}.${kind}`, thing) }, 1, { metadata: any(`${V3}.${verb}${kind}Metadata`, {}) });

  const TagBindings: UntypedServiceImplementation = {
    listEffectiveTags: read('effectiveTags.list', ({ request }, location) => {
      const resource = bearer(request.parent ?? '', location);
      allow(permission(resource, 'listEffectiveTags'), request.parent ?? '');
      const all = [
        ...[...world.direct(resource)].map(([key, value]) => effectiveTag(key, value, false)),
        ...[...world.inherited(resource)].map(([key, { value }]) => effectiveTag(key, value, true)),
      ];
      const { items, nextPageToken } = page(all, request);
      return { effectiveTags: items, nextPageToken };
    }),
    listTagBindings: read('tagBindings.list', ({ request }, location) => {
      const resource = bearer(request.parent ?? '', location);
      allow(permission(resource, 'listTagBindings'), request.parent ?? '');
      const all = [...world.direct(resource)].map(([key, value]) => bindingOf(resource, madeValue(key, value)));
      const { items, nextPageToken } = page(all, request);
      return { tagBindings: items, nextPageToken };
    }),
    createTagBinding: write('tagBindings.create', ({ request }, location) => {
      const { parent = '', tagValue = '', tagValueNamespacedName = '' } = request.tagBinding as unknown as Message;
      if (tagValue && tagValueNamespacedName) throw invalid('Only one of tag_value and tag_value_namespaced_name may be set.');
      const resource = bearer(parent, location);
      allow('resourcemanager.tagValueBindings.create', tagValue);
      allow(permission(resource, 'createTagBinding'), parent);
      const value = tagValue ? world.values.get(tagValue) : world.valueNamed(tagValueNamespacedName);
      if (value === undefined) throw notFound(tagValue);
      const key = keyOf(value).namespacedName;
      const bound = world.direct(resource).get(key);
      if (bound === value.shortName) throw serviceError(status.ALREADY_EXISTS, 'The binding already exists.');
      if (bound !== undefined) throw serviceError(status.FAILED_PRECONDITION, 'The resource already has a value of this key.');
      const answer = operate(location, { response: any(`${V3}.TagBinding`, bindingOf(resource, value)) });
      if (!failed(answer)) world.bind(resource, key, faults.fights.get(key) ?? value.shortName);
      return answer;
    }),
    deleteTagBinding: write('tagBindings.delete', ({ request: { name = '' } }, location) => {
      const [, encoded, valueName] = /^tagBindings\/([^/]+)\/(tagValues\/\d+)$/.exec(name) ?? [];
      if (encoded === undefined || valueName === undefined) throw invalid('The name of the binding is malformed.');
      const resource = bearer(decodeURIComponent(encoded), location);
      allow('resourcemanager.tagValueBindings.delete', valueName);
      allow(permission(resource, 'deleteTagBinding'), decodeURIComponent(encoded));
      const value = world.values.get(valueName);
      const key = value === undefined ? '' : keyOf(value).namespacedName;
      if (value === undefined || world.direct(resource).get(key) !== value.shortName) throw notFound(name);
      const answer = operate(location, { response: any('google.protobuf.Empty', {}) });
      if (!failed(answer)) world.bind(resource, key, null);
      return answer;
    }),
  };
  /** Whether the operation, done or not, ends with an error. */
  const failed = (answer: Record<string, unknown>): boolean =>
    'error' in answer || 'error' in (operations.get(String(answer.name))?.answer ?? {});

  const told = (kind: 'tagKeys' | 'tagValues', thing: TagKey | undefined, name = ''): Record<string, unknown> => {
    if (thing === undefined) throw notFound(name);
    allow(`resourcemanager.${kind}.get`, name);
    return { ...thing };
  };
  const TagValues: UntypedServiceImplementation = {
    getTagValue: read('tagValues.get', ({ request: { name } }) => told('tagValues', world.values.get(name ?? ''), name)),
    getNamespacedTagValue: read('tagValues.getNamespaced', ({ request: { name } }) =>
      told('tagValues', world.valueNamed(name ?? ''), name),
    ),
    createTagValue: write('tagValues.create', ({ request }) => {
      const { parent = '', shortName = '' } = request.tagValue as unknown as Message;
      const made = world.addValue(parent, shortName);
      if (made === null) throw notFound(parent);
      return slowly('Create', 'TagValue', made);
    }),
    deleteTagValue: write('tagValues.delete', ({ request: { name = '' } }) => {
      const value = world.values.get(name);
      if (value === undefined) throw notFound(name);
      world.removeValue(value);
      return slowly('Delete', 'TagValue', value);
    }),
  };
  const TagKeys: UntypedServiceImplementation = {
    getTagKey: read('tagKeys.get', ({ request: { name } }) => told('tagKeys', world.keys.get(name ?? ''), name)),
    getNamespacedTagKey: read('tagKeys.getNamespaced', ({ request: { name } }) =>
      told('tagKeys', world.keyNamed(name ?? ''), name),
    ),
    createTagKey: write('tagKeys.create', ({ request }) => {
      const { parent = '', shortName = '' } = request.tagKey as unknown as Message;
      return slowly('Create', 'TagKey', world.addKey(parent, shortName));
    }),
    deleteTagKey: write('tagKeys.delete', ({ request: { name = '' } }) => {
      const key = world.keys.get(name);
      if (key === undefined) throw notFound(name);
      world.keys.delete(name);
      return slowly('Delete', 'TagKey', key);
    }),
  };
  const Projects: UntypedServiceImplementation = {
    getProject: read('projects.get', ({ request: { name = '' } }) => {
      const project = world.project(name.replace('projects/', ''));
      // Who may not see a project is not told whether it is there.
      if (project === undefined) throw denied('resourcemanager.projects.get', name);
      allow('resourcemanager.projects.get', name);
      return { name: `projects/${project.number}`, projectId: project.id, state: project.state ?? 'ACTIVE' };
    }),
  };
  const Operations: UntypedServiceImplementation = {
    getOperation: read('operations.get', ({ request: { name = '' } }, location) => {
      const operation = operations.get(name);
      if (operation === undefined) throw notFound(name);
      if (operation.location !== location) {
        throw invalid(`Operation location '${operation.location}' does not match service location '${location}'`);
      }
      return --operation.left > 0 ? { name, done: false } : { name, done: true, ...operation.answer };
    }),
  };
  return { TagBindings, TagValues, TagKeys, Projects, Operations };
}

function page<T>(items: readonly T[], { pageToken, pageSize }: Message): { items: T[]; nextPageToken: string } {
  const from = Number(pageToken || 0);
  const size = Math.min(Number(pageSize) || 100, 300);
  return { items: items.slice(from, from + size), nextPageToken: from + size < items.length ? `${from + size}` : '' };
}

/** `storage.googleapis.com/Bucket` -> `storage.buckets.listEffectiveTags`. */
function permission({ assetType }: Resource, verb: string): string {
  if (assetType === 'cloudresourcemanager.googleapis.com/Project') return `resourcemanager.hierarchyNodes.${verb}`;
  const [host = '', type = ''] = assetType.split('/');
  const service = host.replace('.googleapis.com', '').replace('sqladmin', 'cloudsql');
  return `${service}.${type.charAt(0).toLowerCase()}${type.slice(1)}s.${verb}`;
}
