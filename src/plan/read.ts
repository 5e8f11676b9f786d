import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { asBuffer, decodeText, openLarge, readBytes, sha256 } from './bytes.ts';
import { BlockTable, readConfiguration } from './configuration.ts';
import { checkSection, elementsOf, objectSection, openDocument, openStreamed, section } from './document.ts';
import { readDrift } from './drift.ts';
import { isJsonObject, type Json, type JsonObject } from './json.ts';
import { LargeRows } from './large-rows.ts';
import type { CheckResult, OutputChange, PlanDiagnostic, PlanFile, ResourceChange } from './model.ts';
import { entries } from './module-tree.ts';
import { printable } from './printable.ts';
import { priorState, readPrior } from './prior.ts';
import { recognisePlan, type TopLevel } from './recognise.ts';
import { type RowContext, readInvocation, readRow } from './rows.ts';
import { scanStructure } from './scanner.ts';
import { SeenRows } from './seen-rows.ts';
import type { Env } from './show.ts';
import type { MaskTrust } from './side.ts';
import { FileSource, MemorySource, type Source } from './source.ts';
import { heldBytes, type StandardInput } from './spool.ts';
import type { RowMasks } from './state-prior.ts';
import { detectTool, marksSchema } from './tool.ts';
import { readVariables } from './variables.ts';
import { LARGEST_WHOLE } from './whole.ts';
import { wrongFile } from './wrong-file.ts';

export interface ReadOptions {
  /** Standard input, for the path `-`: its bytes, or an open file of its own that holds them (spool.ts). */
  readonly stdin?: () => StandardInput;
  /** Where INLANE_TERRAFORM and PATH are looked up, and what a tool runs with; the process's own by default. */
  readonly env?: Env;
  /** What a relative path is relative to; the process's own directory by default. */
  readonly cwd?: string;
  /** Bytes up to which a plan is parsed at once; a larger one is read piece by piece. Both read the same. */
  readonly wholeUpTo?: number;
}

/** Reads a plan from a file or `-`: `show -json` output, or a saved plan through the tool that made it. Throws InlaneError (exit 2). */
export async function readPlan(path: string, options: ReadOptions = {}): Promise<PlanFile> {
  const wholeUpTo = options.wholeUpTo ?? LARGEST_WHOLE;
  const stdin = path === '-' ? (options.stdin ?? (() => readFileSync(0)))() : null;
  const large = stdin === null ? openLarge(path, wholeUpTo, options.cwd) : openSpooled(stdin);
  const plan = large === null ? null : readLarge(large, path);
  if (plan !== null) return plan;
  const held = stdin === null || large === null ? stdin : large.read(0, large.size);
  large?.close();
  const bytes = readBytes(path, () => heldBytes(held ?? new Uint8Array()), options.cwd);
  const name = printable(path, 300);
  if (bytes[0] === 0x1f && bytes[1] === 0x8b)
    wrongFile(name, 'compressed with gzip', 'unpack it first: `gunzip -c FILE > plan.json`');
  if (bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 3 && bytes[3] === 4) {
    if (!bytes.includes('tfplan')) wrongFile(name, 'a zip archive, but no saved plan');
    const { showPlan } = await import('./show.ts');
    const shown = await showPlan(path, options.env ?? process.env, options.cwd);
    return { ...parsePlan(shown, path, sha256(bytes), wholeUpTo), archive: bytes };
  }
  if (bytes.subarray(0, 6).toString('latin1') === 'tfplan') {
    wrongFile(name, 'a saved plan of Terraform before 0.12, which cannot be shown as JSON', 'plan with Terraform 0.12 or later');
  }
  return parsePlan(bytes, path, sha256(bytes), wholeUpTo);
}

/** Standard input that stands in a file of its own; null for one that is held. */
function openSpooled(stdin: StandardInput): FileSource | null {
  return 'descriptor' in stdin ? new FileSource(stdin.descriptor, '-') : null;
}

