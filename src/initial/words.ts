/** Attributes that tags, labels and variables commonly carry; `environment` is the one that the proposed rules hang on. */
export type Dimension = 'environment' | 'team' | 'service' | 'data';

/** Environments in the order in which they are proposed. `alone`: developers may be let alone there. */
export const ENVIRONMENTS: readonly { readonly name: string; readonly alone: boolean; readonly words: readonly string[] }[] = [
  { name: 'production', alone: false, words: ['production', 'prod', 'prd', 'live'] },
  {
    name: 'staging',
    alone: true,
    words: ['staging', 'stage', 'stg', 'stag', 'preprod', 'preproduction', 'uat', 'acceptance'],
  },
  { name: 'test', alone: true, words: ['test', 'testing', 'tst', 'qa', 'e2e', 'integration'] },
  {
    name: 'development',
    alone: true,
    words: ['development', 'dev', 'devel', 'devl', 'develop', 'sandbox', 'sbx', 'demo', 'playground'],
  },
  { name: 'nonproduction', alone: true, words: ['nonproduction', 'nonprod', 'nonprd', 'npd', 'nprd'] },
];

/** Environments that the next plan may well be for: declared even where no plan shows them, with their short names. */
export const USUAL: ReadonlyMap<string, readonly string[]> = new Map([
  ['production', ['prod']],
  ['staging', ['stg']],
  ['development', ['dev']],
]);

const ENVIRONMENT_OF: ReadonlyMap<string, string> = new Map(
  ENVIRONMENTS.flatMap(({ name, words }) => words.map((word) => [word, name] as const)),
);

/** Words before `prod` that turn its meaning. */
const TURNED: ReadonlyMap<string, string> = new Map([
  ['non', 'nonproduction'],
  ['not', 'nonproduction'],
  ['pre', 'staging'],
]);

/** Numbers and UUIDs name nothing, whatever letters stand in them. */
const IDENTIFIER = /^(?:[\d-]+|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$/i;

/**
 * The environment that a name means (`shop-prod-eu` -> production), or null. Where several are named the most careful one stands:
 * `dev-platform-prod` is production.
 */
export function environmentOf(text: string): string | null {
  if (IDENTIFIER.test(text)) return null;
  const words = text
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .map((word) => (ENVIRONMENT_OF.has(word) ? word : word.replace(/\d{1,2}$/, '')));
  const found = new Set<string>();
  for (const [at, word] of words.entries()) {
    const own = ENVIRONMENT_OF.get(word);
    if (own === undefined) continue;
    found.add((own === 'production' ? TURNED.get(words[at - 1] ?? '') : undefined) ?? own);
  }
  return ENVIRONMENTS.find(({ name }) => found.has(name))?.name ?? null;
}

const KEYS: Readonly<Record<Dimension, readonly string[]>> = {
  environment: [
    ...['environment', 'env', 'stage', 'envname', 'environmentname', 'environmenttype', 'envtype'],
    ...['deploymentenvironment', 'deployenvironment', 'deployenv', 'appenv', 'appenvironment', 'awsenv', 'gcpenv', 'azureenv'],
  ],
  team: ['team', 'teamname', 'squad', 'owningteam', 'ownerteam', 'ownedby', 'owner'],
  service: ['service', 'servicename', 'application', 'app', 'appname', 'applicationname', 'project', 'projectname', 'component'],
  data: ['data', 'dataclassification', 'dataclass', 'classification', 'confidentiality', 'datasensitivity'],
};

/**
 * What the key of a tag or the name of a variable stands for, and how directly (0 is the plainest name for it); null = nothing that is
 * known. A namespace before it does not count: `acme.io/environment`, `acme:env`.
 */
export function dimensionOf(key: string): { readonly dimension: Dimension; readonly rank: number } | null {
  const own = key.slice(Math.max(key.lastIndexOf('/'), key.lastIndexOf(':')) + 1);
  const word = own.toLowerCase().replace(/[^a-z0-9]/g, '');
  for (const dimension of Object.keys(KEYS) as Dimension[]) {
    const rank = KEYS[dimension].indexOf(word);
    if (rank >= 0) return { dimension, rank };
  }
  return null;
}

const LONGEST = 60;

/**
 * Text that may stand in a lane file as a value: short, one line, of plain characters, and not the one word that means something else
 * there. Anything else is counted and left out.
 */
export function isPlainText(text: string): boolean {
  return text.length <= LONGEST && text !== 'registry' && /^[A-Za-z0-9](?:[A-Za-z0-9 ._:@/+-]*[A-Za-z0-9])?$/.test(text);
}
