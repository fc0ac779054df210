/** `950 ms`, `42 s`, `12 min 5 s`, `2 h 3 min`. */
export function formatDuration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return joined(minutes, 'min', seconds % 60, 's');
  return joined(Math.floor(minutes / 60), 'h', minutes % 60, 'min');
}

function joined(big: number, bigUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${big} ${bigUnit}` : `${big} ${bigUnit} ${small} ${smallUnit}`;
}

const byteUnits = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const;

/** `512 B`, `1.5 MiB`: binary multiples, one decimal below ten. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (Math.abs(value) >= 1024 && unit < byteUnits.length - 1) {
    value /= 1024;
    unit += 1;
  }
  const digits = unit === 0 || Math.abs(value) >= 10 ? 0 : 1;
  return `${value.toFixed(digits)} ${byteUnits[unit] ?? 'B'}`;
}

/** `1,234,567`: the same on every machine, whatever its locale. */
export function formatCount(value: number): string {
  return Math.round(value)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ',');
}

export type Unit = 'bytes' | 'rows' | 'items' | 'percent';

export function formatAmount(value: number, unit: Unit): string {
  if (unit === 'bytes') return formatBytes(value);
  if (unit === 'percent') return `${Math.round(value)}%`;
  return `${formatCount(value)} ${unit}`;
}

export type Range = readonly [low: number, high: number];

/** USD: `0.076 to 0.136`, `12`. */
export function formatMoney([low, high]: Range): string {
  const texts = [low, high].map((value) => value.toFixed(value < 10 ? 3 : 0));
  return texts[0] === texts[1] ? (texts[0] ?? '') : texts.join(' to ');
}

/** Seconds: `5 min to 20 min`, `none`. */
export function formatRange([low, high]: Range): string {
  if (low === 0 && high === 0) return 'none';
  const texts = [low, high].map((seconds) => formatDuration(seconds * 1000));
  return texts[0] === texts[1] ? (texts[0] ?? '') : texts.join(' to ');
}