/** A file that stays where it is, read piece by piece; null where it is no ordinary plan in UTF-8. */
function readLarge(source: FileSource, path: string): PlanFile | null {
  const digest = createHash('sha256');
  const structure = scanStructure(source, (bytes) => digest.update(bytes));
  if (structure === null) return null;
  const plainly = () => unreadable(source.read(0, source.size), path);
  const top = openStreamed(source, structure, path, plainly);
  return top === null ? null : planOf(top, path, digest.digest('hex'), source);
}

/** A plan from the bytes of `show -json`; `digest` is the SHA-256 of what the user named, which for a saved plan is another file. */
export function parsePlan(
  given: Uint8Array,
  path: string,
  digest: string = sha256(given),
  wholeUpTo: number = LARGEST_WHOLE,
): PlanFile {
  const bytes = decodeText(asBuffer(given), printable(path, 300));
  if (bytes.length > wholeUpTo) {
    const source = new MemorySource(bytes);
    const structure = scanStructure(source);
    const top = structure === null ? null : openStreamed(source, structure, path, () => unreadable(bytes, path));
    if (top !== null) return planOf(top, path, digest, source);
  }
  return planOf(openDocument(bytes, path), path, digest, null);
}

/** Throws what is wrong with a plan, as reading it at once does. */
function unreadable(bytes: Buffer, path: string): never {
  for (const _ of planOf(openDocument(bytes, path), path, '', null).rows());
  throw new Error('a plan that is read at once has no fault');
}

function planOf(top: TopLevel, path: string, digest: string, source: Source | null): PlanFile {
  const formatVersion = recognisePlan(top);
  const version = textOf(section(top, 'terraform_version'));
  const trust: MaskTrust = { marksSchema: marksSchema(version) };
  const rawConfiguration = objectSection(top, 'configuration');
  const variables = readVariables(objectSection(top, 'variables'), rawConfiguration);
  const configuration = readConfiguration(rawConfiguration, variables);
  const priorPresent = priorState(top);
  const rowContext = (): RowContext => ({ trust, blocks: new BlockTable(configuration), seen: new SeenRows() });
  const errored = section(top, 'errored');
  const complete = section(top, 'complete');
  checkRest(top);
  return {
    path,
    sha256: digest,
    tool: detectTool(top, version, rawConfiguration),
    version,
    formatVersion,
    complete: complete === undefined || complete === null ? null : complete === true,
    errored: !(errored === undefined || errored === null || errored === false),
    rows: () => ({ [Symbol.iterator]: () => rowsOf(top, rowContext()) }),
    drift: readDrift(elementsOf(top, 'resource_drift'), trust),
    outputs: entries(objectSection(top, 'output_changes')).map(outputOf),
    checks: [...elementsOf(top, 'checks')].map(checkOf),
    variables,
    configuration,
    prior: readPrior(top, rowMasks(top), trust.marksSchema),
    priorPresent,
    diagnostics: diagnose(top, trust),
    archive: null,
    close: () => source?.close(),
    assertUnchanged: () => source?.assertUnchanged(),
  };
}

/** Members that are read here or row by row; the others are checked and dropped. */
const READ = new Set([
  ...['format_version', 'terraform_version', 'variables', 'resource_drift', 'resource_changes', 'deferred_changes'],
  ...['deferred_action_invocations', 'output_changes', 'action_invocations', 'prior_state', 'configuration', 'checks'],
  ...['complete', 'errored'],
]);

function checkRest(top: TopLevel): void {
  for (const key of top.members.keys()) if (!READ.has(key)) checkSection(top, key);
}

