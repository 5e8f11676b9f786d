import type { CatalogRow, Provider } from '../../providers/provider.ts';
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
}

/** What is known of the types of one plan, each looked up once: every row is asked for its type several times. */
export class KnownTypes {
  private readonly context: ClassifyContext;
  private readonly sources = new Map<string, Map<Mode, Map<string, Known>>>();

  constructor(context: ClassifyContext) {
    this.context = context;
  }

  of({ provider, mode, type }: Pick<ResourceChange, 'provider' | 'mode' | 'type'>): Known {
    const known = this.sources.get(provider)?.get(mode)?.get(type);
    return known ?? this.lookUp(provider, mode, type);
  }

  private lookUp(source: string, mode: Mode, type: string): Known {
    const { provider, catalog } = this.context.knowledge(source);
    const table = mode === 'data' ? catalog?.data : mode === 'action' ? catalog?.actions : catalog?.managed;
    const known = new Known(table?.get(type) ?? null, provider, type, this.context);
    const modes = this.sources.get(source) ?? new Map<Mode, Map<string, Known>>();
    this.sources.set(source, modes);
    const types = modes.get(mode) ?? new Map<string, Known>();
    modes.set(mode, types);
    types.set(type, known);
    return known;
  }
}
