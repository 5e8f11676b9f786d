// Writes a plan of about ROWS rows to standard output: `node bench/generate.mjs ROWS`. The same bytes on every machine.
// Each unit is the recorded plan fixtures/recorded/aws/postgres-cutover (21 rows of real Terraform) as one instance of a module,
// with names and ids of its own; `planted` says which rows break which rule of bench/peers/inlane.yaml.
import { readFileSync, writeSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const BASE = new URL('../fixtures/recorded/aws/postgres-cutover/plan.json', import.meta.url);
/** Instances of one module call. */
const PER_CALL = 12;
const UNIT = '@UNIT@';
const CALL = '@CALL@';

/** Rows of the recorded plan: what one unit adds. */
export const ROWS_OF_UNIT = 21;

/** Rows that are denied in a plan of so many rows, by the rule that they break. */
export function planted(rows) {
  const sums = { destroy: 0, tags: 0 };
  for (let unit = 0; unit < unitsOf(rows); unit += 1) for (const kind of violations(unit)) sums[kind] += 1;
  return { ...sums, rows: unitsOf(rows) * ROWS_OF_UNIT };
}

function unitsOf(rows) {
  return Math.max(1, Math.round(rows / ROWS_OF_UNIT));
}

/** One in each unit, and a second in every twentieth: 5 % of the rows. */
function violations(unit) {
  const first = unit % 2 === 0 ? 'tags' : 'destroy';
  return unit % 20 === 10 ? [first, 'destroy'] : [first];
}

/** Yields the text of the plan piece by piece. */
export function* plan(rows) {
  const base = JSON.parse(readFileSync(BASE, 'utf8'));
  const units = unitsOf(rows);
  const calls = Math.ceil(units / PER_CALL);
  const variants = new Map();
  const unitOf = (unit) => {
    const kinds = violations(unit).join(' ');
    if (!variants.has(kinds)) variants.set(kinds, variant(base, kinds.split(' ')));
    return variants.get(kinds);
  };
  function* each(section) {
    for (let unit = 0; unit < units; unit += 1) {
      const text = unitOf(unit)[section];
      if (text === '') continue;
      const number = String(unit).padStart(5, '0');
      yield `${unit === 0 ? '' : ','}${text.replaceAll(UNIT, number).replaceAll(CALL, String(Math.floor(unit / PER_CALL)).padStart(4, '0'))}`;
    }
  }
  const { format_version, terraform_version, timestamp, configuration } = base;
  yield `{"format_version":${JSON.stringify(format_version)},"terraform_version":${JSON.stringify(terraform_version)}`;
  yield ',"planned_values":{"root_module":{"child_modules":[';
  yield* each('planned');
  yield ']}},"resource_changes":[';
  yield* each('rows');
  yield `],"prior_state":{"format_version":"1.0","terraform_version":${JSON.stringify(terraform_version)},"values":{"root_module":{"child_modules":[`;
  yield* each('prior');
  yield ']}}},"configuration":{"provider_config":';
  yield JSON.stringify(configuration.provider_config);
  yield ',"root_module":{"module_calls":{';
  const module = JSON.stringify({ resources: configuration.root_module.resources });
  for (let call = 0; call < calls; call += 1) {
    const name = `stack_${String(call).padStart(4, '0')}`;
    yield `${call === 0 ? '' : ','}"${name}":{"source":"./stack","for_each_expression":{"references":["local.stacks"]},"module":${module}}`;
  }
  yield `}}},"timestamp":${JSON.stringify(timestamp)},"applyable":true,"complete":true,"errored":false}\n`;
}

/** The sections of one unit as templates. */
function variant(base, kinds) {
  const module = `module.stack_${CALL}["${UNIT}"]`;
  const moved = (address) => `${module}.${address}`;
  const rows = base.resource_changes.map((row) => {
    const { address, ...rest } = violate(structuredClone(row), kinds);
    return { address: moved(address), module_address: module, ...rest, change: own(rest.change) };
  });
  const after = new Map(rows.map((row) => [row.address, row.change.after]));
  const objects = (section, valuesOf, keep = () => true) => ({
    address: module,
    resources: section.root_module.resources
      .map(({ address, values, depends_on, ...rest }) => ({
        address: moved(address),
        ...rest,
        values: valuesOf(moved(address)) ?? own(values),
        ...(depends_on ? { depends_on: depends_on.map((on) => `module.stack_${CALL}.${on}`) } : {}),
      }))
      .filter(keep),
  });
  return {
    rows: rows.map((row) => JSON.stringify(row)).join(','),
    planned: JSON.stringify(
      objects(
        base.planned_values,
        (address) => after.get(address),
        ({ address }) => after.get(address) !== null,
      ),
    ),
    prior: JSON.stringify(objects(base.prior_state.values, () => null)),
  };
}

/** Makes a row of the recorded plan break a rule. */
function violate(row, kinds) {
  if (kinds.includes('destroy') && row.address === 'aws_db_instance.orders_v16') {
    Object.assign(row.change, { actions: ['delete'], after: null, after_unknown: {}, after_sensitive: false });
  }
  if (kinds.includes('tags') && row.address === 'aws_ecs_task_definition.orders_api') {
    for (const tags of [row.change.before.tags, row.change.before.tags_all, row.change.after.tags, row.change.after.tags_all])
      if (tags) delete tags.environment;
  }
  return row;
}

/** The same values with the names and ids of one unit. */
function own(value) {
  if (typeof value === 'string') {
    return value
      .replace(/\borders(?=$|[-_./:"])/g, `orders-${UNIT}`)
      .replace(/\b((?:vpc|subnet|sg|acl|rtb)-[0-9a-f]{12})[0-9a-f]{5}\b/g, `$1${UNIT}`)
      .replace(/\b(db-[0-9A-F]{21})[0-9A-F]{5}\b/g, `$1${UNIT}`)
      .replace(/\b(terraform-[0-9]{15})[0-9]{5}/g, `$1${UNIT}`)
      .replace(/^([A-Za-z0-9]{27})[A-Za-z0-9]{5}$/, `$1${UNIT}`)
      .replace(/("password":"[A-Za-z0-9]{27})[A-Za-z0-9]{5}"/, `$1${UNIT}"`);
  }
  if (Array.isArray(value)) return value.map(own);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, own(item)]));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const rows = Number(process.argv[2]);
  if (!Number.isInteger(rows) || rows < 1) throw new Error('ROWS is a whole number from 1');
  let held = '';
  const write = (text) => {
    const bytes = Buffer.from(text, 'utf8');
    for (let at = 0; at < bytes.length; ) at += writeSync(1, bytes, at);
  };
  for (const piece of plan(rows)) {
    held += piece;
    if (held.length < 1 << 20) continue;
    write(held);
    held = '';
  }
  write(held);
}
