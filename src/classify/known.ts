import type { CatalogRow, Provider } from '../../providers/provider.ts';
import type { Fact, FactSource } from '../logic/fact.ts';
import type { Mode, ResourceChange } from '../plan/model.ts';
import { baseClasses, type Membership } from './classes.ts';
import type { ClassifyContext } from './context.ts';

/** What is known of a type: the catalog's entry, null = in no catalog, and the code of its provider. */
export class Known {
  readonly row: CatalogRow | null;
  readonly provider: Provider;
  private readonly type: string;
  private readonly context: ClassifyContext;
  private base: Membership | null = null;
  private fact: Fact | null = null;

  constructor(row: CatalogRow | null, provider: Provider, type: string, context: ClassifyContext) {
    this.row = row;
    this.provider = provider;
    this.type = type;
    this.context = context;
  }

  /** Classes of every object of the type that wraps no other kind, before refinements. */
  get classes(): Membership {
    this.base ??= baseClasses(this.type, this.row, undefined, this.context);
    return this.base;
  }

  /** The same as a fact. */
  get classFact(): Fact {
    this.fact ??= classFact(this.type, this.row, this.classes);
    return this.fact;
  }
}

/** Classes of an object as a fact. */
export function classFact(type: string, row: CatalogRow | null, { members, open }: Membership): Fact {
  const sources: FactSource[] = row === null ? [] : [{ from: 'catalog', name: type, value: null }];
  return { key: 'class', state: { kind: 'members', members, open }, sources };
}

/** What is known of the types of one plan, each looked up once: every row is asked for its type several times. */
export class KnownTypes {
  private readonly context: ClassifyContext;
  /** By type: there is seldom more than one. */
  private readonly types = new Map<string, KnownType>();

  constructor(context: ClassifyContext) {
    this.context = context;
  }

  of({ provider, mode, type }: Pick<ResourceChange, 'provider' | 'mode' | 'type'>): Known {
    let at = this.types.get(type) ?? null;
    while (at !== null && (at.source !== provider || at.mode !== mode)) at = at.next;
    return at === null ? this.lookUp(provider, mode, type) : at.known;
  }

  private lookUp(source: string, mode: Mode, type: string): Known {
    const { provider, catalog } = this.context.knowledge(source);
    const table = mode === 'data' ? catalog?.data : mode === 'action' ? catalog?.actions : catalog?.managed;
    const known = new Known(table?.get(type) ?? null, provider, type, this.context);
    this.types.set(type, { source, mode, known, next: this.types.get(type) ?? null });
    return known;
  }
}

interface KnownType {
  readonly source: string;
  readonly mode: Mode;
  readonly known: Known;
  /** Of another provider or mode. */
  readonly next: KnownType | null;
}
