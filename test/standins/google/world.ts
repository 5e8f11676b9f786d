/** An object of a project. */
export interface Resource {
  /** As the asset inventory spells it. */
  readonly name: string;
  readonly assetType: string;
  readonly location: string;
  /** The name that bindings hang on, with the project's number; null = it takes none. */
  readonly parent: string | null;
  readonly labels?: Readonly<Record<string, string>>;
  /** Tags bound to it: `ORG/key` to short value. */
  readonly tags?: Readonly<Record<string, string>>;
  /** Seconds since 1970. */
  readonly createdAt?: number;
  /** The number that Compute gave it. */
  readonly number?: string;
}

export interface ProjectSpec {
  readonly id: string;
  readonly number: string;
  readonly state?: 'ACTIVE' | 'DELETE_REQUESTED';
  /** From the organization down to the folder above the project, with the tags bound there. */
  readonly ancestors?: readonly { readonly name: string; readonly tags: Readonly<Record<string, string>> }[];
  readonly tags?: Readonly<Record<string, string>>;
  readonly resources?: readonly Resource[];
  /** Instead of `resources`: made when asked for. `indexOf` finds one by its inventory name or its `parent`. */
  readonly many?: {
    readonly count: number;
    readonly resource: (index: number) => Resource;
    readonly indexOf: (name: string) => number | null;
  };
}

export interface TagKeySpec {
  /** Organization number, or project id. */
  readonly owner: string;
  readonly key: string;
  readonly values: readonly string[];
}

export interface TagKey {
  readonly name: string;
  readonly parent: string;
  readonly namespacedName: string;
  readonly shortName: string;
}

export type TagValue = TagKey;

/** What stands in the stand-in: specs, and on top of them what was changed. */
export class World {
  readonly #projects: readonly ProjectSpec[];
  readonly #index = new Map<string, Resource>();
  readonly #bound = new Map<string, Map<string, string>>();
  readonly #labels = new Map<string, Readonly<Record<string, string>>>();
  readonly #gone = new Set<string>();
  readonly #owners = new Map<string, ProjectSpec>();
  readonly #named = new Map<string, TagValue>();
  readonly keys = new Map<string, TagKey>();
  readonly values = new Map<string, TagValue>();
  #next = 281_470_000_000_001;

  constructor(projects: readonly ProjectSpec[], tagKeys: readonly TagKeySpec[]) {
    this.#projects = projects;
    for (const project of projects) {
      for (const resource of [...(project.resources ?? []), projectItself(project)]) {
        this.#index.set(resource.name, resource);
        this.#owners.set(resource.name, project);
        if (resource.parent !== null) this.#index.set(resource.parent, resource);
      }
    }
    for (const { owner, key, values } of tagKeys) {
      const made = this.addKey(
        this.#projects.some(({ id }) => id === owner) ? `projects/${owner}` : `organizations/${owner}`,
        key,
      );
      for (const value of values) this.addValue(made.name, value);
    }
  }

  project(name: string): ProjectSpec | undefined {
    return this.#projects.find(({ id, number }) => id === name || number === name);
  }

  addKey(parent: string, shortName: string): TagKey {
    const owner = parent.slice(parent.indexOf('/') + 1);
    const project = this.project(owner);
    const key = {
      name: `tagKeys/${this.#next++}`,
      parent: project ? `projects/${project.number}` : parent,
      namespacedName: `${project?.id ?? owner}/${shortName}`,
      shortName,
    };
    this.keys.set(key.name, key);
    return key;
  }

  addValue(parent: string, shortName: string): TagValue | null {
    const key = this.keys.get(parent);
    if (key === undefined) return null;
    const value = { name: `tagValues/${this.#next++}`, parent, namespacedName: `${key.namespacedName}/${shortName}`, shortName };
    this.values.set(value.name, value);
    this.#named.set(value.namespacedName, value);
    return value;
  }

