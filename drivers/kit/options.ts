/* Reading a device's options. The configuration has checked them; what is still odd counts as not given. */

type Options = Readonly<Record<string, unknown>>;

export const numberOption = (options: Options, name: string): number | null => {
  const value = options[name];
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
};

export const stringOption = (options: Options, name: string): string | null => {
  const value = options[name];
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : null;
};

/** A small table in one text: `key=value; key=value`. */
export const tableOption = (options: Options, name: string): ReadonlyMap<string, string> => {
  const table = new Map<string, string>();
  for (const entry of (stringOption(options, name) ?? '').split(';')) {
    const cut = entry.indexOf('=');
    if (cut > 0) table.set(entry.slice(0, cut).trim(), entry.slice(cut + 1).trim());
  }
  return table;
};
