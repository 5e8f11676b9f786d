import { splitAddress } from '../plan/address.ts';

/** (address, deposed) is what is unique in a plan (plan-json.md 3). */
export function objectKey(address: string, deposed: string | null): string {
  return deposed === null ? address : `${address} (deposed ${deposed})`;
}

/** The parts of a resource's address: module path with its instance keys, type, name. */
export function resourceAddress(address: string): { module: string | null; type: string; name: string } {
  const steps = splitAddress(address);
  const module = steps[steps.length - 3];
  return {
    module: module === undefined ? null : address.slice(0, module.end),
    type: steps[steps.length - 2]?.name ?? '',
    name: steps[steps.length - 1]?.name ?? '',
  };
}
