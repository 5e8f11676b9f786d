/** What a person said, or what stands in for it; every field has a default, so that nobody need be asked. */
export interface Answers {
  /** Ids of the team `developers`; the first one stands in the tests. */
  readonly developers: readonly string[];
  readonly approvers: readonly string[];
  /** Those ids of both that nobody gave. */
  readonly placeholders: readonly string[];
  /** What the plans are for, where nothing in them says so; null = nobody knows. */
  readonly environment: string | null;
  /** Environments in which developers need no approval; null = all that are known not to be production. */
  readonly alone: readonly string[] | null;
  /** Whether an account that holds one environment in these plans holds no other. */
  readonly accountsConfirmed: boolean;
  /** Whether agents may change what developers may, where developers need no approval. */
  readonly agents: boolean;
}

/** What stands around the plans: the repository and the options of the run. */
export interface Surroundings {
  /** `--workspace`, and workspaces that the stack's folder shows. */
  readonly workspaces: readonly string[];
  /** Path of the stack within its repository, `/`-separated; null outside of one. */
  readonly stack: string | null;
  /** Folders of the repository that hold configuration, relative to its root. */
  readonly stacks: readonly string[];
  /** People that a CODEOWNERS file names. */
  readonly owners: readonly string[];
}
