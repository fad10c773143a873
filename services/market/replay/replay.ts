// Replay of recorded market data: validated as a whole first, then read bar by bar into the ordered flow of the market.
import type { Micros } from '../../../schemas/time.ts';
import type { MarketEvent } from '../event.ts';
import type { Series, SourceBar } from '../facts.ts';
import { type Dropped, type MarketOptions, marketEvents } from '../market.ts';
import { checkGaps, checkNext, type Gap, type GapLimits, gapShare, newSeriesCheck, STANDARD_GAPS } from './check-series.ts';
import { dataHash } from './data-hash.ts';
import { errorsOf, type Finding, formatFinding } from './finding.ts';
import { isQuoted, type Layout } from './layout.ts';
import type { Manifest, RecordedInstrument } from './manifest.ts';
import { barParser } from './parse-bar.ts';
import { readDataFile } from './read-file.ts';
import { isFault, rowsOf } from './rows.ts';

export interface ReplayOptions extends MarketOptions {
  readonly gaps?: GapLimits;
}

/** What is known of an instrument's data after validation. */
export interface SeriesQuality {
  readonly instrument: string;
  readonly interval: string;
  readonly bars: number;
  readonly duplicates: number;
  readonly quotes: number;
  /** Open of the first bar and of the last one; null without a bar. */
  readonly from: Micros | null;
  readonly to: Micros | null;
  readonly gaps: readonly Gap[];
  readonly gap_share: number;
}

export interface Replay {
  readonly findings: readonly Finding[];
  readonly quality: readonly SeriesQuality[];
  /** Null where the data has errors. */
  readonly data_hash: string | null;
  readonly series: readonly Series[];
  /** Counted while events are taken. */
  readonly dropped: Dropped;
  /** Throws a RangeError with every error of the data. Each call starts again from the first bar. */
  events(): Generator<MarketEvent>;
}

/** Reads and validates everything; nothing is thrown for bad data, it is reported. */
export function openReplay(manifests: readonly Manifest[], options: ReplayOptions = {}): Replay {
  const findings: Finding[] = [];
  const quality: SeriesQuality[] = [];
  const series: Series[] = [];
  const names = new Set<string>();
  for (const manifest of manifests) {
    for (const recorded of manifest.instruments) {
      const { instrument } = recorded.facts;
      if (names.has(instrument)) throw new RangeError(`replay: instrument "${instrument}": in two manifests, expected in one`);
      names.add(instrument);
      const opened = openInstrument(manifest.folder, recorded, options.gaps ?? STANDARD_GAPS, findings);
      quality.push(opened.quality);
      series.push(opened.series);
    }
  }
  const errors = errorsOf(findings);
  const dropped: Dropped = new Map();
  return {
    findings,
    quality,
    data_hash: errors.length === 0 ? dataHash(series) : null,
    series,
    dropped,
    events() {
      if (errors.length > 0) throw new RangeError(`market data:\n${errors.map(formatFinding).join('\n')}`);
      return marketEvents(series, options, dropped);
    },
  };
}

/** The events of recorded data. Throws a RangeError that lists every error of the data. */
export function replaySource(manifests: readonly Manifest[], options: ReplayOptions = {}): Iterable<MarketEvent> {
  return openReplay(manifests, options).events();
}

interface DataFile {
  readonly name: string;
  readonly text: string;
}

function openInstrument(
  folder: string,
  { facts, assumed, layout, files }: RecordedInstrument,
  limits: GapLimits,
  findings: Finding[],
): { series: Series; quality: SeriesQuality } {
  const texts: DataFile[] = [];
  for (const name of files) {
    const text = readDataFile(folder, name);
    if (typeof text === 'string') texts.push({ name, text });
    else findings.push(text);
  }
  if (layout.time.zone !== 'UTC') {
    const expected = 'UTC';
    const file = files.join(', ');
    findings.push({
      severity: 'error',
      code: 'DATA_TS_NOT_UTC',
      file,
      line: null,
      column: 'time.zone',
      value: layout.time.zone,
      expected,
    });
  }
  const ordered = inOrderOfTime(texts, layout);
  const check = newSeriesCheck(layout.interval);
  for (const file of ordered) checkFile(file, layout, check, findings);
  checkGaps(check, limits, (found) =>
    findings.push({ ...found, file: files.join(', '), line: null, column: layout.time.column }),
  );
  return {
    series: {
      facts,
      interval: layout.interval,
      quoted: isQuoted(layout),
      assumed,
      bars: { [Symbol.iterator]: () => readBars(ordered, layout) },
    },
    quality: {
      instrument: facts.instrument,
      interval: layout.interval,
      bars: check.bars,
      duplicates: check.duplicates,
      quotes: check.quotes,
      from: check.first,
      to: check.last?.open_time ?? null,
      gaps: check.gaps,
      gap_share: gapShare(check),
    },
  };
}

function checkFile(
  { name, text }: DataFile,
  layout: Layout,
  check: ReturnType<typeof newSeriesCheck>,
  findings: Finding[],
): void {
  const parse = barParser(layout);
  let rows = 0;
  for (const row of rowsOf(text, layout)) {
    rows += 1;
    if (isFault(row)) {
      findings.push({ severity: row.code === 'DATA_INCOMPLETE_LAST' ? 'warning' : 'error', file: name, ...row });
      continue;
    }
    const place = { file: name, line: row.line };
    const bar = parse(row, (fault) => findings.push({ severity: 'error', ...place, ...fault }));
    if (bar !== null) checkNext(check, bar, (found) => findings.push({ ...found, ...place, column: layout.time.column }));
  }
  if (rows > 0) return;
  findings.push({
    severity: 'error',
    code: 'DATA_EMPTY',
    file: name,
    line: null,
    column: null,
    value: '',
    expected: 'at least one bar',
  });
}

/** Files by their first bar, so that the order in which a manifest lists them means nothing. */
function inOrderOfTime(files: readonly DataFile[], layout: Layout): readonly DataFile[] {
  const firsts = new Map(files.map((file) => [file, readBars([file], layout).next().value?.open_time ?? 0]));
  return files.toSorted((a, b) => (firsts.get(a) ?? 0) - (firsts.get(b) ?? 0) || (a.name < b.name ? -1 : 1));
}

/** The bars that validation kept: no faulty row, no duplicate. */
function* readBars(files: readonly DataFile[], layout: Layout): Generator<SourceBar, undefined> {
  const parse = barParser(layout);
  let last = 0;
  for (const { text } of files) {
    for (const row of rowsOf(text, layout)) {
      const bar = isFault(row) ? null : parse(row, () => undefined);
      if (bar === null || bar.open_time <= last) continue;
      last = bar.open_time;
      yield bar;
    }
  }
  return undefined;
}
