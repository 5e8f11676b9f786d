import type { AttributeDefinition } from '../classify/attribute.ts';
import type { AtomDecision, NearMiss, Reason, RowDecision, UnknownFact } from '../decide/decision.ts';
import type { Principal } from '../lanes/registry.ts';
import type { Ruleset } from '../lanes/ruleset.ts';
import type { Condition } from '../logic/condition.ts';
import type { Operation } from '../logic/fact.ts';
import { spellInstant } from '../logic/matcher.ts';
import type { Finding, Fix } from '../tags/finding.ts';
import type { ReportSource, WrittenAt } from './change.ts';
import { scalar } from './grant.ts';
import type { Remedy } from './report.ts';

type Edit = Remedy & { readonly kind: 'edit' };

/** How many dependents one remedy names. */
const MOST_NAMED = 4;

/** Where a fix is made, as a remedy and a finding say it. */
export function fixPlace({ insert, at }: Fix): Pick<Edit, 'file' | 'line' | 'insert' | 'patch'> {
  if (at === undefined) return { file: null, line: null, insert };
  return { file: at.file, line: at.line, insert, ...(at.patch === null ? {} : { patch: at.patch }) };
}

/** Where a row's block is written, as far as that was looked up. */
export class Written {
  readonly block: WrittenAt | null;
  readonly #arguments: ReadonlyMap<string, WrittenAt>;

  constructor(source: ReportSource | undefined) {
    this.block = source?.place ?? null;
    this.#arguments = source?.arguments ?? new Map();
  }

  /** The argument or inner block that a plan path begins with, else the block. */
  at(path: string): WrittenAt | null {
    return this.#arguments.get(/^[^.[\s]*/.exec(path)?.[0] ?? '') ?? this.block;
  }
}

function edit(text: string, at: WrittenAt | null = null): Edit {
  return { kind: 'edit', text, file: at?.file ?? null, line: at?.line ?? null, insert: null };
}

function editOfFix(fix: Fix): Edit {
  return { kind: 'edit', text: fix.text, ...fixPlace(fix) };
}

/** What a person can change so that the row passes. Only what is honest: never "call it development". */
export function editRemedies(
  row: RowDecision,
  findings: readonly Finding[],
  ruleset: Ruleset,
  principalOf: (decision: AtomDecision) => Principal,
  written: Written,
): readonly Edit[] {
  const denied = row.decisions.filter((d) => d.verdict === 'deny');
  const edits: Edit[] = [];
  for (const { fix, enforce } of findings) if (fix && enforce) edits.push(editOfFix(fix));
  for (const d of denied) if (principalOf(d).kind === 'unknown') edits.push(sayWho(principalOf(d)));
  for (const d of denied) {
    for (const unknown of d.unknown)
      if (!mended(unknown.fact, findings, ruleset)) edits.push(editForUnknown(unknown, row, ruleset, principalOf(d), written));
  }
  for (const d of denied) edits.push(...editsForOperation(d, row, written));
  for (const d of denied)
    for (const reason of d.because) if (!reason.observed) edits.push(...editForReason(reason, d.operation, ruleset));
  for (const d of denied) for (const near of d.nearest) edits.push(...editForNearMiss(near, d, ruleset, written));
  return edits;
}

function editForReason(reason: Reason, operation: Operation | null, ruleset: Ruleset): readonly Edit[] {
  const { kind, id } = reason;
  const rule = ruleset.denies.find((deny) => deny.kind === kind && deny.id === id);
  if (kind === 'freeze' && rule?.span?.until) {
    return [edit(`wait until ${spellInstant(rule.span.until)}, when the freeze ends`)];
  }
  if (kind === 'guard' && rule && removes(operation)) {
    const same = successorOf(rule.when);
    if (same) return [edit(`stand up its successor${withSame(same)} in an earlier plan and cut over, then remove this one`)];
  }
  if (kind === 'plan') {
    return [edit('make the plan anew and give it to inlane whole: the saved plan file, or `show -json` of it, untrimmed')];
  }
  return [];
}

function removes(operation: Operation | null): boolean {
  return operation === 'destroy' || operation === 'forget';
}

function withSame(same: readonly string[]): string {
  return same.length > 0 ? ` (same ${same.join(', ')})` : '';
}

