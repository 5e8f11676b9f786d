import { escapeHtml } from '../../escape.ts';
import { type Grid, type GridBlock, type GridCell, gridOf } from '../grid.ts';
import { blockInWords } from '../grid-words.ts';
import { ANSWERS, type Matrix, type MatrixAnswer, type Shown } from '../shown-model.ts';
import { spell } from '../spelling.ts';

/** A sign beside each word, so that colour is never alone. */
const SIGNS: Readonly<Record<MatrixAnswer, string>> = { allow: '✓', ask: '!', depends: '?', no: '✕' };
const MEANINGS: Readonly<Record<MatrixAnswer, string>> = {
  allow: 'a lane allows it and nothing stands against it',
  ask: 'once it is approved',
  depends: 'on what the note says',
  no: 'denied',
};

/** One table for each value of the attribute, one row for each class; the form above them is for the script. */
export function matrixHtml(shown: Shown, matrix: Matrix): string {
  const grid = gridOf(shown, matrix, { grouped: false, allowed: true });
  const legend = ANSWERS.map((answer) => `<li>${answerHtml(answer)}: ${MEANINGS[answer]}</li>`).join('');
  return [
    '<section aria-labelledby="answers">',
    '<h2 id="answers">Answers</h2>',
    `<ul class="legend">${legend}<li>a number: see the note</li></ul>`,
    formHtml(matrix),
    ...grid.blocks.map((block) => tableHtml(grid, block, matrix)),
    '</section>',
    '<section aria-labelledby="notes">',
    '<h2 id="notes">Notes</h2>',
    grid.notes.length === 0 ? '<p>None.</p>' : `<ol class="notes">${grid.notes.map(noteHtml).join('\n')}</ol>`,
    '</section>',
  ].join('\n');
}

function formHtml(matrix: Matrix): string {
  const attribute = matrix.attribute === null ? '' : select('value', escapeHtml(spell(matrix.attribute)), matrix.values);
  return [
    '<form id="filter" hidden aria-label="Filter the answers">',
    '<label>class<input type="search" name="class" autocomplete="off"></label>',
    select('operation', 'operation', matrix.operations),
    attribute,
    select('answer', 'answer', ANSWERS),
    '<button type="reset">Show all</button>',
    '<output aria-live="polite"></output>',
    '</form>',
  ].join('');
}

function select(name: string, label: string, values: readonly string[]): string {
  const options = values.map((value) => `<option value="${escapeHtml(value)}">${escapeHtml(spell(value))}</option>`);
  return `<label>${label}<select name="${name}"><option value="">any</option>${options.join('')}</select></label>`;
}

function tableHtml(grid: Grid, block: GridBlock, matrix: Matrix): string {
  const title = blockInWords(matrix, block) ?? 'all resources';
  // Roles are said once more: on a narrow screen the style takes the table apart, and its meaning must stay.
  const heads = grid.operations.map(
    (operation) => `<th scope="col" role="columnheader" data-operation="${operation}">${operation}</th>`,
  );
  let crossSeen = false;
  const rows = block.groups.map((group) => {
    const name = group.classes[0] ?? '';
    const first = group.cross && !crossSeen ? ' class="first-cross"' : '';
    crossSeen = group.cross;
    const besides = group.cross ? ' <span class="soft">(besides its own class)</span>' : '';
    const cells = grid.operations.map((operation, index) => cellHtml(operation, group.cells[index] ?? null));
    const shown = escapeHtml(spell(name));
    return `<tr role="row"${first} data-class="${escapeHtml(name.toLowerCase())}"><th scope="row" role="rowheader">${shown}${besides}</th>${cells.join('')}</tr>`;
  });
  return [
    `<table role="table" data-value="${escapeHtml(block.values?.[0] ?? '')}">`,
    `<caption>${escapeHtml(title)}</caption>`,
    `<thead role="rowgroup"><tr role="row"><th scope="col" role="columnheader">class</th>${heads.join('')}</tr></thead>`,
    `<tbody role="rowgroup">\n${rows.join('\n')}\n</tbody>`,
    '</table>',
  ].join('\n');
}

function cellHtml(operation: string, cell: GridCell | null): string {
  if (cell === null) return `<td role="cell" data-operation="${operation}">-</td>`;
  const note = cell.note === null ? '' : ` <span class="note">${cell.note}</span>`;
  return `<td role="cell" class="${cell.answer}" data-operation="${operation}" data-answer="${cell.answer}">${answerHtml(cell.answer)}${note}</td>`;
}

function answerHtml(answer: MatrixAnswer): string {
  return `<span class="sign" aria-hidden="true">${SIGNS[answer]}</span>${answer}`;
}

function noteHtml({ words }: { readonly words: string }): string {
  return `<li>${escapeHtml(words)}</li>`;
}
