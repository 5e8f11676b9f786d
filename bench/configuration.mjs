// A plan of like queues that lack a required tag, with the text of their configuration in one file: each is looked up in it, and gets a patch.
import { readFileSync } from 'node:fs';

const RECORDED = 'fixtures/recorded/aws/thirty-queues/plan.json';
const TYPE = 'aws_sqs_queue';

export const SYNTAXES = ['native', 'json'];

/** The text of the plan, and the files of its stack by name. */
export function written(rows, syntax) {
  const base = JSON.parse(readFileSync(RECORDED, 'utf8'));
  const row = base.resource_changes.find(({ type }) => type === TYPE);
  const { after_unknown: unknown, after } = row.change;
  const {
    count_expression: _,
    for_each_expression: __,
    ...block
  } = base.configuration.root_module.resources.find(({ type }) => type === TYPE);
  const names = Array.from({ length: rows }, (_, at) => `q${String(at).padStart(5, '0')}`);
  const tags = { team: 'orders' };
  const plan = {
    format_version: base.format_version,
    terraform_version: base.terraform_version,
    resource_changes: names.map((name) => ({
      ...row,
      index: undefined,
      name,
      address: `${TYPE}.${name}`,
      change: {
        ...row.change,
        after: { ...after, name, tags, tags_all: tags },
        after_unknown: { ...unknown, tags_all: undefined },
      },
    })),
    configuration: {
      ...base.configuration,
      root_module: { resources: names.map((name) => ({ ...block, name, address: `${TYPE}.${name}` })) },
    },
    complete: true,
    errored: false,
  };
  const numbers = { visibility_timeout_seconds: 30, message_retention_seconds: 86400 };
  const argument = ([name, value]) => `  ${name} = ${value}\n`;
  const native = (name) =>
    `resource "${TYPE}" "${name}" {\n  name = "${name}"\n${Object.entries(numbers).map(argument).join('')}  tags = {\n    team = "orders"\n  }\n}\n`;
  const json = () => ({ resource: { [TYPE]: Object.fromEntries(names.map((name) => [name, { name, ...numbers, tags }])) } });
  const files =
    syntax === 'json' ? { 'main.tf.json': JSON.stringify(json(), null, 2) } : { 'main.tf': names.map(native).join('\n') };
  return { rows, text: JSON.stringify(plan), files };
}