/** What must be the same on the successor that a rule asks for; null where it asks for none. */
function successorOf(condition: Condition): readonly string[] | null {
  switch (condition.op) {
    case 'all':
    case 'any':
      return condition.of.map(successorOf).find((same) => same !== null) ?? null;
    case 'not':
      return successorOf(condition.of);
    case 'successor':
      return condition.test.want === 'present' ? condition.test.same : null;
    default:
      return null;
  }
}

function editsForOperation(decision: AtomDecision, row: RowDecision, written: Written): readonly Edit[] {
  const { change } = row.classified;
  if (decision.note !== null && removes(decision.operation)) {
    if (decision.operation === 'forget' && decision.subject === null && change.actions.includes('delete')) {
      return [edit(`keep its block, or take the setting back: ${decision.note}`, written.at(decision.note))];
    }
    const armed = decision.note.replace(/^arming: /, '');
    // Of another object the line is that of its own row.
    return [edit(`leave the protection as it is: ${armed}`, decision.subject === null ? written.at(armed) : null)];
  }
  if (decision.operation === 'reclassify')
    return [
      edit('leave what classifies it (tags, attributes, place) as it is', decision.subject === null ? written.block : null),
    ];
  if (!removes(decision.operation)) return [];
  if (change.replacePaths.length > 0) {
    return [
      edit(
        `leave ${change.replacePaths.map((path) => `\`${path}\``).join(', ')} as it is: that change forces the replacement`,
        written.at(change.replacePaths[0] ?? ''),
      ),
    ];
  }
  switch (change.reason) {
    case 'replace_because_tainted':
      return [edit('`terraform untaint` it, if the object is sound')];
    case 'replace_by_request':
      return [edit('plan without `-replace`')];
    case 'delete_because_no_resource_config':
    case 'delete_because_no_move_target':
      return [edit('keep its block; if it was renamed, say so in a `moved` block')];
    case 'delete_because_no_module':
      return [edit('keep its module; if it was renamed, say so in a `moved` block')];
    case 'delete_because_count_index':
      return [
        edit(
          'leave `count` as it is; if the object is to live at another address, say so in a `moved` block',
          written.at('count'),
        ),
      ];
    case 'delete_because_each_key':
      return [edit('keep its key in `for_each`; if it was renamed, say so in a `moved` block', written.at('for_each'))];
    case 'delete_because_wrong_repetition':
      return [
        edit('leave `count` and `for_each` as they are, or say in a `moved` block what its address becomes', written.block),
      ];
    default:
      return [];
  }
}

/** Whether the fix of a finding makes the attribute known: its tag is to be set anyway. */
function mended(fact: string, findings: readonly Finding[], ruleset: Ruleset): boolean {
  const carriers = [...(ruleset.attributes.get(fact)?.carriers?.values() ?? [])];
  return findings.some(
    (finding) => finding.enforce && finding.fix !== null && finding.key !== null && carriers.includes(finding.key),
  );
}

function sayWho(principal: Principal): Edit {
  if (principal.assurance === 'none') return edit('say who acts: `--as WHO`');
  return edit('register who acts in `principals` of the lane file, or act as someone whom it knows (`--as WHO`)');
}

function editForUnknown(unknown: UnknownFact, row: RowDecision, ruleset: Ruleset, principal: Principal, written: Written): Edit {
  const { fact, why } = unknown;
  if (fact === 'class') return classLines(row, ruleset);
  // A comparison with a fact of the principal: the attribute itself is known.
  if (why.startsWith('who.')) return sayWho(principal);
  const attribute = ruleset.attributes.get(fact);
  if (attribute) return edit(`establish \`${fact}\` (${why}): ${waysToSay(attribute)}`);
  const option = ['account', 'workspace', 'repository', 'ref', 'event'].find((name) => name === fact);
  if (option !== undefined) return edit(`pass \`--${option}\`: \`${fact}\` is unknown (${why})`);
  if (fact.startsWith('who.')) return sayWho(principal);
  const what = unknown.path ?? fact;
  return edit(
    `make \`${what}\` known in the plan (${why}): write a value that is known, or apply first what it waits for`,
    unknown.path === null ? null : written.at(unknown.path),
  );
}

