import type { Resource } from '@aws-sdk/client-resource-explorer-2';
import { type CloudAnswer, CloudFailure } from '../cloud.ts';
import { GET_DEFAULT_VIEW, GET_INDEX, GET_VIEW, LIST_RESOURCES, LIST_SUPPORTED_TYPES, SEARCH_RESOURCES } from './apis.ts';
import { canonicalArn } from './arn.ts';
import type { Door } from './door.ts';
import { belongsTo, explorerTypes } from './explorer-types.ts';
import { codeOf, isPassing } from './failures.ts';
import { foundTags, tagMap } from './managed.ts';

/** Resources on one page (service model). */
export const EXPLORER_PAGE = 1000;

/** The view that a search of the region goes through. */
export interface View {
  readonly arn: string;
  /** Whether its answers carry tags. */
  readonly tags: boolean;
  /** Whether it hides resources. */
  readonly filtered: boolean;
}

/** What an absence from the index means: types that it would have, or why it means nothing. */
type Coverage = { readonly types: ReadonlySet<string> } | { readonly why: string; readonly hint: string };

/** Characters that mean nothing to the query syntax. */
const PLAIN = /^[A-Za-z0-9:/_.-]+$/;

/** Resource Explorer of one session. Only what has a default view is searched: a first search elsewhere may turn Resource Explorer on. */
export class Explorer {
  readonly #door: Door;
  #view: Promise<View> | null = null;
  #coverage: Promise<Coverage> | null = null;

  constructor(door: Door) {
    this.#door = door;
  }

