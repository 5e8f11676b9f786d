import type { ReasonKind } from '../../decide/decision.ts';
import { escapeText } from '../escape.ts';
import type { ReportReason } from '../report.ts';

/** What stands for a rule in a SARIF log: a kind of reason, with the id of the guard, tier or finding where there is one. */
export interface SarifRule {
  /** `guard/no-prod-drop`, `no-lane`, `finding/tag-missing`: the same in every run. */
  readonly id: string;
  readonly short: string;
  readonly help: string;
}

interface Kind {
  readonly short: (id: string) => string;
  readonly help: string;
}

const KINDS: Readonly<Record<Exclude<ReasonKind, 'lane' | 'grant'> | 'finding' | 'undecided', Kind>> = {
  guard: {
    short: (id) => `Guard ${id} stands against it or asks for an approval`,
    help: 'A guard denies a change, or asks for an approval, whoever makes it and whatever a lane allows. No lane lifts it: meet the exception that it names, get the approval, or ask whoever keeps it.',
  },
  freeze: {
    short: (id) => `Freeze ${id} is on`,
    help: 'While a freeze lasts, nobody whom it covers may do what it names. Wait until it ends, or ask whoever keeps it for an exception.',
  },
  'no-lane': {
    short: () => 'No lane allows it',
    help: 'What no lane or temporary grant allows is denied. The nearest lane is named with the conditions that failed: change the plan so that they hold, act as somebody whom a lane covers, or ask for a lane or a temporary grant.',
  },
  ceiling: {
    short: (id) => `Ceiling ${id} caps what lanes grant`,
    help: 'A lane would allow the change, but a ceiling above it does not reach so far. Nothing below a ceiling lifts it: ask whoever keeps the file that it stands in.',
  },
  tier: {
    short: (id) => `Tier ${id} caps what this agent may do`,
    help: 'A lane would allow the change, but an agent of this tier may not do so much. Let a person make the change, or ask for another tier.',
  },
  quota: {
    short: (id) => `Quota ${id} is exceeded`,
    help: 'One plan may do only so much of a kind. Split the change into plans that stay within the quota, or ask whoever keeps it.',
  },
  unknown: {
    short: (id) => `It cannot be decided${id === '' ? '' : `: ${id}`}`,
    help: 'A fact that a rule asks for is unknown: known only after apply, said by no source, or said differently by two. Unknown never grants and never escapes a guard. Make the fact known; the result names it and says what makes it unknown.',
  },
  plan: {
    short: (id) => `The plan does not establish it${id === '' ? '' : `: ${id}`}`,
    help: 'The plan is errored, incomplete, deferred or trimmed, or has a row that cannot be understood. What is not seen is not allowed: make the plan anew and give it whole.',
  },
  error: {
    short: () => 'inlane failed on it',
    help: 'A change on which inlane fails is denied. This is a defect of inlane: please report it.',
  },
  tag: {
    short: (id) => `Classification tags: ${id}`,
    help: 'Access hangs on classification tags. A change that lacks one, takes one away or gives it a value outside its list is found here; the result says which key and what to write.',
  },
  finding: {
    short: (id) => `Finding: ${id}`,
    help: 'Something that people should look at. Where it denies the change it is an error; else it changes no verdict. The result says what to write or to do.',
  },
  undecided: {
    short: (id) => `Nothing was decided: ${id}`,
    help: 'The plan or the rules could not be read, or inlane failed. Nothing was decided, which is never a pass.',
  },
};

/** The rule of a reason; null for what allows. */
export function ruleOfReason({ kind, id }: ReportReason): SarifRule | null {
  if (kind === 'lane' || kind === 'grant') return null;
  return ruleOf(kind === 'tag' ? 'finding' : kind, id);
}

export function ruleOf(kind: keyof typeof KINDS, id: string | null): SarifRule {
  const name = id === null ? '' : escapeText(id);
  const { short, help } = KINDS[kind];
  return { id: name === '' ? kind : `${kind}/${name}`, short: short(name), help };
}
