/** What an Azure Resource Manager id says. */
export interface ArmId {
  /** As it was spelled, without the leading slash: what the Tags API takes as a scope. */
  readonly scope: string;
  /** The whole id in lower case, with its slash: ARM compares ids without case, so equal objects have equal ids. */
  readonly canonical: string;
  /** Lower case. */
  readonly subscription: string;
  /** Canonical id of the resource group it stands in, or that it is; null outside of one. */
  readonly group: string | null;
  /** Lower case: `microsoft.sql/servers/databases`; of what the last `providers` names. */
  readonly type: string;
}

const GROUP_TYPE = 'microsoft.resources/subscriptions/resourcegroups';
const SUBSCRIPTION_TYPE = 'microsoft.resources/subscriptions';

/** Characters that no name in ARM has and that would change the meaning of a URL or a query. */
const FOREIGN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}"#%<>?\\|{}^`]/u;

/**
 * Reads `/subscriptions/ID[/resourceGroups/NAME][/providers/NAMESPACE/TYPE/NAME[/TYPE/NAME...]]...`, in any case; extension resources
 * name `providers` again. Null for anything else, an id of a management group or tenant included.
 */
export function parseArmId(text: string): ArmId | null {
  if (!text.startsWith('/') || FOREIGN.test(text)) return null;
  const segments = text.slice(1).split('/');
  if (segments.some((segment) => segment.trim() === '' || segment === '.' || segment === '..')) return null;
  const [root, subscription] = segments;
  if (root?.toLowerCase() !== 'subscriptions' || !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(subscription ?? ''))
    return null;
  const grouped = segments[2]?.toLowerCase() === 'resourcegroups';
  if (grouped && segments.length < 4) return null;
  const type = typeOf(segments.slice(grouped ? 4 : 2), grouped ? GROUP_TYPE : SUBSCRIPTION_TYPE);
  if (type === null) return null;
  return {
    scope: segments.join('/'),
    canonical: text.toLowerCase(),
    subscription: (subscription as string).toLowerCase(),
    group: grouped ? `/${segments.slice(0, 4).join('/')}`.toLowerCase() : null,
    type,
  };
}

/** The type of the last `providers/NAMESPACE/(TYPE/NAME)+`; `bare` = that of an id without one. */
function typeOf(rest: readonly string[], bare: string): string | null {
  let type = bare;
  for (let at = 0; at < rest.length; ) {
    if (rest[at]?.toLowerCase() !== 'providers') return null;
    const parts = [rest[at + 1]];
    at += 2;
    while (at < rest.length && rest[at]?.toLowerCase() !== 'providers') {
      if (rest[at + 1] === undefined) return null;
      parts.push(rest[at]);
      at += 2;
    }
    if (parts.length < 2 || parts[0] === undefined) return null;
    type = parts.join('/').toLowerCase();
  }
  return type;
}