  /** The default view of the region; rejects with CloudFailure. */
  view(): Promise<View> {
    this.#view ??= this.#readView().catch((failure: unknown) => {
      // What may pass is asked again by the next batch.
      if (failure instanceof CloudFailure && isPassing(failure)) this.#view = null;
      throw failure;
    });
    return this.#view;
  }

  /** What stands behind an ARN that the tagging API does not list. Never rejects with CloudFailure: an absence that is not confirmed is `unread`. */
  async confirmed(arn: string, guessed: boolean): Promise<CloudAnswer> {
    try {
      const view = await this.view();
      const found = await this.#search(view, arn);
      return found === undefined ? await this.#absent(view, arn, guessed) : existing(view, arn, found);
    } catch (error) {
      if (!(error instanceof CloudFailure)) throw error;
      return unconfirmed(arn, error.message, error.hint, error.permission);
    }
  }

  async #readView(): Promise<View> {
    const { region, target } = this.#door;
    try {
      const { ViewArn } = await this.#door.explorer(GET_DEFAULT_VIEW, (service) => service.getDefaultView({}));
      if (!ViewArn) throw noView(region, target.account);
      const { View } = await this.#door.explorer(GET_VIEW, (service) => service.getView({ ViewArn }));
      return {
        arn: ViewArn,
        tags: (View?.IncludedProperties ?? []).some(({ Name }) => Name === 'tags'),
        filtered: (View?.Filters?.FilterString ?? '') !== '',
      };
    } catch (error) {
      throw error instanceof CloudFailure && codeOf(error) === 'ResourceNotFoundException'
        ? noView(region, target.account)
        : error;
    }
  }

  /** The search is by words and knows no case: only the ARN itself counts. */
  async #search(view: View, arn: string): Promise<Resource | undefined> {
    const QueryString = `id:${PLAIN.test(arn) ? arn : quoted(arn)}`;
    let token: string | undefined;
    do {
      const request = { QueryString, ViewArn: view.arn, MaxResults: EXPLORER_PAGE, ...(token ? { NextToken: token } : {}) };
      const page = await this.#door.explorer(SEARCH_RESOURCES, (service) => service.search(request));
      const found = page.Resources?.find(({ Arn }) => canonicalArn(Arn ?? '') === arn);
      if (found !== undefined) return found;
      token = page.NextToken;
    } while (token);
    return undefined;
  }

  /** An index says that something is gone only where it would have it: it is complete, nothing is hidden, and it knows the type. */
  async #absent(view: View, arn: string, guessed: boolean): Promise<CloudAnswer> {
    const { region } = this.#door;
    if (guessed)
      return unconfirmed(arn, 'nothing in the state tells its account', 'scan with credentials of the account that it stands in');
    if (view.filtered)
      return unconfirmed(arn, `the default view in ${region} hides resources`, 'take the filter off the default view');
    if (!belongsTo(arn, region))
      return unconfirmed(arn, `the index in ${region} may not hold it`, 'look it up in the AWS console');
    if (!PLAIN.test(arn))
      return unconfirmed(arn, 'its ARN cannot be searched for with certainty', 'look it up in the AWS console');
    const coverage = await this.#covered(view);
    if ('why' in coverage) return unconfirmed(arn, coverage.why, coverage.hint);
    if (explorerTypes(arn).some((type) => coverage.types.has(type))) return { state: 'gone' };
    return unconfirmed(arn, 'Resource Explorer does not index resources of its type', 'look it up in the AWS console');
  }

  #covered(view: View): Promise<Coverage> {
    this.#coverage ??= this.#readCoverage(view).catch((failure: unknown) => {
      if (failure instanceof CloudFailure && isPassing(failure)) this.#coverage = null;
      throw failure;
    });
    return this.#coverage;
  }

  async #readCoverage(view: View): Promise<Coverage> {
    const { region } = this.#door;
    const { State } = await this.#door.explorer(GET_INDEX, (service) => service.getIndex({}));
    const hint = 'scan again when Resource Explorer has indexed the region';
    if (State !== 'ACTIVE') return { why: `the index in ${region} is not complete yet`, hint };
    // A search that does not find what is there would have everything gone.
    const sample = await this.#sample(view);
    if (sample === undefined) return { why: `the index in ${region} holds nothing`, hint };
    if ((await this.#search(view, sample)) === undefined)
      return { why: `a search in ${region} does not find what the index holds`, hint };
    return { types: await this.#types() };
  }

  /** An ARN that the index holds. */
  async #sample(view: View): Promise<string | undefined> {
    const request = { ViewArn: view.arn, MaxResults: 50, Filters: { FilterString: `region:${this.#door.region}` } };
    const { Resources } = await this.#door.explorer(LIST_RESOURCES, (service) => service.listResources(request));
    return Resources?.map(({ Arn }) => canonicalArn(Arn ?? '')).find((arn) => PLAIN.test(arn));
  }

  async #types(): Promise<ReadonlySet<string>> {
    const types = new Set<string>();
    let token: string | undefined;
    do {
      const request = { MaxResults: EXPLORER_PAGE, ...(token ? { NextToken: token } : {}) };
      const page = await this.#door.explorer(LIST_SUPPORTED_TYPES, (service) => service.listSupportedResourceTypes(request));
      for (const { ResourceType } of page.ResourceTypes ?? []) if (ResourceType) types.add(ResourceType);
      token = page.NextToken;
    } while (token);
    return types;
  }
}

/** Tags as the index has them; the tagging API has just said that there are none, so that a view without tags says too little. */
function existing(view: View, arn: string, resource: Resource): CloudAnswer {
  if (view.tags) return { state: 'found', ...foundTags(arn, indexedTags(resource)) };
  return unconfirmed(arn, 'it exists, but the default view does not show tags', 'let the default view include tags');
}

/** `Properties` of a view that includes tags: one named `tags`, whose data is a list of keys and values; absent on what has none. */
export function indexedTags({ Properties }: Resource): Map<string, string> {
  const tags = Properties?.find(({ Name }) => Name === 'tags')?.Data;
  return Array.isArray(tags) ? tagMap(tags as { Key?: string; Value?: string }[]) : new Map();
}

function unconfirmed(arn: string, why: string, hint: string, permission: string | null = null): CloudAnswer {
  const message = `AWS lists no tags of \`${arn}\`, and whether it exists is not confirmed: ${why}`;
  return { state: 'unread', failure: new CloudFailure('unconfirmed', message, hint, { permission }) };
}

function noView(region: string, account: string): CloudFailure {
  return new CloudFailure(
    'unknown-place',
    `Resource Explorer has no default view in ${region} of account ${account}`,
    `turn Resource Explorer on in ${region}, with a default view that includes tags`,
  );
}

/** A phrase, so that nothing in it is an operator of the query syntax. */
function quoted(text: string): string {
  return `"${text.replaceAll(/[\\"]/g, (character) => `\\${character}`)}"`;
}
