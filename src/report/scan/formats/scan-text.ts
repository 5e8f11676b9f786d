import { escapeText } from '../../escape.ts';
import { Page, type Style, whole } from '../../formats/layout.ts';
import type { ScanFormatter } from '../formats.ts';
import type { ScanFinding, ScanReport } from '../model.ts';
import {
  ageWords,
  byVerdict,
  count,
  headlineWords,
  orphanHeadline,
  orphanRows,
  unreadReason,
  unreadSubject,
  whereWords,
} from '../words.ts';

const COLOURS: Readonly<Record<ScanReport['verdict'], Style>> = { clean: 'green', drift: 'red', undecided: 'magenta' };

/** What people read: the verdict, what was not read, which access changed, then each finding. */
export const scanText: ScanFormatter = (report, { width, colour }) => {
  const page = new Page(width, colour);
  page.unwrapped(
    `${page.paint(report.verdict.toUpperCase(), COLOURS[report.verdict], 'bold')}  ${escapeText(headlineWords(report))}`,
  );
  if (report.rules !== null)
    page.line(2, `rules: ${report.rules.files.map((file) => whole(`${file.path} (${file.level})`)).join(', ')}`);
  showUnread(page, report);
  showAccess(page, report);
  showFindings(page, report);
  showOrphans(page, report);
  showUnmanaged(page, report);
  return page.toString();
};

function showUnread(page: Page, { unread }: ScanReport): void {
  if (unread.length === 0) return;
  page.gap();
  page.unwrapped(page.paint('not read', 'magenta', 'bold'));
  for (const one of unread) {
    page.line(2, `${escapeText(unreadSubject(one))}: ${escapeText(unreadReason(one))}`, 4);
    if (one.addresses.length > 0) page.line(4, named(one.addresses, one.objects), 6);
  }
}

function named(addresses: readonly string[], all: number): string {
  const more = all - addresses.length;
  return `${addresses.map(whole).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function showAccess(page: Page, { access }: ScanReport): void {
  if (access.length === 0) return;
  page.gap();
  page.unwrapped('access that changed');
  for (const { message, widens, objects } of access) {
    page.line(2, `${widens ? page.paint('wider: ', 'red', 'bold') : ''}${escapeText(message)}`, 4);
    if (objects.length > 1)
      page.line(
        4,
        named(
          objects.slice(0, 10).map(({ address }) => address),
          objects.length,
        ),
        6,
      );
  }
}

/** Equal findings of many objects stand together. */
function showFindings(page: Page, { findings }: ScanReport): void {
  const groups = new Map<string, ScanFinding[]>();
  for (const finding of byVerdict(findings)) {
    const { verdict, type, message, cloud, account, region, managed_by } = finding;
    const key = JSON.stringify([verdict, type, message, cloud, account, region, managed_by]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [finding]);
    else group.push(finding);
  }
  for (const group of groups.values()) {
    const [first, ...more] = group as [ScanFinding, ...ScanFinding[]];
    const what = more.length === 0 ? whole(first.address) : `${group.length} x ${whole(first.type)}`;
    page.gap();
    page.line(0, `${page.paint(first.verdict.toUpperCase(), 'red', 'bold')}  ${what}: ${escapeText(first.message)}`);
    page.line(2, `${escapeText(whereWords(first))}, ${whole(first.state)}`);
    if (more.length > 0)
      page.line(
        2,
        named(
          group.slice(0, 10).map(({ address }) => address),
          group.length,
        ),
        4,
      );
    if (first.managed_by !== null) page.line(2, `written by ${escapeText(first.managed_by)}: never repaired from here`);
    page.line(2, `fix: ${escapeText(first.fix)}`);
  }
}

function showOrphans(page: Page, { orphans }: ScanReport): void {
  if (orphans === null) return;
  page.gap();
  page.unwrapped(orphanHeadline(orphans));
  for (const [where = '', type = '', owner = '', objects = '', oldest = '', ids = ''] of orphanRows(orphans)) {
    page.line(
      2,
      `${objects} x ${whole(type)} (${escapeText(where)}), oldest: ${escapeText(oldest)}, owner: ${escapeText(owner)}`,
      4,
    );
    page.line(4, escapeText(ids), 6);
  }
}

function showUnmanaged(page: Page, { unmanaged }: ScanReport): void {
  if (unmanaged.length === 0) return;
  const orphans = unmanaged.filter(({ orphan }) => orphan);
  page.gap();
  page.unwrapped(`${count(unmanaged.length, 'object')} in no state, ${orphans.length} of them nobody's`);
  for (const item of [...orphans, ...unmanaged.filter(({ orphan }) => !orphan)]) {
    const tags = Object.entries(item.tags).map(([key, value]) => `${key}=${value}`);
    const about = [whereWords(item), ageWords(item), tags.join(' '), item.managed_by === null ? '' : `of ${item.managed_by}`];
    const told = about.filter((part) => part !== '').map(escapeText);
    page.line(2, `${item.orphan ? 'orphan ' : ''}${whole(item.type)} ${whole(item.id)} (${told.join('; ')})`, 4);
  }
}
