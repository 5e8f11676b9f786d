/**
 * Plan text is hostile text. Here it becomes harmless for one sink each; nothing else in this room prints a string that
 * it did not write itself.
 */

/**
 * Ranges that no person can see or that move what people see: C0, DEL, C1, every space but the plain one, soft hyphen,
 * joiners, zero width, bidi controls, line and paragraph separators, variation selectors, fillers, tags, lone surrogates,
 * the byte order mark. Listed by hand, because what `\p{Cf}` covers differs between Node versions and reports must not.
 */
const UNSEEN =
  '\\u0000-\\u001f\\u007f-\\u00a0\\u00ad\\u034f\\u061c\\u0600-\\u0605\\u06dd\\u070f\\u0890\\u0891\\u08e2\\u115f\\u1160\\u1680\\u17b4\\u17b5\\u180b-\\u180f' +
  '\\u2000-\\u200f\\u2028-\\u202f\\u205f-\\u206f\\u2800\\u3000\\u3164\\ud800-\\udfff\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff0-\\ufffb\\ufffe\\uffff' +
  '\\u{110bd}\\u{110cd}\\u{13430}-\\u{1345f}\\u{1bca0}-\\u{1bca3}\\u{1d173}-\\u{1d17a}\\u{e0000}-\\u{e0fff}';

/** What is not seen, and commands to whoever reads the log. Made where it is asked for: most text is plain, and the classes of Unicode are slow. */
interface Harmful {
  readonly unseen: RegExp;
  /** The same beyond ASCII, plus DEL: JSON.stringify has seen to C0, and pretty-printing adds line ends of its own. */
  readonly unseenInJson: RegExp;
  /** `::command::` works at the start of a line, blanks before it or not, so wherever a line may be broken. */
  readonly lineCommand: RegExp;
}

let made: Harmful | null = null;

function harmful(): Harmful {
  made ??= {
    unseen: new RegExp(`[${UNSEEN}]`, 'gu'),
    unseenInJson: new RegExp(`(?![\\u0000-\\u001f])[${UNSEEN}]`, 'gu'),
    lineCommand: /(^|[^\p{L}\p{N}_:]):(?=:+[A-Za-z])/gu,
  };
  return made;
}

/** `##[command]` works anywhere in a line of a GitHub or Azure log, `##teamcity[` at its start. */
const LOG_COMMAND = /##(?=\[|vso\[|teamcity\[)/g;

/** What can be seen in ASCII, without `##` and `::`: nothing of it is ever escaped. */
const BEYOND_PLAIN = /[^ -~]|##|::/;

/** Longest piece of plan text that is shown in full, in UTF-16 units. */
export const LONGEST_SHOWN = 500;
const SHOWN_OF_LONGER = 300;

function escapeUnit(character: string): string {
  if (character === '\n') return '\\n';
  if (character === '\r') return '\\r';
  if (character === '\t') return '\\t';
  let escaped = '';
  for (let at = 0; at < character.length; at += 1) {
    escaped += `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`;
  }
  return escaped;
}

/** One line of harmless text for a terminal or a log: unseen characters as visible escapes, log commands broken, long text cut with a count. */
export function escapeText(text: string): string {
  return escapeUncut(cut(text));
}

/** The same for sentences of ours, which may be long: what they quote is cut already. */
export function escapeUncut(text: string): string {
  if (!BEYOND_PLAIN.test(text)) return text;
  const { unseen, lineCommand } = harmful();
  return text
    .replace(unseen, escapeUnit)
    .replace(LOG_COMMAND, '#\\u0023')
    .replace(lineCommand, (_, before: string) => `${before}\\u003a`);
}

/** Text beyond the longest shown is cut, with a count of what is left out. */
export function cut(text: string): string {
  if (text.length <= LONGEST_SHOWN) return text;
  const last = text.charCodeAt(SHOWN_OF_LONGER - 1);
  const end = last >= 0xd800 && last <= 0xdbff ? SHOWN_OF_LONGER - 1 : SHOWN_OF_LONGER;
  return `${text.slice(0, end)}... (${text.length - end} more characters)`;
}

