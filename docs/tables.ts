/** Markdown tables whose cells may hold anything. */
const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

export const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.map(cell).join(' | ')} |`).join('\n');

export const generated = (title: string, text: string): string =>
  `# ${title}\n\n<!-- Made by \`npm run docs\` from the code: change the code, not this page. -->\n\n${text.trim()}\n`;
