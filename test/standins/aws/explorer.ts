import type { Caller } from './caller.ts';
import { AwsError } from './faults.ts';
import type { StandIn } from './stand-in.ts';
import type { Standing } from './world.ts';

type Input = Readonly<Record<string, unknown>>;

const TOKEN_LIFE = 24 * 3_600_000;
/** A search stops here (API reference of Search). */
const SEARCH_MOST = 1000;

function viewArn({ account, region }: Caller): string {
  return `arn:aws:resource-explorer-2:${region}:${account}:view/all/11111111-2222-3333-4444-555555555555`;
}

function notFound(): AwsError {
  return new AwsError('ResourceNotFoundException', 404, 'Index or view not found');
}

/** The default view, or none: an empty answer. */
export function getDefaultView(standIn: StandIn, caller: Caller): object {
  if (standIn.faults.explorer.index === null) throw notFound();
  return standIn.faults.explorer.view ? { ViewArn: viewArn(caller) } : {};
}

export function getView(standIn: StandIn, caller: Caller): object {
  const { view, tags, filter } = standIn.faults.explorer;
  if (!view) throw notFound();
  const IncludedProperties = tags ? [{ Name: 'tags' }] : [];
  const Scope = `arn:aws:iam::${caller.account}:root`;
  const View = { ViewArn: viewArn(caller), Owner: caller.account, Scope, IncludedProperties, Filters: { FilterString: filter } };
  return { View, Tags: {} };
}

export function getIndex(standIn: StandIn, caller: Caller): object {
  const { index } = standIn.faults.explorer;
  if (index === null) throw notFound();
  return { Arn: `arn:aws:resource-explorer-2:${caller.region}:${caller.account}:index/1`, Type: 'LOCAL', State: index };
}

export function listSupportedResourceTypes(standIn: StandIn): object {
  const ResourceTypes = [...standIn.faults.explorer.types].map((type) => ({ Service: type.split(':')[0], ResourceType: type }));
  return { ResourceTypes };
}

export function search(standIn: StandIn, caller: Caller, input: Input): object {
  if (typeof input.QueryString !== 'string' || input.QueryString.length > 1280)
    throw new AwsError('ValidationException', 400, 'QueryString');
  return answer(standIn, caller, input, input.QueryString, SEARCH_MOST);
}

export function listResources(standIn: StandIn, caller: Caller, input: Input): object {
  const filters = (input.Filters ?? {}) as { FilterString?: string };
  return answer(standIn, caller, input, filters.FilterString ?? '', Number.POSITIVE_INFINITY);
}

function answer(standIn: StandIn, caller: Caller, input: Input, query: string, most: number): object {
  const { faults, world, pages } = standIn;
  if (!faults.explorer.view) throw new AwsError('UnauthorizedException', 401, 'no default view');
  const size = Number(input.MaxResults ?? 100);
  if (!Number.isInteger(size) || size < 1 || size > 1000) throw new AwsError('ValidationException', 400, 'MaxResults');
  const page = pages.take(input.NextToken, TOKEN_LIFE, 'ValidationException', 'The token is not valid');
  const asked = [...matchers(query), ...matchers(faults.explorer.filter)];
  const isIndexed = (one: Standing) =>
    !faults.explorer.missed.has(one.arn) &&
    faults.explorer.types.has(one.type) &&
    (one.region === caller.region || one.region === 'global') &&
    asked.every((matches) => matches(one));
  const known = exactArn(query);
  // An index finds an id without looking at everything.
  const direct = known === null || faults.explorer.blind ? null : world.get(known);
  const { found, next } =
    known === null
      ? world.page(caller.account, page.from, Math.min(size, most - page.seen), isIndexed)
      : { found: direct !== null && direct.account === caller.account && isIndexed(direct) ? [direct] : [], next: null };
  const token = page.seen + found.length >= most ? null : pages.give(next, page, found);
  return {
    ViewArn: viewArn(caller),
    Resources: standIn.shown(page, found, token === null).map((one) => described(one, faults.explorer.tags)),
    ...(token === null ? {} : { NextToken: token }),
  };
}

function exactArn(query: string): string | null {
  return /^id:("?)(arn:[^"\s*]+)\1$/.exec(query)?.[2] ?? null;
}

/** Filters with one value each, a `-` in front and a `*` at the end, as far as they are used here. Case does not count. */
function matchers(query: string): ((resource: Standing) => boolean)[] {
  const terms = query.match(/-?[a-z.]+:("(?:[^"\\]|\\.)*"|\S+)/g) ?? [];
  return terms.map((term) => {
    const [, minus, name, raw] = /^(-?)([a-z.]+):(.+)$/.exec(term) as RegExpExecArray;
    const text = (raw as string).replace(/^"|"$/g, '').replaceAll(/\\(.)/g, '$1').toLowerCase();
    const wanted = (value: string) => (text.endsWith('*') ? value.startsWith(text.slice(0, -1)) : value === text);
    const said = (one: Standing): boolean => {
      if (name === 'id') return wanted(one.arn.toLowerCase());
      if (name === 'region') return wanted(one.region);
      if (name === 'service') return wanted(one.type.split(':')[0] ?? '');
      if (name === 'resourcetype') return wanted(one.type);
      if (name === 'accountid') return wanted(one.account);
      if (name === 'tag' && text === 'none') return (one.tags?.size ?? 0) === 0;
      throw new AwsError('ValidationException', 400, `filter ${name}`);
    };
    return (one) => said(one) !== (minus === '-');
  });
}

/** Tags of IAM are not indexed (query syntax reference). */
function described({ arn, account, region, type, tags }: Standing, withTags: boolean): object {
  const shown = withTags && tags !== null && tags.size > 0 && !arn.startsWith('arn:aws:iam:');
  const data = [...(tags ?? [])].map(([Key, Value]) => ({ Key, Value }));
  return {
    Arn: arn,
    OwningAccountId: account,
    Region: region,
    ResourceType: type,
    Service: type.split(':')[0],
    LastReportedAt: '2026-11-20T12:00:00Z',
    Properties: shown ? [{ Name: 'tags', LastReportedAt: '2026-11-20T12:00:00Z', Data: data }] : [],
  };
}
