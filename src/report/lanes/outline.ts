import type { Level } from '../../lanes/ruleset.ts';
import { cut } from '../escape.ts';
import type { Shown, ShownAttribute, ShownKind, ShownRule, ShownSpan } from './shown-model.ts';
import { listInWords, spell, spellPath } from './spelling.ts';

/** The rules as headings and lists, for every format that people read. Nothing is escaped; names are cut, sentences are not. */
export interface Section {
  readonly title: string;
  /** What the heading alone does not say; null where it does. */
  readonly lead: string | null;
  readonly items: readonly Item[];
}

export interface Item {
  readonly name: string | null;
  readonly words: string;
  /** `file:line`, and the level where it is below org; null where a heading has none. */
  readonly at: string | null;
  /** Short remarks on how it counts: `observed only`, `over`. */
  readonly marks: readonly string[];
  readonly about: readonly { readonly label: string; readonly text: string }[];
  readonly items: readonly Item[];
}

/** Sections without items are left out. */
export function outlineOf(shown: Shown): readonly Section[] {
  const of = (...kinds: readonly ShownKind[]) => shown.rules.filter((rule) => kinds.includes(rule.kind));
  const sections: readonly Section[] = [
    { title: 'Lanes', lead: 'what is allowed; everything else is denied', items: lanesOf(of('lane', 'partial')) },
    { title: 'Temporary grants', lead: null, items: grantsOf(of('grant')) },
    { title: 'Guards', lead: 'no lane lifts them', items: of('guard', 'approval').map(ruleItem) },
    { title: 'Freezes', lead: null, items: of('freeze').map(ruleItem) },
    { title: 'Ceilings', lead: 'they grant nothing; they cap what lanes grant', items: of('ceiling').map(ruleItem) },
    { title: 'Tiers', lead: 'they grant nothing; they cap what agents are granted', items: tiersOf(shown) },
    { title: 'Quotas', lead: null, items: shown.quotas.map((quota) => item(quota.id, quota.words, quota.at, quota)) },
    { title: 'Never', lead: 'what inlane lanes check proves', items: shown.never.map((n) => item(n.id, n.words, n.at, n)) },
    { title: 'Attributes', lead: 'every source that speaks must agree', items: shown.attributes.map(attributeItem) },
    { title: 'Classes', lead: 'besides the built-in ones', items: shown.classes.map((c) => item(c.name, c.words, c.at)) },
    { title: 'Operations', lead: null, items: shown.operations.map((o) => item(o.name, listInWords(o.operations, 'and'), null)) },
    { title: 'Paths', lead: null, items: shown.paths.map((p) => item(p.name, p.paths.map(spellPath).join(', '), null)) },
    {
      title: 'Providers',
      lead: null,
      items: shown.providers.map(({ mirror, provider }) => item(mirror, `is ${spell(provider)}`, null)),
    },
    {
      title: 'Lane files',
      lead: null,
      items: shown.files.map((f) => item(f.path, `${f.level}, sha256 ${f.sha256.slice(0, 12)}`, null)),
    },
  ];
  return sections.filter((section) => section.items.length > 0);
}

/** What is counted only. */
export function totalsInWords(shown: Shown): string {
  const { declared, people, agents, teams } = shown.principals;
  const who = declared
    ? `${number(people, 'person', 'people')}, ${number(agents, 'agent')}, ${number(teams, 'team')}`
    : 'no principals declared';
  const caps = shown.tiers === null ? ', no tiers' : '';
  return `${who}${caps}; ${number(shown.tests, 'in-file test')}${shown.observe_allowed ? '' : '; --observe is refused'}`;
}

export function number(count: number, noun: string, plural = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : plural}`;
}

/** `file:line` of a place. */
export function shortPlace(at: string): string {
  return at.replace(/:\d+$/, '');
}

interface About {
  readonly why?: string | null;
  readonly ask?: string | null;
  readonly enforce?: boolean;
  readonly span?: ShownSpan | null;
  readonly level?: Level | null;
}

function item(name: string | null, words: string, place: string | null, about: About = {}, items: readonly Item[] = []): Item {
  const below = about.level && about.level !== 'org' ? `, ${about.level}` : '';
  const at = place === null ? null : `${shortPlace(place)}${below}`;
  const marks = [...(about.enforce === false ? ['observed only'] : []), ...(about.span?.state ? [about.span.state] : [])];
  return {
    name: name === null ? null : spell(name),
    words,
    at,
    marks,
    about: aboutOf(about),
    items,
  };
}

function aboutOf({ why, ask }: About): Item['about'] {
  return [...(why ? [{ label: 'why', text: cut(why) }] : []), ...(ask ? [{ label: 'ask', text: cut(ask) }] : [])];
}

function ruleItem(rule: ShownRule): Item {
  return item(rule.id, rule.words, rule.at, rule);
}

/** One item for each lane, whom it is for and then what they may do. */
function lanesOf(rules: readonly ShownRule[]): readonly Item[] {
  return groupById(rules).map((own) => {
    const [first] = own as readonly [ShownRule];
    const who = own.find((rule) => rule.who !== undefined)?.who;
    const lines = own.map((rule) => item(null, rule.may ?? rule.words, rule.at, { level: rule.level }));
    return who === undefined
      ? item(first.id, first.words, first.at, { level: first.level })
      : relabelled(item(first.id, who, null, aboutLane(own), lines), 'about');
  });
}

/** Another word for `why`, which of a lane is its summary. */
function relabelled(made: Item, label: string): Item {
  return { ...made, about: made.about.map((line) => (line.label === 'why' ? { ...line, label } : line)) };
}

function aboutLane(own: readonly ShownRule[]): About {
  const lane = own.find((rule) => rule.kind === 'lane');
  return { why: lane?.why ?? null, ask: lane?.ask ?? null };
}

function grantsOf(rules: readonly ShownRule[]): readonly Item[] {
  return rules.map((rule) => {
    return relabelled(ruleItem(rule), 'reason');
  });
}

function tiersOf(shown: Shown): readonly Item[] {
  return (shown.tiers ?? []).map(({ name, may }) => {
    const words = may.length === 0 ? 'may do nothing' : may.length === 1 ? `may at most ${may[0]}` : 'may at most';
    return item(name, words, null, {}, may.length > 1 ? may.map((one) => item(null, one, null)) : []);
  });
}

function attributeItem(attribute: ShownAttribute): Item {
  const { values, sources, carriers } = attribute.words;
  const made = item(attribute.name, values, attribute.at, attribute.required ? { enforce: attribute.required.enforce } : {});
  const lines = [
    ...(sources.length > 0 ? [{ label: 'from', text: sources.join('; ') }] : []),
    ...(carriers === null ? [] : [{ label: 'carried by', text: carriers }]),
    ...(attribute.required === null ? [] : [{ label: 'required', text: attribute.required.words.replace(/^required /, '') }]),
  ];
  const marks = made.marks.map((mark) => `required: ${mark}`);
  return { ...made, marks, about: lines };
}

function groupById(rules: readonly ShownRule[]): readonly (readonly ShownRule[])[] {
  const groups = new Map<string, ShownRule[]>();
  for (const rule of rules) {
    const group = groups.get(rule.id);
    if (group) group.push(rule);
    else groups.set(rule.id, [rule]);
  }
  return [...groups.values()];
}
