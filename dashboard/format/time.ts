const two = (value: number): string => String(Math.floor(value)).padStart(2, '0');

/** A span for people who wait: `0:42`, `12:05`, `1:12:05`, `3 d 4 h`. Never negative. */
export const elapsed = (ms: number): string => {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const hours = Math.floor(seconds / 3600);
  if (hours >= 48) return `${Math.floor(hours / 24)} d ${hours % 24} h`;
  const minutes = Math.floor(seconds / 60) % 60;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
};

/** How old a value is, as short as it can be: `12 s`, `9 min`, `3 h 5 min`, `2 d`. */
export const age = (ms: number): string => {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours >= 48) return `${Math.floor(hours / 24)} d`;
  return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
};

/** `just now`, `12 s ago`. */
export const ago = (ms: number): string => (ms < 1000 ? 'just now' : `${age(ms)} ago`);

/** Seconds to one decimal, for the freshness chip. */
export const tenths = (ms: number): string => (Math.max(0, ms) / 1000).toFixed(1);

export const timeOfDay = (ms: number): string => {
  const date = new Date(ms);
  return `${two(date.getHours())}:${two(date.getMinutes())}`;
};

export const timeWithSeconds = (ms: number): string => `${timeOfDay(ms)}:${two(new Date(ms).getSeconds())}`;

/** Date and time, in the computer's zone: `26 Nov 14:02:11`. */
export const dateAndTime = (ms: number): string => {
  const date = new Date(ms);
  const month = date.toLocaleString('en-GB', { month: 'short' });
  return `${date.getDate()} ${month} ${timeWithSeconds(ms)}`;
};

/** Whole years at `now`; null where the date is unknown. */
export const yearsOld = (birthDate: string | null, now: number): number | null => {
  if (birthDate === null) return null;
  const [year, month, day] = birthDate.split('-').map(Number);
  if (year === undefined || month === undefined || day === undefined || Number.isNaN(year + month + day)) return null;
  const today = new Date(now);
  const before = today.getMonth() + 1 < month || (today.getMonth() + 1 === month && today.getDate() < day);
  return today.getFullYear() - year - (before ? 1 : 0);
};
