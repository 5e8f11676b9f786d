import { wrongFile } from './wrong-file.ts';

// biome-ignore lint/suspicious/noControlCharactersInRegex: terminal colours begin with one
const COLOUR = /\u001b\[[0-9;]*[A-Za-z]/g;

const NOISE = 'JSON with noise of the setup-terraform wrapper around it';
const NOISE_HINT = 'use hashicorp/setup-terraform v3 or later, or set `terraform_wrapper: false`, and make the file again';

interface Signature {
  readonly pattern: RegExp;
  readonly what: string;
  readonly hint?: string;
}

/** In order; the first that matches the beginning of the text (colours taken off) says what it is. All are linear. */
const SIGNATURES: readonly Signature[] = [
  { pattern: /^(\[command\]|::debug::)/, what: NOISE, hint: NOISE_HINT },
  { pattern: /^digraph\b/, what: 'a graph (`terraform graph`), not a plan' },
  { pattern: /^import "(tfplan|tfconfig|tfstate|tfrun)/m, what: 'a Sentinel policy, not a plan' },
  {
    pattern: /^(resource_changes|raw|providers|module_calls|planned_values|output_changes|resource_drift|_modules|_root) = [{[]/m,
    what: 'a Sentinel mock, not a plan',
  },
  {
    pattern:
      /^(Apply complete!|Destroy complete!)|: (Creating|Destroying|Modifying|Still creating|Creation complete|Destruction complete)[.: ]/m,
    what: 'the log of an apply, not a plan',
    hint: 'gate the plan before it is applied: `terraform plan -out=tfplan`, then `terraform show -json tfplan > plan.json`',
  },
  {
    pattern:
      /^((Terraform|OpenTofu) (will perform|used the selected|planned|has compared|v\d)|No changes\.|An execution plan has been|Acquiring state lock|Refreshing Terraform state|Running plan in|Preparing the remote plan|Note: Objects have changed|Plan: \d|[-+~/<=]+ resource ")/m,
    what: 'the plan as text for people, which has no exact values',
    hint: '`-json` was forgotten: `terraform show -json tfplan > plan.json` (or `tofu show -json`)',
  },
  {
    pattern: /: Refreshing state\.\.\.|: Reading\.\.\./,
    what: 'the log of a plan, not its JSON',
    hint: '`-json` was forgotten: `terraform show -json tfplan > plan.json`',
  },
  {
    pattern: /^[│╷╵\s]*(Error|Warning):/m,
    what: 'an error message of terraform or tofu, not a plan',
    hint: 'the command that made the file failed: read the message, mend it, and check the exit code before gating',
  },
  {
    pattern: /^(Usage: (terraform|tofu)|Initializing (the backend|provider plugins|modules))/m,
    what: 'output of another terraform command, not a plan',
  },
  {
    pattern:
      /^\s*((terraform|locals|moved|removed|import|check)\s*\{|(provider|variable|output|module|run|resource|data|ephemeral|action)\s+"[^"\n]{0,200}"(\s+"[^"\n]{0,200}")?\s*\{)/m,
    what: 'Terraform configuration (HCL), not a plan',
  },
  {
    pattern: /^<(!doctype|html|\?xml)/i,
    what: 'a web page or XML, not a plan',
    hint: 'the download failed or needs a login; save the JSON itself',
  },
  { pattern: /^[A-Za-z_][\w-]{0,100}\s*=\s*\S/m, what: 'a variables file (tfvars), not a plan' },
];

/** Names a text that is no JSON; returns where nothing is recognised. `head` is the beginning of the file. */
export function recogniseText(name: string, head: string): void {
  const text = head.replace(COLOUR, '').trimStart();
  for (const { pattern, what, hint } of SIGNATURES) if (pattern.test(text)) wrongFile(name, what, hint);
}

/** Names what follows a complete JSON document. */
export function recogniseTail(name: string, tail: string): void {
  if (/^\s*(::debug::|::set-output|\[command\]|Terraform exited with code)/.test(tail)) wrongFile(name, NOISE, NOISE_HINT);
}
