import { InlaneError } from '../errors.ts';

/** How a plan file is made; every hint of a wrong file leads here. */
export const MAKE_PLAN =
  'run `terraform plan -out=tfplan`, then `terraform show -json tfplan > plan.json` (or the same with `tofu`)';

/** Throws `plan-wrong-file`: what the file is, and the command that makes the right one. */
export function wrongFile(name: string, what: string, hint: string = MAKE_PLAN): never {
  throw new InlaneError('plan-wrong-file', `\`${name}\` is ${what}`, hint);
}