/** The sources that a user can make speak. */
function waysToSay(attribute: AttributeDefinition): string {
  const ways = attribute.sources.flatMap((source) => {
    switch (source.from) {
      case 'tag':
        if (!source.carrier) return [`set the tag \`${source.key}\``];
        return [...new Set(attribute.carriers?.values() ?? [source.key])].map((key) => `set the tag \`${key}\``);
      case 'workspace':
        return ['pass `--workspace`'];
      case 'account':
        return ['pass `--account`'];
      case 'stack':
        return ['pass `--stack`'];
      case 'variable':
        return [`give the variable \`${source.name}\` a known value`];
      case 'attr':
        return [`make \`${source.path.text}\` known`];
      default:
        return [`let \`from\` of \`${attribute.name}\` map its ${source.from}`];
    }
  });
  return ways.length > 0 ? [...new Set(ways)].join(', or ') : `give \`${attribute.name}\` a source in the lane file`;
}

function classLines(row: RowDecision, ruleset: Ruleset): Edit {
  const { type } = row.classified.change;
  const org = ruleset.files.find((file) => file.level === 'org');
  const plain = type
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
  const base = plain.includes('-') ? plain : `${plain}-resource`;
  let name = base;
  for (let number = 2; ruleset.classes.has(name); number += 1) name = `${base}-${number}`;
  return {
    ...edit(`say what \`${type}\` is: no catalog knows the type; with \`is_a: CLASS\` it joins a built-in class`),
    insert: `classes:\n  ${scalar(name)}: {types: [${JSON.stringify(type)}]}\n`,
    file: org?.path ?? null,
  };
}

/** One edit for all that failed, or none: half a way out is no way out. */
function editForNearMiss(near: NearMiss, decision: AtomDecision, ruleset: Ruleset, written: Written): readonly Edit[] {
  const parts = near.failed.map((failed) => editForCondition(failed, decision, ruleset));
  if (parts.length === 0 || parts.includes(null)) return [];
  // Several conditions stand in several places.
  const [only, ...more] = near.failed;
  const at = only === undefined || more.length > 0 || decision.subject !== null ? null : placeOfFact(only.fact, written);
  return [edit(`${parts.join('; and ')} (then ${near.kind} ${near.id} allows it)`, at)];
}

/** Where what a fact tells is written: an attribute, a tag, or whatever changes. */
function placeOfFact(fact: string, written: Written): WrittenAt | null {
  if (fact.startsWith('attr.')) return written.at(fact.slice('attr.'.length));
  return fact === 'changes' || fact === 'replaces' || fact.startsWith('tag.') ? written.block : null;
}

function editForCondition(failed: NearMiss['failed'][number], decision: AtomDecision, ruleset: Ruleset): string | null {
  const { fact, is, wants } = failed;
  const { operation } = decision;
  const now = is === null ? '' : `, now ${is}`;
  if (fact === 'changes') return `change ${wants}${now}`;
  if (fact === 'dependents') return `take away first what still refers to it${dependentsOf(decision)}`;
  if (fact === 'successor') return removes(operation) ? 'stand up its successor in an earlier plan and cut over first' : null;
  if (fact === 'replaces') return is === 'true' ? 'change it in place instead of replacing it' : null;
  // What stands before a destroy, import or move is as it is; only what the plan writes can be written differently.
  if (fact.startsWith('attr.') && operation !== 'create' && operation !== 'update') return null;
  if (fact.startsWith('attr.')) return `set \`${fact.slice('attr.'.length)}\` so that it is ${wants}${now}`;
  if (fact.startsWith('tag.') && is === null && !classifies(fact.slice('tag.'.length), ruleset)) {
    return `set the tag \`${fact.slice('tag.'.length)}\` (${wants})`;
  }
  return null;
}

/** `: ADDRESS, ADDRESS`: what the fact's sources name; nothing where they name nothing. */
function dependentsOf({ facts, side }: AtomDecision): string {
  const own = facts.find((used) => used.side === side && used.fact.key === 'dependents');
  const names = [...new Set(own?.fact.sources.flatMap(({ name }) => (name === null ? [] : [name])))];
  const more = names.length > MOST_NAMED ? ` and ${names.length - MOST_NAMED} more` : '';
  return names.length > 0 ? `: ${names.slice(0, MOST_NAMED).join(', ')}${more}` : '';
}

/** A tag that carries an attribute is not to be set to whatever lets the change pass. */
function classifies(key: string, ruleset: Ruleset): boolean {
  return [...ruleset.attributes.values()].some(
    (a) => [...(a.carriers?.values() ?? [])].includes(key) || a.sources.some((s) => s.from === 'tag' && s.key === key),
  );
}