  removeValue(value: TagValue): void {
    this.values.delete(value.name);
    this.#named.delete(value.namespacedName);
  }

  /** By name, with the project's id or number where a project owns the key. */
  valueNamed(namespacedName: string): TagValue | undefined {
    const [owner, ...rest] = namespacedName.split('/');
    return this.#named.get([this.project(owner ?? '')?.id ?? owner, ...rest].join('/'));
  }

  keyNamed(namespacedName: string): TagKey | undefined {
    return [...this.keys.values()].find((key) => key.namespacedName === namespacedName);
  }

  /** Resources of a project in the inventory's order, the project itself last. */
  count(project: ProjectSpec): number {
    return (project.many?.count ?? project.resources?.length ?? 0) + 1;
  }

  at(project: ProjectSpec, index: number): Resource | null {
    if (index === this.count(project) - 1) return projectItself(project);
    const resource = project.many ? project.many.resource(index) : project.resources?.[index];
    return resource === undefined || this.#gone.has(resource.name) ? null : resource;
  }

  /** By inventory name or by the name that bindings hang on; projects by id or number. */
  find(name: string): Resource | null {
    const known = this.#index.get(name) ?? this.#index.get(this.numbered(name));
    if (known !== undefined) return this.#gone.has(known.name) ? null : known;
    for (const project of this.#projects) {
      const index = project.many?.indexOf(name) ?? null;
      if (index !== null) return this.at(project, index);
    }
    return null;
  }

  /** With the project's number, as servers answer whatever was asked. */
  numbered(name: string): string {
    return name.replace(/^(\/\/[^/]+\/projects\/)([^/]+)/, (whole, host: string, id: string) => {
      const project = this.project(id);
      return project === undefined ? whole : `${host}${project.number}`;
    });
  }

  projectOf(resource: Resource): ProjectSpec {
    const lazy = () => this.#projects.find((project) => (project.many?.indexOf(resource.name) ?? null) !== null);
    const found = this.#owners.get(resource.name) ?? lazy();
    if (found === undefined) throw new Error(`no project holds ${resource.name}`);
    return found;
  }

  labels(resource: Resource): Readonly<Record<string, string>> {
    return this.#labels.get(resource.name) ?? resource.labels ?? {};
  }

  setLabels(name: string, labels: Readonly<Record<string, string>>): void {
    this.#labels.set(name, labels);
  }

  remove(name: string): void {
    this.#gone.add(name);
  }

  /** Tags bound to the resource itself: key to short value. */
  direct(resource: Resource): ReadonlyMap<string, string> {
    return this.#bound.get(resource.name) ?? new Map(Object.entries(resource.tags ?? {}));
  }

  bind(resource: Resource, key: string, value: string | null): void {
    const bound = new Map(this.direct(resource));
    if (value === null) bound.delete(key);
    else bound.set(key, value);
    this.#bound.set(resource.name, bound);
  }

  /** What ancestors hand down, the nearest first: key to value and the carrier's full name. */
  inherited(resource: Resource): ReadonlyMap<string, { readonly value: string; readonly from: string }> {
    const project = this.projectOf(resource);
    const own = projectItself(project);
    const all = new Map<string, { value: string; from: string }>();
    for (const { name, tags } of project.ancestors ?? []) {
      for (const [key, value] of Object.entries(tags)) all.set(key, { value, from: name });
    }
    if (resource.name !== own.name)
      for (const [key, value] of this.direct(own)) all.set(key, { value, from: own.parent as string });
    for (const key of this.direct(resource).keys()) all.delete(key);
    return all;
  }
}

function projectItself(project: ProjectSpec): Resource {
  return {
    name: `//cloudresourcemanager.googleapis.com/projects/${project.id}`,
    assetType: 'cloudresourcemanager.googleapis.com/Project',
    location: 'global',
    parent: `//cloudresourcemanager.googleapis.com/projects/${project.number}`,
    ...(project.tags && { tags: project.tags }),
  };
}