/** Template tag: the literal parts are ours, everything put in is escaped. */
export function say(strings: TemplateStringsArray, ...values: readonly (string | number)[]): string {
  return strings.reduce((all, part, index) => all + escapeText(String(values[index - 1])) + part);
}

/** Makes the output of JSON.stringify safe to show in a terminal or a log; it still parses to the same value. */
export function escapeJson(json: string): string {
  if (isPlainJson(json)) return json;
  return json
    .replace(harmful().unseenInJson, (character) => {
      let escaped = '';
      for (let at = 0; at < character.length; at += 1) escaped += `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`;
      return escaped;
    })
    .replace(LOG_COMMAND, '#\\u0023');
}

/** Whether nothing in it is ever escaped: a line of JSON begins with none of its values, so colons command nothing there. Sooner than a pattern tells. */
function isPlainJson(json: string): boolean {
  return !json.includes('\u007f') && !json.includes('##') && Buffer.byteLength(json) === json.length;
}

const HTML: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
};

/** Text for HTML, between tags or in a quoted attribute. Not cut. */
export function escapeHtml(text: string): string {
  return escapeUncut(text).replace(/[&<>"'`]/g, (character) => HTML[character] ?? '');
}

/**
 * What means something in CommonMark, in GitHub's and GitLab's additions to it (tables, maths, strikethrough), or to what they do
 * with the finished page: mentions, references to issues and labels, bare links, emoji.
 */
const MARKDOWN = /[&<>\\`*_[\]|~$@#!%^]|:(?=\/\/)|(?<!\d):(?=[\w+-]+:)|www(?=\.)|^[-+=](?=.)|^\d+(?=[.)])|^ /gi;
/** The first sign of a mention or reference, apart from what follows it: an empty word that no one sees. */
const APART = '&#8203;';

/** Text within a line of Markdown or a cell of a table: it is shown as it stands and links to nothing. Not cut. */
export function escapeMarkdown(text: string): string {
  return escapeUncut(text).replace(MARKDOWN, (found, offset: number, all: string) => {
    if (found === ' ') return '&#32;';
    if (/^\d/.test(found)) return `${found}\\`;
    if (found === ':' || found.length > 1) return found + APART;
    const shown = /[&<>]/.test(found) ? HTML[found] : `\\${found}`;
    return /[@#!%^~$&]/.test(found) && /[\w"]/.test(all[offset + 1] ?? '') ? `${shown}${APART}` : `${shown}`;
  });
}

/** Text within a line of raw HTML in Markdown (a summary): no markup, and nothing for what looks at the finished page. Not cut. */
export function escapeMarkdownHtml(text: string): string {
  return escapeHtml(text).replace(
    /[@#!$](?=\w)(?!#39;|#96;)|:(?=\/\/)|(?<!\d):(?=[\w+-]+:)|www(?=\.)/gi,
    (found, offset: number, all: string) => (found === '#' && /&$/.test(all.slice(0, offset)) ? found : found + APART),
  );
}

/** Text for XML 1.0, between tags or in a quoted attribute: what XML cannot hold at all is spelled out. Not cut. */
export function escapeXml(text: string): string {
  return escapeUncut(text).replace(/[&<>"']/g, (character) => HTML[character] ?? '');
}

/** The message of a GitHub workflow command (`::error ...::MESSAGE`). */
export function escapeCommandData(text: string): string {
  return text
    .split('\n')
    .map((line) => escapeUncut(line).replaceAll('%', '%25'))
    .join('%0A');
}

/** A property of a GitHub workflow command (`file=`, `title=`): its separators are spelled out. */
export function escapeCommandProperty(text: string): string {
  return escapeUncut(text).replace(/%/g, '%25').replace(/:/g, '%3A').replace(/,/g, '%2C');
}
