/** Hides rows and columns of the tables. Without it the page says the same, only all at once. */
export const SCRIPT = `
'use strict';
const form = document.getElementById('filter');
if (form) {
  const fields = form.elements, told = form.querySelector('output');
  const tables = [...document.querySelectorAll('table[data-value]')];
  const apply = () => {
    const name = fields.class.value.trim().toLowerCase(), operation = fields.operation.value;
    const answer = fields.answer.value, value = fields.value ? fields.value.value : '';
    let shown = 0, all = 0;
    for (const table of tables) {
      const isOut = value !== '' && table.dataset.value !== value;
      let rows = 0;
      for (const cell of table.querySelectorAll('[data-operation]'))
        cell.hidden = operation !== '' && cell.dataset.operation !== operation;
      for (const row of table.tBodies[0].rows) {
        const cells = [...row.cells].filter((cell) => cell.dataset.answer && !cell.hidden);
        row.hidden = isOut || !row.dataset.class.includes(name) || (answer !== '' && !cells.some((cell) => cell.dataset.answer === answer));
        all += 1;
        if (!row.hidden) rows += 1;
      }
      table.hidden = rows === 0;
      shown += rows;
    }
    told.value = shown === all ? '' : shown + ' of ' + all + ' rows shown';
  };
  form.hidden = false;
  form.addEventListener('input', apply);
  form.addEventListener('reset', () => setTimeout(apply));
  form.addEventListener('submit', (event) => event.preventDefault());
  apply();
}
`;
