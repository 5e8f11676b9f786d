// A recorded plan many times over, with names and ids of its own each time: what a plan of many like parts looks like.
import { readFileSync } from 'node:fs';

/** How the parts stand beside each other: instances of one module call, instances of the same blocks, or module calls of their own. */
export const LAYOUTS = ['instances', 'keys', 'calls'];

const UNIT = '@UNIT@';

/** Attributes that hold what an object is called, so that no two units call theirs alike. */
const NAMING = new Set(
  `arn bucket cluster_identifier display_name fqdn function_name host hostname id identifier key_id name policy queue_url resource_id role
  self_link subscription table_name topic uid unique_id url vpc_id`.split(/\s+/),
);

/** The text of the plan at `path` with its rows `units` times, and how many rows that are. */
export function repeated(path, units, layout) {
  const base = JSON.parse(readFileSync(path, 'utf8'));
  const recorded = base.resource_changes ?? [];
  const own = renaming(recorded);
  const placed = placing(layout);
  const withChange = (row) => JSON.stringify({ ...placed(row), change: own(row.change) });
  const rows = recorded.map(withChange);
  const drift = (base.resource_drift ?? []).map(withChange);
  const prior = objectsOf(base.prior_state?.values?.root_module).map((object) => {
    const { module_address: _, ...rest } = placed({ ...object, module_address: undefined });
    const dependsOn =
      object.depends_on && layout !== 'keys' ? object.depends_on.map((on) => `${callOf(layout)}.${on}`) : object.depends_on;
    return JSON.stringify({ ...rest, values: own(object.values), ...(dependsOn ? { depends_on: dependsOn } : {}) });
  });
  const section = (name, members) => (members.length === 0 ? {} : { [name]: `[${each(members, units)}]` });
  const text = (members) =>
    `{${Object.entries(members)
      .map(([key, value]) => `${JSON.stringify(key)}:${value}`)
      .join(',')}}`;
  const plan = {
    format_version: JSON.stringify(base.format_version),
    terraform_version: JSON.stringify(base.terraform_version),
    ...section('resource_changes', rows),
    ...section('resource_drift', drift),
    ...(base.prior_state
      ? { prior_state: text({ format_version: '"1.0"', values: text({ root_module: stateOf(prior, units, layout) }) }) }
      : {}),
    configuration: JSON.stringify(configurationOf(base.configuration ?? {}, units, layout)),
    timestamp: '"2026-11-20T00:00:00Z"',
    applyable: 'true',
    complete: 'true',
    errored: 'false',
  };
  return { rows: rows.length * units, text: text(plan) };
}

/** The same values with names of the unit's own, wherever a name stands as a whole word. */
function renaming(rows) {
  const names = new Set();
  const collect = (value, key) => {
    if (typeof value === 'string') {
      if (NAMING.has(key) && value.length >= 4) names.add(value);
    } else if (Array.isArray(value)) for (const item of value) collect(item, key);
    else if (typeof value === 'object' && value !== null) for (const [name, item] of Object.entries(value)) collect(item, name);
  };
  for (const { change } of rows) for (const side of [change.before, change.after]) collect(side, '');
  const longestFirst = [...names].sort((a, b) => b.length - a.length).map((name) => name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  const called = longestFirst.length === 0 ? null : new RegExp(`(?<![\\w-])(?:${longestFirst.join('|')})(?![\\w-])`, 'g');
  return function own(value) {
    if (typeof value === 'string') return called === null ? value : value.replace(called, (name) => `${name}-${UNIT}`);
    if (Array.isArray(value)) return value.map(own);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, own(item)]));
  };
}

function callOf(layout) {
  return layout === 'calls' ? `module.unit_${UNIT}` : 'module.unit';
}

/** Where a row of the unit stands. */
function placing(layout) {
  if (layout === 'keys')
    return (row) => {
      const { address, index } = row;
      const key = index === undefined || index === null ? UNIT : `${index}-${UNIT}`;
      return {
        ...row,
        address: `${index === undefined || index === null ? address : address.replace(/\[[^\]]*\]$/, '')}["${key}"]`,
        index: key,
      };
    };
  const module = layout === 'calls' ? callOf(layout) : `${callOf(layout)}["${UNIT}"]`;
  return (row) => ({
    ...row,
    address: `${module}.${row.address}`,
    module_address: row.module_address ? `${module}.${row.module_address}` : module,
    ...(row.previous_address ? { previous_address: `${module}.${row.previous_address}` } : {}),
  });
}

function objectsOf(module) {
  return module ? [...(module.resources ?? []), ...(module.child_modules ?? []).flatMap(objectsOf)] : [];
}

function stateOf(prior, units, layout) {
  if (layout === 'keys') return `{"resources":[${each(prior, units)}]}`;
  const address = layout === 'calls' ? callOf(layout) : `${callOf(layout)}["${UNIT}"]`;
  return `{"child_modules":[${each([`{"address":${JSON.stringify(address)},"resources":[${prior.join(',')}]}`], units)}]}`;
}

function configurationOf({ provider_config, root_module }, units, layout) {
  if (layout === 'keys') return { provider_config, root_module };
  const module = { source: './unit', module: root_module ?? {} };
  const calls =
    layout === 'calls'
      ? Object.fromEntries(Array.from({ length: units }, (_, unit) => [filled(`unit_${UNIT}`, unit), module]))
      : { unit: { ...module, for_each_expression: { references: ['local.units'] } } };
  return { provider_config, root_module: { module_calls: calls } };
}

function each(templates, units) {
  const all = [];
  for (let unit = 0; unit < units; unit += 1) for (const template of templates) all.push(filled(template, unit));
  return all.join(',');
}

function filled(template, unit) {
  return template.replaceAll(UNIT, String(unit).padStart(5, '0'));
}
