import { hasUnknown, hide } from './hide.ts';
import { ExactNumber, isList, isObject, type ObjectValue, Sensitive, UNKNOWN, type Value } from './value.ts';

/** Parts of names (lower case, letters and digits only) that secrets typically go by. Used only where a plan has no masks, and for variables. */
const PARTS = [
  'password',
  'passwd',
  'passphrase',
  'secret',
  'token',
  'credential',
  'privatekey',
  'apikey',
  'accesskey',
  'accountkey',
  'authkey',
  'sharedkey',
  'masterkey',
  'primarykey',
  'secondarykey',
  'licensekey',
  'signingkey',
  'encryptionkey',
  'presharedkey',
  'connectionstring',
  'connectionurl',
  'connectionuri',
  'sastoken',
  'sasurl',
  'kubeconfig',
  'kubeadminconfig',
  'clientcertificate',
  'clientkey',
  'userdata',
  'customdata',
  'webhookurl',
  'keymaterial',
  'pkcs12',
  'pfx',
];
const WHOLE = new Set(['pass', 'pwd', 'psk', 'pin', 'pem', 'auth', 'dsn', 'salt']);

/** Whether something of this name is likely to be a secret. */
export function isSecretName(name: string): boolean {
  const plain = name.toLowerCase().replace(/[^a-z0-9]/g, '');
  return WHOLE.has(plain) || PARTS.some((part) => plain.includes(part));
}

/** The value with everything under a secret-looking name hidden, `{name, value}` pairs included. */
export function hideByName(value: Value): Value {
  if (isList(value)) return value.map(hideByName);
  if (!isObject(value)) return value;
  const out: { [key: string]: Value } = Object.create(null);
  const label = secretLabel(value);
  for (const [key, child] of Object.entries(value)) {
    const secret = isSecretName(key) || (label && key.toLowerCase() === 'value');
    out[key] = secret ? conceal(child) : hideByName(child);
  }
  return out;
}

function secretLabel(value: ObjectValue): boolean {
  return ['name', 'key', 'Name', 'Key'].some((k) => {
    const label = Object.hasOwn(value, k) ? value[k] : undefined;
    return typeof label === 'string' && isSecretName(label);
  });
}

/** Hides a whole value; null stays null, and unknown wins. */
export function conceal(value: Value): Value {
  if (value === null || value === UNKNOWN || value instanceof Sensitive) return value;
  return hasUnknown(value) ? UNKNOWN : hide(value);
}

/** Looks of a credential. A text in which none of `signs` stands has not the look, and most have none: the pattern need not be compiled. */
const CREDENTIAL: readonly { readonly signs: readonly string[]; readonly pattern: RegExp }[] = [
  { signs: ['-----BEGIN '], pattern: /-----BEGIN [A-Z ]*(PRIVATE KEY|CERTIFICATE)/ },
  { signs: ['AKIA', 'ASIA'], pattern: /\b(AKIA|ASIA)[A-Z0-9]{16}\b/ },
  { signs: ['://'], pattern: /:\/\/[^/@\s]{1,256}@/ },
  {
    signs: ['gho_', 'ghp_', 'ghs_', 'ghu_', 'github_pat_', 'glpat-', 'xoxa-', 'xoxb-', 'xoxp-', 'eyJ'],
    pattern: /\b(gh[opsu]_|github_pat_|glpat-|xox[abp]-|eyJ[A-Za-z0-9_-]{10})/,
  },
  { signs: ['=', ':'], pattern: /(password|secret|accountkey|sharedaccesskey|token)\s*[=:]/i },
];

/** Whether a value contains a secret by a name in it or by the look of a text. */
export function looksSecret(value: Value): boolean {
  if (typeof value === 'string')
    return CREDENTIAL.some(({ signs, pattern }) => signs.some((sign) => value.includes(sign)) && pattern.test(value));
  if (isList(value)) return value.some(looksSecret);
  if (value instanceof ExactNumber || !isObject(value)) return false;
  return Object.entries(value).some(
    ([key, child]) =>
      (child !== null && typeof child !== 'boolean' && isSecretName(key)) || looksSecret(key) || looksSecret(child),
  );
}
