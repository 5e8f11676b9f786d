import type { CloudTarget } from '../../../providers/cloud.ts';
import type { ObjectResult, SweptTarget } from '../../scan/record.ts';
import { widens } from '../../tags/authority.ts';
import type { ScanVerdict, TagDrift } from '../../tags/drift.ts';
import type { ScanFinding, ScanInput, Where } from './model.ts';

/** What one object's result comes to: a finding for each tag, or one for the object; what was not read stands elsewhere. */
export function findingsOf(result: ObjectResult, { target }: SweptTarget, input: ScanInput): ScanFinding[] {
  const { outcome, address, deposed, type, classes } = result;
  const { id } = result.place;
  const state = input.read.states[result.state]?.path ?? '';
  const owner = Object.entries(result.tags).find(([key]) => input.ownerKeys.has(key))?.[1] ?? null;
  const about = { ...whereOf(target), state, address, ...(deposed === null ? {} : { deposed }), type, classes, id, owner };
  const finding = (verdict: ScanVerdict, tag: TagDrift | null, message: string, fix: string): ScanFinding => ({
    verdict,
    ...about,
    attribute: tag?.attribute ?? null,
    key: tag?.key ?? null,
    wanted: tag?.wanted ?? null,
    found: tag?.found ?? null,
    in_configuration: tag?.inConfiguration ?? null,
    managed_by: outcome.kind === 'read' ? outcome.managedBy : null,
    message,
    fix,
  });
  switch (outcome.kind) {
    case 'not-found':
      return [
        finding(
          'not-found',
          null,
          'the state holds it, the cloud does not',
          'run `terraform plan`: it was removed or made anew outside',
        ),
      ];
    case 'not-taggable':
      return [finding('not-taggable', null, outcome.why, 'let its parent carry the tag')];
    case 'unread':
      return [];
    case 'read': {
      const shift = input.shiftOf(result);
      const verdict = shift !== null && widens(shift) ? 'extra-privileged' : null;
      return outcome.drifts.map((tag) => finding(verdict ?? tag.verdict, tag, driftWords(tag), fixWords(tag, address)));
    }
  }
}

function driftWords({ key, wanted, found, inConfiguration }: TagDrift): string {
  if (found === null) {
    const value = wanted === null ? '' : inConfiguration ? `, which the state has as \`${wanted}\`` : ` (\`${wanted}\`)`;
    return inConfiguration ? `lost \`${key}\`${value}` : `lacks the required tag \`${key}\`${value}, which the state lacks too`;
  }
  if (wanted === null) return `carries \`${key}\` = \`${found}\`, which the state does not have`;
  return `carries \`${key}\` = \`${found}\`, the state says \`${wanted}\``;
}

function fixWords({ key, wanted, found, inConfiguration }: TagDrift, address: string): string {
  if (inConfiguration) return 'apply again, or `inlane tags repair`';
  if (wanted === null && found !== null) return `take it off, or write \`${key}\` in the tags of \`${address}\` if it is meant`;
  return `write \`${key}\` in the tags of \`${address}\`: the configuration does not, so an apply would undo a repair`;
}

export function whereOf({ cloud, account, region }: CloudTarget): Where {
  return { cloud, account, region };
}