function* rowsOf(top: TopLevel, context: RowContext): Generator<ResourceChange> {
  let index = 0;
  let at = 0;
  if (top.streamed !== null) {
    yield* new LargeRows(top.streamed.rows, context);
    index = top.streamed.rows.length;
  } else {
    for (const entry of elementsOf(top, 'resource_changes')) {
      yield readRow(entry, index++, `resource_changes[${at++}]`, null, context);
    }
  }
  at = 0;
  for (const entry of elementsOf(top, 'deferred_changes')) {
    const place = `deferred_changes[${at++}]`;
    yield readRow(inner(entry, 'resource_change'), index++, place, reasonOf(entry), context);
  }
  at = 0;
  for (const entry of elementsOf(top, 'action_invocations')) {
    yield readInvocation(entry, index++, `action_invocations[${at++}]`, null, context);
  }
  at = 0;
  for (const entry of elementsOf(top, 'deferred_action_invocations')) {
    const place = `deferred_action_invocations[${at++}]`;
    yield readInvocation(inner(entry, 'action_invocation'), index++, place, reasonOf(entry), context);
  }
  // Rows of a large plan hold on to what they were read with.
  context.seen.clear();
}

function inner(entry: Json, key: string): Json {
  return isJsonObject(entry) ? (entry[key] ?? null) : null;
}

/** Why it is deferred; an entry that does not say is deferred all the same. */
function reasonOf(entry: Json): string {
  return (isJsonObject(entry) ? textOf(entry.reason) : null) ?? 'unknown';
}

/** Masks of rows for a prior state that has none; collected in one pass when first asked for. */
function rowMasks(top: TopLevel): RowMasks {
  let masks: Map<string, Json> | null = null;
  return (address, deposed) => {
    if (masks === null) {
      masks = new Map();
      for (const row of elementsOf(top, 'resource_changes')) {
        if (!isJsonObject(row) || !isJsonObject(row.change) || typeof row.address !== 'string') continue;
        const mask = row.change.before_sensitive;
        // `before` must be there: the mask of a create is `false` and says nothing of an object in state.
        if (mask !== undefined && mask !== null && isJsonObject(row.change.before)) {
          masks.set(`${row.address}\0${textOf(row.deposed) ?? ''}`, mask);
        }
      }
    }
    return masks.get(`${address}\0${deposed ?? ''}`);
  };
}

function outputOf([name, change]: [string, Json]): OutputChange {
  const actions = isJsonObject(change) && Array.isArray(change.actions) ? (change.actions as readonly Json[]) : [];
  return { name, actions: actions.filter((action): action is string => typeof action === 'string') };
}

function checkOf(check: Json): CheckResult {
  const object = isJsonObject(check) ? check : null;
  const address = object?.address;
  return {
    address: (isJsonObject(address) ? textOf(address.to_display) : textOf(address)) ?? 'unknown',
    status: textOf(object?.status) ?? 'unknown',
  };
}

function diagnose(top: TopLevel, trust: MaskTrust): PlanDiagnostic[] {
  if (isEmpty(top) || (trust.marksSchema && hasMasks(top))) return [];
  return [
    {
      code: 'plan-without-masks',
      severity: 'warning',
      message: 'nothing in this plan says what is sensitive, so every attribute with the name of a secret was masked',
      hint: 'plan with Terraform 0.15.2 or later, or OpenTofu, and give the whole output of `show -json`',
    },
  ];
}

function isEmpty(top: TopLevel): boolean {
  if (top.streamed !== null) return top.streamed.rows.length === 0;
  for (const _ of elementsOf(top, 'resource_changes')) return false;
  return true;
}

/** Whether a mask of sensitive values stands in any row. */
function hasMasks(top: TopLevel): boolean {
  if (top.streamed !== null) return top.streamed.rows.someHolds('"after_sensitive"', '"before_sensitive"');
  const span = top.members.get('resource_changes');
  if (top.whole === null && span !== undefined) {
    const rows = top.bytes.subarray(span.start, span.end);
    return rows.includes('"after_sensitive"') || rows.includes('"before_sensitive"');
  }
  const rows = [...elementsOf(top, 'resource_changes')];
  const masked = rows.some((row) => isJsonObject(row) && isJsonObject(row.change) && speaksOfMasks(row.change));
  return masked || /"(?:after|before)_sensitive"/.test(JSON.stringify(rows));
}

function speaksOfMasks(change: JsonObject): boolean {
  return 'after_sensitive' in change || 'before_sensitive' in change;
}

function textOf(value: Json | undefined): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
